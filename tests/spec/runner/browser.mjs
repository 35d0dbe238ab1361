// Runs the vectors through the wasm build in Chromium, under the strictest CSP that lets wasm run:
// node tests/spec/runner/browser.mjs. Set CHROMIUM to use another binary than /usr/bin/chromium.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { startBrowser } from '../../support/chromium.mjs';
import { generated, readSpec, reasonDefinition } from './files.mjs';

const types = {
  html: 'text/html',
  mjs: 'text/javascript',
  js: 'text/javascript',
  wasm: 'application/wasm',
  json: 'application/json',
};
const page =
  '<!doctype html><meta charset="utf-8"><title>vectors</title><script type="module" src="/runner/page.mjs"></script>';
const runnerFiles = ['page.mjs', 'run.mjs', 'pages.mjs', 'compare.mjs', 'session.mjs', 'instantiate.mjs'];

function contents() {
  const all = new Map([
    ['/', page],
    ['/spec.json', JSON.stringify({ ...readSpec(), reasonDefinition: reasonDefinition() })],
  ]);
  for (const name of runnerFiles) all.set(`/runner/${name}`, readFileSync(new URL(name, import.meta.url)));
  for (const name of ['glue.js', 'plangate.wasm']) all.set(`/engine/${name}`, readFileSync(new URL(name, generated)));
  return all;
}

function serve(all) {
  const server = createServer((request, response) => {
    const body = all.get(request.url);
    const type = types[request.url.split('.')[1] ?? 'html'];
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': type ?? 'text/plain',
      'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    });
    response.end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const server = await serve(contents());
const browser = await startBrowser();
try {
  const tab = await browser.newPage();
  const trouble = [];
  tab.on('pageerror', (error) => trouble.push(String(error)));
  tab.on('console', (message) => console.log(message.text()));
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  const outcome = await tab
    .waitForFunction(() => globalThis.vectorsPassed !== undefined, null, { timeout: 240_000 })
    .then(() => tab.evaluate(() => globalThis.vectorsPassed))
    .catch((error) => trouble.push(String(error)) && false);
  for (const line of trouble) console.log(`FAIL ${line}`);
  process.exitCode = outcome && trouble.length === 0 ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}
