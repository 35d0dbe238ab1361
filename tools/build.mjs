#!/usr/bin/env node
// Builds the package: the engine (C++ to WebAssembly and JavaScript), the entries, their types. Incremental.
// `--engine` stops after the engine; `--entry NAME` bundles that entry alone; `--clean` removes dist/ first.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';

import { build } from 'esbuild';

import { buildEngine, ENGINES } from './build-engine.mjs';
import { entries } from './lib/entries.mjs';
import { notices } from './lib/notices.mjs';
import { must, path, withLock } from './lib/process.mjs';

/** Leaves `import './plangate.wasm'` to the host, in the spelling that the host wants. */
const hostImport = (wasmImport) => ({
  name: 'host-import',
  setup: (build) =>
    build.onResolve({ filter: /^\.\/plangate(-server)?\.wasm$/ }, () => ({ path: wasmImport, external: true })),
});

/** Leaves imports of other entries' sources to their files in dist/, so that nothing is in the package twice. */
const siblingImports = {
  name: 'sibling-imports',
  setup: (build) =>
    build.onResolve({ filter: /^\.\.?\// }, ({ path: specifier, resolveDir }) => {
      const source = relative(path(), resolve(resolveDir, specifier)).replace(/\.js$/, '.ts');
      const entry = entries.find((other) => other.source === source);
      return entry && { path: `./${entry.name}.js`, external: true };
    }),
};

// CommonJS inside an ES module asks for Node's modules with require().
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

async function bundle({
  name,
  source,
  platform,
  wasmImport,
  loader = {},
  external = [],
  siblings = false,
  commonjs = false,
  page = false,
}) {
  const { metafile } = await build({
    metafile: true,
    entryPoints: [path(source)],
    outfile: path('dist', `${name}.js`),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform,
    plugins: [...(wasmImport ? [hostImport(wasmImport)] : []), ...(siblings ? [siblingImports] : [])],
    ...(commonjs && { banner: { js: REQUIRE } }),
    loader,
    external,
    // The glue keeps its short names; our own code stays readable in a debugger. Applications minify.
    minifySyntax: true,
    // The whole core as JavaScript, and the packages inside the command line, are nothing to read in a debugger: with white
    // space they would be twice their size.
    minifyWhitespace: name === 'js' || name === 'cli' || page,
    // A page that is delivered as it is, with its framework and styles inside.
    ...(page && { minify: true, jsx: 'automatic', define: { 'process.env.NODE_ENV': '"production"' } }),
    legalComments: page ? 'eof' : 'none',
    logLevel: 'warning',
  });
  return metafile;
}

async function buildPackage() {
  mkdirSync(path('dist'), { recursive: true });
  const metafiles = await Promise.all(entries.map(bundle));
  writeFileSync(path('dist', 'third-party-notices.txt'), notices(metafiles));
  for (const name of ENGINES) copyFileSync(path('js', 'engine', 'generated', name), path('dist', name));
  await must(process.execPath, [path('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
}

const [, only] = /--entry[ =](\S+)/.exec(process.argv.join(' ')) ?? [];

async function buildAll() {
  await buildEngine();
  if (!process.argv.includes('--engine')) await withLock('dist', buildPackage);
}

async function buildEntry(name) {
  const entry = entries.find((one) => one.name === name);
  if (!entry) throw new Error(`no entry ${name}: ${entries.map((one) => one.name).join(', ')}`);
  await bundle(entry);
}

const started = performance.now();
if (process.argv.includes('--clean')) rmSync(path('dist'), { recursive: true, force: true });
try {
  await (only === undefined ? buildAll() : buildEntry(only));
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
