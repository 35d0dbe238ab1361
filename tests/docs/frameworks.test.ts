// The examples of the bindings' pages, as they stand: bundled and shown in Chromium, or found in the example they are from.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';

import { useBrowser } from '../bindings/support/browser.js';
import { copy, root } from '../bindings/support/project.js';
import { serve } from '../package/serve.mjs';
import { blocksOn, example, ran } from './ran.mjs';

/** The blocks of a page that name a file in their first line, by that name. */
function filesOf(name: string): [file: string, text: string][] {
  return blocksOn(`docs/${name}`).flatMap((block) => {
    const [, file] = /^(?:\/\/|<!--) ([\w./-]+\.\w+)/.exec(block.text) ?? [];
    return file === undefined ? [] : [[file, ran(block).text.slice(block.text.indexOf('\n') + 1)] as [string, string]];
  });
}

const CONFIG = "import { svelte, vue } from '../plugins.mjs'; export default { plugins: [svelte, vue] };";

const LIST = {
  plangate: 1,
  customer: 'cus_1',
  source: 'test',
  entitlements: [
    { id: 'e1', featureKey: 'export' },
    { id: 'e2', featureKey: 'storage', type: 'static', config: { limitGB: 500 } },
  ],
  catalogue: { features: [{ key: 'sso' }], products: [{ id: 'ent', name: 'Enterprise', features: [{ key: 'sso' }] }] },
};
const withSso = [...LIST.entitlements, { id: 'e3', featureKey: 'sso' }];

const { newPage } = useBrowser();
const project = copy('tests/bindings/pages');
afterEach(() => rmSync(join(project.folder, 'site'), { recursive: true, force: true }));
afterAll(() => project.remove());

/** Bundles a page's example, with a page of HTML if it has none, and opens it. The list can be changed. */
async function show(name: string): Promise<{ page: Page; grant(): void }> {
  const site = join(project.folder, 'site');
  const files = Object.fromEntries(filesOf(name));
  const main = Object.keys(files).find((file) => file.startsWith('main.')) ?? 'main.js';
  const mount =
    "import { mount } from 'svelte'; import App from './App.svelte';\nmount(App, { target: document.querySelector('#root') });";
  const html = `<!doctype html><html lang="en"><head><title>docs</title></head><body><div id="root"></div><script type="module" src="./${main}"></script></body></html>`;
  for (const [file, text] of Object.entries({
    'main.js': mount,
    'index.html': html,
    'vite.config.mjs': CONFIG,
    ...files,
  })) {
    mkdirSync(dirname(join(site, file)), { recursive: true });
    writeFileSync(join(site, file), text);
  }
  await project.vite('production', 'site', '--outDir', 'out', '--emptyOutDir');
  const server = await serve(join(site, 'out'));
  onTestFinished(() => server.close());
  const page = await newPage();
  let entitlements = LIST.entitlements;
  await page.route('**/entitlements', (route) => route.fulfill({ json: { ...LIST, entitlements, asOf: Date.now() } }));
  await page.goto(server.url);
  return { page, grant: () => (entitlements = withSso) };
}

test.each(['react.md', 'vue.md', 'svelte.md'])('docs/%s', async (name) => {
  const { page, grant } = await show(name);
  await page.getByRole('link', { name: 'Upgrade to Enterprise' }).waitFor();
  expect(await page.getByRole('button', { name: 'Export' }).isEnabled()).toBe(true);
  expect(await page.getByText('Not enough room for 30 GB').isVisible()).toBe(true);
  expect(await page.getByText(/Single sign-on/).isVisible()).toBe(true);
  grant();
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByText('Set up single sign-on').waitFor();
  expect(await page.getByRole('link', { name: /Upgrade/ }).count()).toBe(0);
});

test('docs/custom-element.md', async () => {
  const { page } = await show('custom-element.md');
  await page.getByRole('link', { name: 'Upgrade' }).waitFor();
  expect(await page.getByText('Set up single sign-on').isVisible()).toBe(false);
});

// A billing backend in a few lines: customer 2 has what customer 1 lacks.
const RUNNER = `
globalThis.fetch = async (url) => {
  const customer = new URL(url, 'http://localhost').searchParams.get('customer');
  const entitlements = customer === 'cus_2' ? ${JSON.stringify(withSso)} : ${JSON.stringify(LIST.entitlements)};
  return Response.json({ ...${JSON.stringify(LIST)}, customer, entitlements, asOf: Date.now() });
};
const { before, limit, after } = await import('./openfeature.mjs');
console.log(JSON.stringify({ before, limit, after }));
`;

test('docs/openfeature.md', async () => {
  const block = example('docs/openfeature.md', 'export const before');
  const outfile = join(project.folder, 'openfeature.mjs');
  const stdin = { contents: block.text, loader: 'ts', resolveDir: project.folder } as const;
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  writeFileSync(join(project.folder, 'runner.mjs'), RUNNER);
  expect(JSON.parse(await project.run('runner.mjs'))).toEqual({ before: false, limit: 500, after: true });
});

test('docs/ssr.md shows what its example does', () => {
  const found = filesOf('ssr.md');
  expect(found.length).toBeGreaterThan(2);
  for (const [file, text] of found) {
    const lines = readFileSync(join(root, file), 'utf8')
      .split('\n')
      .map((line) => line.trim());
    let at = 0;
    for (const line of text.split('\n').map((shown) => shown.trim())) {
      const next = lines.indexOf(line, at);
      expect(next, `${file}: ${line}`).toBeGreaterThanOrEqual(at);
      at = next + 1;
    }
  }
});
