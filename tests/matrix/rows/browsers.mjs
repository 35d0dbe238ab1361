// Browsers, under the strict policy: each opens a page that asks the client by every entry.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';

import { build as esbuild } from 'esbuild';

import { hasProgram } from '../../../tools/lib/process.mjs';
import { titleOf } from '../../package/browser.mjs';
import { serve } from '../../package/serve.mjs';
import { EXPECTED } from '../lib/project.mjs';
import { titleInWebKit } from '../lib/webkit.mjs';

/** Builds and serves the page; calls `work` with its address. */
async function withPage(application, work) {
  application.take('page.mjs');
  application.write(
    'dist/index.html',
    '<!doctype html><title>waiting</title><script type="module" src="page.js"></script>',
  );
  await esbuild({
    entryPoints: [application.path('page.mjs')],
    outdir: application.path('dist'),
    absWorkingDir: application.folder,
    bundle: true,
    format: 'esm',
    minify: true,
  });
  cpSync(application.installed('dist', 'plangate.wasm'), application.path('dist', 'plangate.wasm'));
  const server = await serve(application.path('dist'));
  try {
    return await work(server.url);
  } finally {
    await server.close();
  }
}

function needs(program) {
  if (!hasProgram(program))
    throw new Error(`${program} is missing: run \`sh tools/setup.sh tools/packages-matrix.txt\``);
}

async function chromium(application) {
  const file = process.env.CHROMIUM ?? '/usr/bin/chromium';
  assert.equal(await withPage(application, titleOf), EXPECTED);
  return /Chromium ([\d.]+)/.exec(await application.must(file, ['--version']))[1];
}

async function firefox(application) {
  needs('firefox-esr');
  application.take('firefox.mjs');
  const output = await withPage(application, (url) =>
    application.must(process.execPath, ['firefox.mjs', url, '/usr/bin/firefox-esr']),
  );
  const { title, errors, version } = JSON.parse(output);
  assert.deepEqual([title, errors], [EXPECTED, []]);
  return version.replace(/^firefox\//, '');
}

async function webkit(application) {
  for (const program of ['WebKitWebDriver', 'Xvfb']) needs(program);
  const { title, version } = await withPage(application, titleInWebKit);
  assert.equal(title, EXPECTED);
  return version;
}

const POLICY = "`script-src 'self' 'wasm-unsafe-eval'`";
const row = (name, tool, run) => ({ name, tool, needs: POLICY, group: 'browsers', run });

export const browsers = [
  row('chromium', 'Chromium', chromium),
  row('firefox', 'Firefox ESR', firefox),
  row('webkit', 'WebKitGTK', webkit),
];
