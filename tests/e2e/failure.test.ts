import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startBrowser } from '../support/chromium.mjs';
import { CUSTOMERS, demo, tiles } from './support/page.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

/** A page whose server cannot give lists. Errors are what is looked for here, so nothing guards against them. */
async function openWithout(lists: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await browser.newPage();
  await lists(page);
  await page.goto(demo(`?customer=${CUSTOMERS.pro.id}`));
  await page.getByRole('heading', { level: 1, name: CUSTOMERS.pro.name }).waitFor();
  return page;
}

const LISTS = '**/entitlements?**';
const STREAMS = '**/entitlements/stream?**';

it('locks everything and says so when the list cannot be fetched', async () => {
  const page = await openWithout(async (page) => {
    for (const way of [LISTS, STREAMS]) await page.route(way, (route) => route.fulfill({ status: 503 }));
  });
  expect(new Set(Object.values(await tiles(page)))).toEqual(new Set(['locked NOT_READY']));
  expect(await page.locator('#log').textContent()).toContain('status 503 (HTTP_STATUS)');
  // It comes back with the next customer that can be fetched.
  for (const way of [LISTS, STREAMS]) await page.unroute(way);
  await page.getByRole('radio', { name: CUSTOMERS.free.name }).check();
  await page.getByRole('heading', { level: 1, name: CUSTOMERS.free.name }).waitFor();
  expect((await tiles(page))['dashboards']).toBe('open GRANTED');
});

it('opens what the event stream says when only the request fails', async () => {
  const page = await openWithout((page) => page.route(LISTS, (route) => route.fulfill({ status: 503 })));
  await page.locator('.tile[data-key="dashboards"][data-state="open"]').waitFor();
  expect(await page.locator('#desk-way').textContent()).toContain('came by the event stream');
});

it('locks everything when the list is of somebody else', async () => {
  const other = await (await fetch(demo(`paygentic/entitlements?customer=${CUSTOMERS.metered.id}`))).text();
  const page = await openWithout(async (page) => {
    await page.route(LISTS, (route) => route.fulfill({ contentType: 'application/json', body: other }));
    const events = `event: snapshot\ndata: ${other}\n\n`;
    await page.route(STREAMS, (route) => route.fulfill({ contentType: 'text/event-stream', body: events }));
  });
  expect(new Set(Object.values(await tiles(page)))).toEqual(new Set(['locked NOT_READY']));
  expect(await page.locator('#log').textContent()).toContain('CUSTOMER_MISMATCH');
});
