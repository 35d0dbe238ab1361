// <plan-gate> in Chromium: what is shown, read out, and can be reached by keyboard.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { planGateTemplate } from '../../js/element/index.js';
import { useBrowser } from './support/browser.js';
import { copy } from './support/project.js';

// What pages/element-client.ts offers, inside the page.
declare const events: unknown[];
declare const begin: () => void;
declare const grant: (...keys: string[]) => Promise<void>;
declare const own: (id: string, ...keys: string[]) => Promise<void>;
declare const ownBefore: (id: string, ...keys: string[]) => Promise<void>;

const { newPage } = useBrowser();
const project = copy('tests/bindings/pages');
let server: Awaited<ReturnType<typeof project.start>>;

beforeAll(async () => {
  await project.vite('production', '--outDir', 'dist/client');
  await project.vite('production', '--ssr', 'render.tsx', '--outDir', 'dist/server');
  server = await project.start('server.mjs');
});
afterAll(async () => {
  await server?.stop();
  project.remove();
});

/** The page, with the elements defined. */
async function open(): Promise<Page> {
  const page = await newPage();
  await page.goto(`${server.url}element/0`);
  await page.evaluate(() => begin());
  await page.locator('#sso[access=denied]').waitFor();
  return page;
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

test('shows one part; the other can neither be seen, nor read out, nor reached', async () => {
  const page = await open();
  expect(await page.locator('#sso').innerText()).toBe('Locked. Upgrade');
  expect(await page.getByRole('link').allInnerTexts()).toEqual(['Upgrade']);
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Upgrade');
  await page.evaluate(() => grant('sso'));
  await page.locator('#sso[access=allowed]').waitFor();
  expect((await page.locator('#sso').innerText()).trim()).toBe('SSO settings');
  expect(await page.getByRole('link').allInnerTexts()).toEqual(['SSO settings']);
  expect(await page.getByText('Upgrade').isVisible()).toBe(false);
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('SSO settings');
});

test('tells of changes, also of the first answer after loading; an own client wins', async () => {
  const page = await open();
  await page.evaluate(() => grant('sso'));
  await page.locator('#other[access=allowed]').waitFor();
  await page.evaluate(() => own('other'));
  expect(await page.locator('#other').innerText()).toBe('other locked');
  await page.evaluate(() => own('other', 'sso'));
  await page.evaluate(() => grant());
  await page.locator('#sso[access=denied]').waitFor();
  expect(await page.locator('#other').innerText()).toBe('other open');
  const told = (await page.evaluate(() => events)) as [string, string][];
  expect(told.filter(([id]) => id === 'sso').map(([, access]) => access)).toEqual(['denied', 'allowed', 'denied']);
});

test('a client that was set before the element was defined counts', async () => {
  const page = await newPage();
  await page.goto(`${server.url}element/0`);
  await page.evaluate(() => ownBefore('other', 'sso'));
  await page.evaluate(() => begin());
  await page.locator('#sso[access=denied]').waitFor();
  expect(await page.locator('#other').innerText()).toBe('other open');
  await page.evaluate(() => own('other'));
  expect(await page.locator('#other').innerText()).toBe('other locked');
});

test('another key is answered at once', async () => {
  const page = await open();
  await page.evaluate(() => grant('reports'));
  await page.evaluate(() => document.getElementById('other')!.setAttribute('feature', 'reports'));
  expect(await page.locator('#other').innerText()).toBe('other open');
});

test('reads changes out only where asked to', async () => {
  const page = await open();
  const client = await page.context().newCDPSession(page);
  await client.send('Accessibility.enable');
  const live = async (selector: string): Promise<unknown> => {
    const { root } = (await client.send('DOM.getDocument', { depth: 0 })) as { root: { nodeId: number } };
    const { nodeId } = await client.send('DOM.querySelector', { nodeId: root.nodeId, selector });
    const { nodes } = await client.send('Accessibility.getPartialAXTree', { nodeId, fetchRelatives: false });
    return nodes[0]?.properties?.find(({ name }) => name === 'live')?.value.value ?? 'off';
  };
  expect([await live('#sso'), await live('#other')]).toEqual(['polite', 'off']);
  // While the first answer is still to come it is no news.
  await page.evaluate(() => {
    const element = document.createElement('plan-gate');
    element.gate = new Promise(() => {});
    element.setAttribute('announce', '');
    element.id = 'coming';
    document.body.append(element);
  });
  expect(await live('#coming')).toBe('off');
});

test('what the server sent along shows before the script runs, and is taken over', async () => {
  const page = await newPage({ script: false });
  await page.goto(`${server.url}element/0`);
  expect(await page.locator('#sent').innerText()).toBe('sent locked');
  const html = readFileSync(new URL('pages/element.html', import.meta.url), 'utf8');
  expect(html).toContain(planGateTemplate('denied'));
  const live = await open();
  expect(await live.locator('#sent').innerText()).toBe('sent locked');
  await live.evaluate(() => grant('sent'));
  await live.locator('#sent[access=allowed]').waitFor();
  expect(await live.locator('#sent').innerText()).toBe('sent open');
});

test('leaves the looks to the page, and listens no longer than it is in it', async () => {
  const page = await open();
  const looks = await page.evaluate(() => {
    const element = document.getElementById('sso')!;
    const { shadowRoot } = element;
    return [getComputedStyle(element).display, shadowRoot!.styleSheets.length, shadowRoot!.innerHTML];
  });
  expect(looks).toEqual(['inline', 0, '<slot name="locked"></slot>']);
  const gone = await page.evaluate(async () => {
    const element = document.getElementById('sso')!;
    element.remove();
    await grant('sso');
    const while_out = element.getAttribute('access');
    document.body.append(element);
    return [while_out, element.getAttribute('access')];
  });
  expect(gone).toEqual(['denied', 'allowed']);
});

test('has nothing that axe objects to, locked or open', async () => {
  const page = await open();
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
  for (const granted of [[], ['sso', 'sent']]) {
    await page.evaluate((keys) => grant(...keys), granted);
    await page.evaluate(source);
    const { violations, passes } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id }) => id)).toEqual([]);
    expect(passes.length).toBeGreaterThan(5);
  }
});
