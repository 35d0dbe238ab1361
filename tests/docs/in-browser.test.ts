// The short examples of the pages on the client, the devtools and hydration, executed as they stand: each bundled for a page
// of its own in Chromium, under the strict policy. What they take for granted (tests/docs/given.d.ts) is written down.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, expect, onTestFinished, test } from 'vitest';

import { stateTag } from '../../js/ssr/index.js';
import { useBrowser } from '../bindings/support/browser.js';
import { copy, root } from '../bindings/support/project.js';
import { serve } from '../package/serve.mjs';
import { example as noted } from './ran.mjs';

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
const eventually = (read: () => unknown) => expect.poll(read);

/** The example of a page that has this text in it. */
const example = (name: string, has: string): string => noted(name, has).text;

/** What Vue's own plugins set. */
const VUE = Object.fromEntries(
  ['OPTIONS_API', 'PROD_DEVTOOLS', 'PROD_HYDRATION_MISMATCH_DETAILS'].map((name) => [`__VUE_${name}__`, 'false']),
);

/** Bundles a program; answers its folder. */
async function bundle(contents: string, options: { platform?: 'node' } = {}): Promise<string> {
  const folder = join(project.folder, 'snippet');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const stdin = { contents, loader: 'ts', resolveDir: project.folder } as const;
  const define = { 'process.env.NODE_ENV': '"development"', ...VUE };
  await build({ stdin, outfile: join(folder, 'main.js'), bundle: true, format: 'esm', define, ...options });
  cpSync(join(root, 'dist/plangate.wasm'), join(folder, 'plangate.wasm'));
  return folder;
}

/**
 * What the examples call is written to `told`; `more` stands behind the example; `list` is the list that the page's n-th
 * request is answered with. The page is shown when all has run.
 */
async function run(
  text: string,
  { more = '', head = '', list = (_asked: number): object => LIST } = {},
): Promise<{ page: Page; asked: string[] }> {
  const folder = await bundle(`${text}\n${more}\nObject.assign(globalThis, { done: true });`);
  const given =
    'var told = []; var showSso = () => told.push("sso"), show = (text) => told.push(text), render = (...changes) => told.push(changes);';
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
    if (!pathname.endsWith('/stream')) return route.fulfill({ json: list(asked.length) });
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

test('docs/toolchains.md: the engine is on its way before the script is there, and is fetched once', async () => {
  const folder = join(project.folder, 'preload');
  mkdirSync(folder);
  symlinkSync('../node_modules', join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'main.js'),
    `import { createPlangate } from 'plangate';
    const gate = await createPlangate({ bootstrap: ${JSON.stringify(LIST)} });
    document.title = String(gate.hasFeature('export'));`,
  );
  const head = example('docs/toolchains.md', 'preload');
  const script = '<script type="module" src="./main.js"></script>';
  writeFileSync(join(folder, 'index.html'), `<!doctype html><title>waiting</title>${head}${script}`);
  await project.vite('production', 'preload', '--outDir', 'dist');
  const server = await serve(join(folder, 'dist'));
  onTestFinished(() => server.close());
  const page = await newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  let engines = 0;
  const engine = page.waitForRequest('**/*.wasm');
  page.on('request', (request) => (engines += Number(request.url().endsWith('.wasm'))));
  // The script comes when the engine has been asked for: without the line that would never be.
  await page.route('**/assets/*.js', async (route) => {
    await engine;
    await route.continue();
  });
  await page.goto(server.url);
  await eventually(() => page.title()).toBe('true');
  expect([engines, said]).toEqual([1, []]);
});

const listOf = (...entitlements: object[]): object => ({ ...LIST, asOf: Date.now(), entitlements });
const REPORTS = { id: 'e3', featureKey: 'reports' };
const PRODUCTS = [{ id: 'prod_1', name: 'Pro', features: [{ key: 'reports' }] }];

test('docs/stripe-in-ten-minutes.md: the page', async () => {
  const catalogue = { features: [{ key: 'reports' }], products: PRODUCTS };
  const lists = [{ ...listOf(), catalogue }, listOf(REPORTS)];
  const more = 'await gate.refresh();';
  const { page } = await run(example('docs/stripe-in-ten-minutes.md', 'gate.unlocks'), {
    more,
    list: (asked) => lists[asked - 1]!,
  });
  await eventually(() => page.evaluate('told')).toEqual(['Included in Pro', [['reports'], []]]);
});

test('docs/stripe-in-ten-minutes.md: the page of who has it', async () => {
  const text = example('docs/stripe-in-ten-minutes.md', 'gate.unlocks');
  const { page } = await run(text, { list: () => listOf(REPORTS) });
  expect(await page.evaluate('told')).toEqual(['reports']);
});

test('docs/paygentic-in-ten-minutes.md: the page', async () => {
  const usage = { balance: 40, usageInPeriod: 60, overage: 0 };
  const more = `show([gate.hasFeature('reports'), gate.value('storage', 'limitGB', 5), gate.limit('api-calls').remaining]);`;
  const storage = { id: 'e4', featureKey: 'storage', type: 'static', config: { limitGB: 50 } };
  const calls = { id: 'e5', featureKey: 'api-calls', type: 'metered', usage };
  const { page } = await run(example('docs/paygentic-in-ten-minutes.md', "gate.limit('api-calls')"), {
    more,
    list: () => listOf(REPORTS, storage, calls),
  });
  expect(await page.evaluate('told')).toEqual([[true, 50, 40]]);
});

test.each([
  ['opens', 3, 20_000, 'Welcome to Pro'],
  ['does not open', Infinity, 300, 'Your payment is being processed. This page will follow.'],
])('docs/after-checkout.md: the page waits: %s', async (_, from, timeoutMs, shown) => {
  const text = example('docs/after-checkout.md', 'Welcome to Pro');
  expect(text).toContain('timeoutMs: 20_000');
  const { page } = await run(text.replace('20_000', String(timeoutMs)), {
    list: (asked) => (asked >= from ? listOf(REPORTS) : listOf()),
  });
  expect(await page.evaluate('told')).toEqual([shown]);
});

test('docs/testing.md: a Vue page with a test client', async () => {
  const more = `
    import { h } from 'vue';
    import { useFeature } from 'plangate/vue';
    const Page = { setup() { const open = useFeature('reports'); return () => h('p', open.value ? 'open' : 'locked'); } };
    const host = document.body.appendChild(document.createElement('div'));
    const gate = await mounted(Page, host);
    show(host.textContent);
    await gate.test.downgrade({});
    show(host.textContent);`;
  const { page, asked } = await run(example('docs/testing.md', 'pluginFor'), { more });
  expect(await page.evaluate('told')).toEqual(['open', 'locked']);
  expect(asked).toEqual([]);
});

/** A plugin of Svelte, where bundlers have one; in tests it takes the half of Svelte that is for pages. */
const SVELTE = `import { svelte } from '../plugins.mjs';
  export default { plugins: [svelte], resolve: { conditions: ['browser'] }, test: { environment: 'jsdom', server: { deps: { inline: [/svelte/] } } } };`;

test.each([
  ['React', 'wrapperFor(gate)', { 'example.test.tsx': '' }, "export default { test: { environment: 'jsdom' } };"],
  [
    'Svelte',
    'contextFor(gate)',
    {
      'example.test.ts': '',
      'Page.svelte': `<script>import { useFeature } from 'plangate/svelte'; const reports = useFeature('reports');</script>
        {reports.current ? 'Reports' : 'Upgrade'}`,
    },
    SVELTE,
  ],
])('docs/testing.md: the %s test, as a user runs it', async (_, has, files, config) => {
  const folder = join(project.folder, `tests-of-a-user-${has}`.replace(/\W+/g, '-'));
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ ...files, 'vitest.config.mjs': config }))
    writeFileSync(join(folder, name), text || example('docs/testing.md', has));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [vitest, 'run', '--root', folder], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/Tests +1 passed/);
  expect(stdout + stderr).not.toContain('act(');
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
