// Where benchmarks run: a copy of the built package, so that a build beside them changes nothing half-way, and a process
// of its own for each measurement, so that none inherits another's optimisations.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { path, run } from '../../tools/lib/process.mjs';

/** A path in the benchmarks' own folder. */
export const work = (...parts) => path('build', 'bench', ...parts);

/** The copy of the package that is measured. */
export const PACKAGE = work('package', 'node.js');
export const SERVER_PACKAGE = work('package', 'server.js');

/** Copies dist/. */
export function stage() {
  rmSync(work('package'), { recursive: true, force: true });
  mkdirSync(work('package'), { recursive: true });
  const shipped = readdirSync(path('dist')).filter((name) => /\.(js|wasm)$/.test(name));
  for (const file of shipped) copyFileSync(path('dist', file), work('package', file));
  // Ours says "no side effects", for the library; the programs written here have some.
  writeFileSync(work('package.json'), '{"type":"module"}\n');
}

/** Runs bench/workers/<name>.mjs in a process of its own; answers what it reports. Throws when it fails. */
export async function worker(name, options = {}, flags = []) {
  const { code, output } = await run(process.execPath, [
    ...flags,
    path('bench', 'workers', `${name}.mjs`),
    JSON.stringify(options),
  ]);
  if (code !== 0) throw new Error(`${name} ${JSON.stringify(options)}\n${output}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1));
}

/** For workers: a file of the package that is measured. */
export const packaged = (file) => import(pathToFileURL(work('package', file)).href);

/**
 * For workers started with --expose-gc: a look at this process's memory, linear memories included, of which the package
 * shows none. Call it before the package is loaded.
 */
export function memoryProbe() {
  const memories = [];
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...all) => {
    const made = await instantiate(...all);
    const { exports } = made.instance ?? made;
    memories.push(...Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
    return made;
  };
  return () => {
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    const wasm = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
    return { heapUsed, arrayBuffers, rss, wasm };
  };
}

/** For workers: the options given, and the way to report. */
export const options = () => JSON.parse(process.argv[2] ?? '{}');
export const report = (result) => console.log(JSON.stringify(result));

/** Bundles one file as an application's bundler would, so that candidates differ in what they are, not in their files. */
export async function bundle({ entry, out, platform, nodePaths = [] }) {
  await build({
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform,
    nodePaths,
    legalComments: 'none',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner:
      platform === 'node'
        ? { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" }
        : {},
  });
}
