// Several tabs in a real browser beside a real server: one stream, every tab right, also offline and after a reload.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';

import { startBrowser } from '../support/chromium.mjs';
import { limitOf } from './support/change.js';
import { allowedIn, TabsApp } from './support/tabs.js';

let browser: Browser;
let app: TabsApp;
let context: BrowserContext;
const problems: string[] = [];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  app = new TabsApp();
  await app.start();
  app.billing.grant('cus_1', { id: 'ent_reports', featureKey: 'reports' });
  await use({});
});
afterEach(async () => {
  await context.close();
  await app.stop();
  expect(problems.splice(0)).toEqual([]);
});

async function use(options: BrowserContextOptions): Promise<void> {
  await context?.close();
  context = await browser.newContext(options);
  context.on('weberror', (error) => problems.push(error.error().message));
  context.on('console', (message) => {
    // Requests that fail while offline are the browser's to report.
    if (message.type() === 'error' && !message.text().includes('net::')) problems.push(message.text());
  });
}

const threeTabs = async (query = 'customer=cus_1') => [
  await app.open(context, query),
  await app.open(context, query),
  await app.open(context, query),
];

it.each(['customer=cus_1', 'customer=cus_1&page=storage'])(
  'one stream serves three tabs, whoever of them is closed (%s)',
  async (query) => {
    if (query.includes('storage')) {
      await context.addInitScript(() => {
        Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined });
        Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
      });
    }
    const pages = await threeTabs(query);
    await expect.poll(() => app.streams).toBe(1);
    const { lists } = app;
    const limit = await limitOf(pages[2]!, '/next-to-nothing');
    const sold = async (feature: string): Promise<number> => {
      const begun = performance.now();
      await app.sell('cus_1', feature);
      await expect.poll(() => allowedIn(pages, feature), { interval: 10 }).toEqual(pages.map(() => true));
      return performance.now() - begun;
    };
    let took = 0;
    for (const feature of ['files', 'audit', 'storage']) took = Math.max(took, await sold(feature));
    console.log(`a webhook's change was in all three tabs after ${Math.round(took)} ms`);
    expect(took).toBeLessThan(await limit());
    expect(await allowedIn(pages, 'reports')).toEqual([false, false, false]);
    // The first one leads: it was there alone.
    await pages.shift()!.close();
    await expect.poll(() => app.streams).toBe(1);
    await sold('seats');
    await pages.shift()!.close();
    await expect.poll(() => app.streams).toBe(1);
    await sold('reports');
    // The lists came by the stream: nobody had to ask.
    expect(app.lists).toBe(lists);
    expect(await pages[0]!.evaluate(() => heard)).toEqual([]);
  },
);

it('answers at once after a reload, also when the server is away', async () => {
  for (const store of ['', '&store=indexeddb']) {
    const page = await app.open(context, `customer=cus_1${store}`);
    await expect.poll(() => page.evaluate(() => kept())).toContain('cus_1');
    await context.route('**/entitlements**', (route) => route.abort());
    await page.reload();
    await page.waitForFunction(() => document.title === 'ready');
    expect(await page.evaluate(() => first)).toEqual({ ready: true, reports: true });
    await expect.poll(() => page.evaluate(() => [gate.stale, gate.hasFeature('reports')])).toEqual([true, true]);
    await context.unroute('**/entitlements**');
    await page.close();
  }
});

it('goes on offline, and is right again soon after', async () => {
  const [page, other] = [await app.open(context, 'customer=cus_1'), await app.open(context, 'customer=cus_1')];
  await context.setOffline(true);
  expect(await page.evaluate(() => gate.refresh())).toBe(false);
  expect(await page.evaluate(() => [gate.stale, gate.hasFeature('reports'), gate.error?.code])).toEqual([
    true,
    true,
    'NETWORK_ERROR',
  ]);
  app.billing.rows.set('cus_1', [{ id: 'ent_seats', featureKey: 'seats' }]);
  await app.server.refresh('cus_1');
  await context.setOffline(false);
  await expect.poll(() => allowedIn([page, other], 'seats')).toEqual([true, true]);
  expect(await page.evaluate(() => [gate.stale, gate.error])).toEqual([false, undefined]);
});

it.each([
  [
    'is full',
    () =>
      void (Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      }),
  ],
  [
    'is switched off',
    () =>
      void Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new DOMException('no', 'SecurityError');
        },
      }),
  ],
])('goes on when storage %s', async (_, spoil) => {
  await context.addInitScript(spoil);
  const pages = [await app.open(context, 'customer=cus_1'), await app.open(context, 'customer=cus_1&page=storage')];
  expect(await allowedIn(pages, 'reports')).toEqual([true, true]);
  await app.sell('cus_1', 'seats');
  await expect.poll(() => allowedIn(pages, 'seats')).toEqual([true, true]);
});

it('keeps what one tab may see from a tab of another customer', async () => {
  const [one, two] = [await app.open(context, 'customer=cus_1'), await app.open(context, 'customer=cus_2')];
  await app.sell('cus_1', 'storage');
  await expect.poll(() => allowedIn([one], 'storage')).toEqual([true]);
  expect(await allowedIn([two], 'storage')).toEqual([false]);
  await one.evaluate(() => gate.setCustomer('cus_2'));
  expect(await allowedIn([one, two], 'storage')).toEqual([false, false]);
  await expect.poll(() => app.streams).toBe(1);
  await one.evaluate(() => gate.setCustomer(null));
  const kept = await two.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('[')));
  expect(kept.filter((key) => key.includes('cus_2"'))).toEqual([]);
});

it.each([-1, 1])('a device whose clock is %i day off sees a trial as it is', async (days) => {
  const soon = Date.now() + 3_600_000;
  app.billing.rows.set('cus_1', [
    { id: 'ent_trial', featureKey: 'trial', activeTo: soon },
    { id: 'ent_next', featureKey: 'next', activeFrom: soon },
  ]);
  await context.addInitScript((ms) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ms;
  }, days * 86_400_000);
  const page = await app.open(context, 'customer=cus_1');
  expect([await allowedIn([page], 'trial'), await allowedIn([page], 'next')]).toEqual([[true], [false]]);
});

it('answers without the second file of live, tells it once, and goes live when it can be had', async () => {
  let refused = 0;
  await context.route('**/live-machinery.js', (route) => {
    refused++;
    return route.abort();
  });
  const page = await app.open(context, 'customer=cus_1');
  await expect.poll(() => refused).toBe(2);
  expect(await page.evaluate(() => [gate.ready, gate.stale, gate.hasFeature('reports'), heard])).toEqual([
    true,
    false,
    true,
    ['LIVE_LOAD_FAILED'],
  ]);
  expect(app.streams).toBe(0);
  await context.unroute('**/live-machinery.js');
  await expect.poll(() => app.streams).toBe(1);
  expect(await page.evaluate(() => heard)).toEqual(['LIVE_LOAD_FAILED']);
});
