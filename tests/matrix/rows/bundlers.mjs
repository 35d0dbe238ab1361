// Production builds of a page, each opened in Chromium under the strict policy; and Vite's development server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually, freePort, ServerProcess } from '../../support/servers.mjs';
import { titleOf } from '../../package/browser.mjs';
import { POLICY, serve } from '../../package/serve.mjs';
import { EXPECTED } from '../lib/project.mjs';

/** What a page needs that no bundler makes. */
function writePage(application, folder, script) {
  application.write(
    `${folder}/index.html`,
    `<!doctype html><title>waiting</title><script type="module" src="${script}"></script>\n`,
  );
}

/** The strict policy, and the hashes of the scripts that the bundler has written into the page. */
function policyOf(page) {
  const scripts = [...readFileSync(page, 'utf8').matchAll(/<script[^>]*>([^]+?)<\/script>/g)];
  const hashes = scripts.map(([, text]) => ` 'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return POLICY.replace('script-src', `script-src${hashes.join('')}`);
}

/** Serves the built page and looks at what it answers. */
async function opens(application, folder, { hashes }) {
  const server = await serve(
    application.path(folder),
    hashes ? policyOf(application.path(folder, 'index.html')) : POLICY,
  );
  try {
    assert.equal(await titleOf(server.url), EXPECTED);
  } finally {
    await server.close();
  }
}

const copyWasm = (application, folder) =>
  cpSync(application.installed('dist', 'plangate.wasm'), join(application.path(folder), 'plangate.wasm'));

async function vite(application) {
  writePage(application, '.', './main.mjs');
  await application.node('vite/bin/vite.js', 'build', '--logLevel', 'warn');
  return 'vite';
}

async function webpack(application) {
  application.write(
    'webpack.config.mjs',
    "export default { mode: 'production', entry: './main.mjs', output: { clean: true } };\n",
  );
  await application.node('webpack-cli/bin/cli.js', 'build');
  writePage(application, 'dist', './main.js');
  return 'webpack';
}

async function esbuildInline(application) {
  await application.node('esbuild/bin/esbuild', 'main.mjs', '--bundle', '--minify', '--format=esm', '--outdir=dist');
  writePage(application, 'dist', './main.js');
  return 'esbuild';
}

async function esbuild(application) {
  const used = await esbuildInline(application);
  copyWasm(application, 'dist');
  return used;
}

async function rollup(application) {
  application.write(
    'rollup.config.mjs',
    "import { nodeResolve } from '@rollup/plugin-node-resolve';\n" +
      "export default { input: 'main.mjs', output: { dir: 'dist' }, plugins: [nodeResolve({ browser: true })] };\n",
  );
  await application.node('rollup/dist/bin/rollup', '--config', '--failAfterWarnings');
  copyWasm(application, 'dist');
  writePage(application, 'dist', './main.js');
  return 'rollup';
}

async function parcel(application) {
  writePage(application, '.', './main.mjs');
  // Parcel looks into `exports` only when it is told to.
  const settings = { '@parcel/resolver-default': { packageExports: true } };
  application.write('package.json', JSON.stringify({ name: 'page', private: true, ...settings }));
  application.write('package-lock.json', '{}'); // by which Parcel knows the application's root
  await application.node('parcel/lib/bin.js', 'build', 'index.html', '--no-source-maps', '--no-cache');
  return 'parcel';
}

function writeMain(application, entry) {
  application.take('live.mjs');
  application.write(
    'main.mjs',
    `import * as plangate from '${entry}';\nimport { ask } from './ask.mjs';\nimport { goesLive } from './live.mjs';\n` +
      'const show = (text) => { document.title = String(text); };\n' +
      'goesLive(plangate).then(() => ask(plangate)).then(show, show);\n',
  );
}

/** Vite bundles dependencies while one develops, too: files beside them have to be found from where they are then. */
async function viteDev(application) {
  writeMain(application, 'plangate');
  writePage(application, '.', './main.mjs');
  const port = String(await freePort());
  const program = application.tool('vite', 'bin', 'vite.js');
  const options = { cwd: application.folder };
  const server = new ServerProcess(
    process.execPath,
    [program, '--host', '127.0.0.1', '--port', port, '--strictPort'],
    options,
  );
  const url = `http://127.0.0.1:${port}/`;
  try {
    await eventually(() => fetch(url), 'vite');
    assert.equal(await titleOf(url), EXPECTED);
  } finally {
    await server.end('SIGTERM');
  }
  return application.version('vite');
}

/** A row: builds `main.mjs`, which imports `entry`, into dist/ and opens it. */
const row = (
  name,
  tool,
  needs,
  build,
  { entry = 'plangate', group = 'bundlers', short = false, hashes = false } = {},
) => ({
  name,
  tool,
  needs,
  group,
  short,
  async run(application) {
    writeMain(application, entry);
    const used = await build(application);
    await opens(application, 'dist', { hashes });
    return application.version(used);
  },
});

const COPY = 'copy `node_modules/plangate/dist/plangate.wasm` beside the bundle, or `wasmUrl`, or `plangate/inline`';

const EXPORTS = '`"@parcel/resolver-default": { "packageExports": true }` in package.json';

export const bundlers = [
  row('vite', 'Vite', 'nothing', vite),
  { name: 'vite-dev', tool: 'Vite, development server', needs: 'nothing', group: 'bundlers', run: viteDev },
  row('webpack', 'webpack', 'nothing', webpack, { short: true }),
  row('esbuild', 'esbuild', COPY, esbuild, { short: true }),
  row('esbuild-inline', 'esbuild, with `plangate/inline`', 'nothing: one file', esbuildInline, {
    entry: 'plangate/inline',
    short: true,
  }),
  row('rollup', 'Rollup', `@rollup/plugin-node-resolve; ${COPY}`, rollup, { short: true }),
  row('parcel', 'Parcel', `${EXPORTS}; a strict policy has to name the hash of the import map it writes`, parcel, {
    group: 'parcel',
    hashes: true,
  }),
  row('parcel-inline', 'Parcel, with `plangate/inline`', `${EXPORTS}; with \`plangate/live\` the hash, too`, parcel, {
    entry: 'plangate/inline',
    group: 'parcel',
    hashes: true,
  }),
];
