// `sideEffects: false` in effect: an application pays for what it imports, whatever else is in that file.
import assert from 'node:assert/strict';

import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';

/** [entry, what is imported, the most bytes of minified JavaScript that it may come to] */
const LIMITS = [
  ['plangate', 'PlangateError', 600],
  ['plangate', 'REASONS', 2200],
  ['plangate', 'loadEngine', 8000],
  ['plangate/cache', 'webStorage', 500],
  ['plangate/telemetry', 'recentDecisions', 500],
  ['plangate/ssr', 'pageState', 300],
  ['plangate/react', 'usePlangate', 700],
  ['plangate/svelte', 'usePlangate', 700],
  ['plangate/element', 'planGateTemplate', 700],
  ['plangate/signed', 'SignatureError', 400],
];

const EXTERNAL = ['react', 'vue', 'svelte', 'svelte/*'];

async function withEsbuild(project, contents) {
  const { outputFiles } = await esbuild({
    stdin: { contents, resolveDir: project.folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: EXTERNAL,
    write: false,
  });
  return outputFiles[0].text.length;
}

async function withVite(project, contents, index) {
  project.write(`shaking-${index}.mjs`, contents);
  const { output } = await vite({
    root: project.folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      rollupOptions: {
        input: project.path(`shaking-${index}.mjs`),
        external: EXTERNAL.map((name) => new RegExp(`^${name.replace('/*', '/')}`)),
        preserveEntrySignatures: 'strict',
      },
    },
  });
  return output.find(({ isEntry }) => isEntry).code.length;
}

async function shakes(project, bundle) {
  const sizes = [];
  for (const [index, [entry, name]] of LIMITS.entries()) {
    sizes.push(await bundle(project, `export { ${name} } from '${entry}';\n`, index));
  }
  const over = LIMITS.map(([entry, name, limit], i) => ({ what: `${name} of ${entry}`, size: sizes[i], limit }));
  assert.deepEqual(
    over.filter(({ size, limit }) => size > limit),
    [],
  );
  // A limit that nothing comes near to would hide what it should show.
  assert.ok(sizes.every((size) => size > 0));
}

export const shakingTests = {
  'one import brings nothing else along, with esbuild': (project) => shakes(project, withEsbuild),
  'one import brings nothing else along, with Vite': (project) => shakes(project, withVite),
};
