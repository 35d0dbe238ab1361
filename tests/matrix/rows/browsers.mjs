// Browsers: each opens a page that asks the client by every entry under the strict policy, and one that asks plangate/js under
// a policy which allows no WebAssembly.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { build as esbuild } from 'esbuild';

import { hasProgram } from '../../../tools/lib/process.mjs';
import { titleOf } from '../../package/browser.mjs';
import { POLICY, serve } from '../../package/serve.mjs';
import { chromiumPath } from '../../support/chromium.mjs';
import { EXPECTED } from '../lib/project.mjs';
import { titleInWebKit } from '../lib/webkit.mjs';

/** File in apps/ -> policy. */
const PAGES = { 'page.mjs': POLICY, 'page-js.mjs': POLICY.replace(" 'wasm-unsafe-eval'", '') };

async function build(application, file) {
  const folder = application.path(`dist-${file}`);
  application.take(file);
  application.write(
    `dist-${file}/index.html`,
    '<!doctype html><title>waiting</title><script type="module" src="page.js"></script>\n',
  );
  await esbuild({
    entryPoints: [application.path(file)],
    outfile: join(folder, 'page.js'),
    absWorkingDir: application.folder,
    bundle: true,
    format: 'esm',
    minify: true,
  });
  cpSync(application.installed('dist', 'plangate.wasm'), join(folder, 'plangate.wasm'));
  return folder;
}

/** Opens each page by `open`, which answers its title; all must say what is expected. */
async function opensAll(application, open) {
  for (const [file, policy] of Object.entries(PAGES)) {
    const server = await serve(await build(application, file), policy);
    try {
      assert.deepEqual({ policy, title: await open(server.url) }, { policy, title: EXPECTED });
    } finally {
      await server.close();
    }
  }
}

function needs(program) {
  if (!hasProgram(program))
    throw new Error(`${program} is missing: run \`sh tools/setup.sh tools/packages-matrix.txt\``);
}

async function chromium(application) {
  await opensAll(application, titleOf);
  return /Chromium ([\d.]+)/.exec(await application.must(chromiumPath, ['--version']))[1];
}

async function firefox(application) {
  needs('firefox-esr');
  application.take('firefox.mjs');
  let told;
  await opensAll(application, async (url) => {
    told = JSON.parse(await application.must(process.execPath, ['firefox.mjs', url, '/usr/bin/firefox-esr']));
    assert.deepEqual(told.errors, []);
    return told.title;
  });
  return told.version.replace(/^firefox\//, '');
}

async function webkit(application) {
  for (const program of ['WebKitWebDriver', 'Xvfb']) needs(program);
  let version;
  await opensAll(application, async (url) => {
    const told = await titleInWebKit(url);
    version = told.version;
    return told.title;
  });
  return version;
}

const ALLOWED = "`script-src 'self' 'wasm-unsafe-eval'`";
const row = (name, tool, run) => ({ name, tool, needs: ALLOWED, group: 'browsers', run });

export const browsers = [
  row('chromium', 'Chromium', chromium),
  row('firefox', 'Firefox ESR', firefox),
  row('webkit', 'WebKitGTK', webkit),
];
