// The short examples of the pages on the client, the devtools and hydration, executed as they stand: each bundled for a page
// of its own in Chromium, under the strict policy. What they take for granted (tests/docs/given.d.ts) is written down.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, expect, onTestFinished, test } from 'vitest';

import { stateTag } from '../../js/ssr/index.js';
import { blocksOf } from '../docs/pages.mjs';
import { serve } from '../package/serve.mjs';
import { useBrowser } from './support/browser.js';
import { copy, root } from './support/project.js';

const LIST = {
  plangate: 1,
  customer: 'cus_1',
  source: 'test',
  asOf: Date.now(),
  entitlements: [
    { id: 'e1', featureKey: 'sso-access' },
    { id: 'e2', featureKey: 'export' },
  ],
};

const { newPage } = useBrowser();
const project = copy('tests/bindings/pages');
afterAll(() => project.remove());

/** Waits until it is so; pages may be slow on a busy machine. */
const eventually = (read: () => unknown) => expect.poll(read, { timeout: 20_000 });

/** The example of a page that has this text in it. */
function example(name: string, has: string): string {
  const all = blocksOf({ name, text: readFileSync(join(root, name), 'utf8') });
  const found = all.filter(({ language, text }) => language === 'ts' && text.includes(has));
  expect(found, `${name}: the example with ${has}`).toHaveLength(1);
  return found[0]!.text;
}

/** Bundles a program; answers its folder. */
async function bundle(contents: string, options: { platform?: 'node' } = {}): Promise<string> {
  const folder = join(project.folder, 'snippet');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const stdin = { contents, loader: 'ts', resolveDir: project.folder } as const;
  const define = { 'process.env.NODE_ENV': '"development"' };
  await build({ stdin, outfile: join(folder, 'main.js'), bundle: true, format: 'esm', define, ...options });
  cpSync(join(root, 'dist/plangate.wasm'), join(folder, 'plangate.wasm'));
  return folder;
}

/** What the examples call is written to `told`; `more` stands behind the example. The page is shown when all has run. */
async function run(text: string, { more = '', head = '' } = {}): Promise<{ page: Page; asked: string[] }> {
  const folder = await bundle(`${text}\n${more}\nObject.assign(globalThis, { done: true });`);
  const given =
    'var told = []; var showSso = () => told.push("sso"), render = () => {}, show = (text) => told.push(text);';
  writeFileSync(join(folder, 'given.js'), given);
  const scripts = '<script src="./given.js"></script><script type="module" src="./main.js"></script>';
  const html = `<!doctype html><html lang="en"><head><title>docs</title>${head}</head><body>${scripts}</body></html>`;
  writeFileSync(join(folder, 'index.html'), html);
  const server = await serve(folder);
  onTestFinished(() => server.close());
  const page = await newPage();
  const asked: string[] = [];
  await page.route('**/entitlements**', (route) => {
    const { pathname, search } = new URL(route.request().url());
    asked.push(pathname + search);
    if (!pathname.endsWith('/stream')) return route.fulfill({ json: LIST });
    return route.fulfill({ contentType: 'text/event-stream', body: ':\n\n' });
  });
  await page.goto(server.url);
  await eventually(() => page.evaluate('globalThis.done')).toBe(true);
  return { page, asked };
}

test('README.md: the first example', async () => {
  const { page, asked } = await run(example('README.md', 'showSso'));
  expect(await page.evaluate('told')).toEqual(['sso']);
  expect(asked).toEqual(['/entitlements']);
});

test('docs/client.md: keeps the list, and opens the stream', async () => {
  const { page, asked } = await run(example('docs/client.md', 'staleAfter: 60'));
  await eventually(() => page.evaluate('Object.keys(localStorage).some((key) => key.includes("cus_1"))')).toBe(true);
  await eventually(() => asked).toContain('/entitlements/stream?customer=cus_1');
  expect(asked).toContain('/entitlements?customer=cus_1');
});

/** Lists that IndexedDB keeps. */
const KEPT = `new Promise((resolve) => {
  indexedDB.open('plangate').onsuccess = ({ target: { result } }) => {
    const all = result.transaction('lists').objectStore('lists').getAllKeys();
    all.onsuccess = () => { result.close(); resolve(all.result.filter((key) => key.includes('cus_1')).length); };
  };
})`;

test('docs/client.md: signing out removes what was kept', async () => {
  const { page } = await run(example('docs/client.md', 'signOut'), { more: 'Object.assign(globalThis, { signOut });' });
  await eventually(() => page.evaluate(KEPT)).toBe(1);
  await page.evaluate('signOut()');
  expect(await page.evaluate(KEPT)).toBe(0);
});

test('docs/client.md: tabs that agree through localStorage', async () => {
  const more = `import { createPlangate } from 'plangate';
    const gate = await createPlangate({ url: '/entitlements', customer: 'cus_1', use: additions });
    if (gate.hasFeature('export')) show('export');`;
  const { page, asked } = await run(example('docs/client.md', 'storagePage()'), { more });
  expect(await page.evaluate('told')).toEqual(['export']);
  await eventually(() => asked).toContain('/entitlements/stream');
});

test.each([
  ['ready', 'Response.json(LIST)', ''],
  ['failed', 'Promise.reject(new TypeError("offline"))', 'Your plan could not be read.'],
])('docs/client.md: waits for the first answers: %s', async (_, answer, shown) => {
  const given = `const LIST = ${JSON.stringify(LIST)}; globalThis.fetch = async () => ${answer};
    globalThis.show = console.log; console.warn = () => {}; await import('./snippet/main.js');`;
  await bundle(example('docs/client.md', 'gate.waitUntilReady'), { platform: 'node' });
  writeFileSync(join(project.folder, 'given.mjs'), given);
  const said = await project.run('given.mjs');
  expect(said.startsWith(shown)).toBe(true);
  expect(said === '').toBe(shown === '');
});

test.each([
  ['at once', 'export const gate', ''],
  ['in development only', 'async function start', 'Object.assign(globalThis, { gate: await start() });'],
])('docs/devtools.md: shows the panel, %s', async (_, has, more) => {
  const { page } = await run(example('docs/devtools.md', has), { more });
  expect(await page.locator('plangate-devtools').count()).toBe(1);
});

test('docs/ssr.md: hydrates without waiting', async () => {
  const more = "if (gate.hasFeature('export')) show('export');";
  const head = stateTag({ at: Date.now(), list: LIST });
  const { page } = await run(example('docs/ssr.md', 'hydrateSync'), { more, head });
  expect(await page.evaluate('told')).toEqual(['export']);
});
