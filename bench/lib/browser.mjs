// Chromium with the programs of the cold start served on loopback.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';

import { startBrowser } from '../../tests/support/chromium.mjs';

const PRELOAD = '<link rel="preload" href="/plangate.wasm" as="fetch" type="application/wasm" crossorigin>';
const page = (script, head) =>
  `<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,">${head}<script type="module" src="/${script}"></script>`;

function serve(files, wasm) {
  const bodies = new Map([['/plangate.wasm', [readFileSync(wasm), 'application/wasm']]]);
  for (const [name, file] of Object.entries(files)) {
    bodies.set(`/${name}`, [page(basename(file), name === 'preloaded' ? PRELOAD : ''), 'text/html']);
    bodies.set(`/${basename(file)}`, [readFileSync(file), 'text/javascript']);
  }
  const server = createServer((request, response) => {
    const [body, type] = bodies.get(request.url) ?? ['', 'text/plain'];
    response.writeHead(bodies.has(request.url) ? 200 : 404, { 'content-type': type });
    response.end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Calls `work(load)`; `load(name)` opens a program in a context of its own and answers its outcome. */
export async function withBrowser(files, wasm, work) {
  const server = await serve(files, wasm);
  const browser = await startBrowser();
  const load = async (name) => {
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      const trouble = [];
      tab.on('pageerror', (error) => trouble.push(String(error)));
      await tab.goto(`http://127.0.0.1:${server.address().port}/${name}`);
      await tab
        .waitForFunction(() => globalThis.outcome !== undefined, null, { timeout: 20_000 })
        .catch((error) => trouble.push(String(error)));
      if (trouble.length > 0) throw new Error(`${name} in Chromium: ${trouble.join('; ')}`);
      return await tab.evaluate(() => globalThis.outcome);
    } finally {
      await context.close();
    }
  };
  try {
    return await work(load);
  } finally {
    await browser.close();
    server.close();
  }
}
