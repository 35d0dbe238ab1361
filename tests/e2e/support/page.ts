// A page of the demo that fails its test on any error it logs and on anything its policy refuses.
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { startBrowser } from '../../support/chromium.mjs';
import { WAIT_MS } from '../../support/patience.js';

declare module 'vitest' {
  interface ProvidedContext {
    demo: string;
    stripe: string;
    paygentic: string;
  }
}

/** The customers, by what is special about them; see demo/data/. */
export const CUSTOMERS = {
  free: { id: 'cus_QXg1o8vcGmoR32', name: 'Pebble Studio' },
  pro: { id: 'cus_Sll319ReSxCmEi', name: 'Harbour & Vale' },
  metered: { id: 'cus_q3r4s5t6u7v8w9x0', name: 'Kestrel Robotics' },
  trial: { id: 'cus_t7r8i9a0l1t2r3i4', name: 'Tidewater Labs' },
} as const;

export type Who = keyof typeof CUSTOMERS;

/** Address of the demo. */
export const demo = (path = ''): string => new URL(path, inject('demo')).href;

/** What the server answers at once, without any billing system. */
export const NEXT_TO_NOTHING = 'stripe/healthz';

/** Address of a billing system. */
export const billing = (system: 'stripe' | 'paygentic', path = ''): string => new URL(path, inject(system)).href;

/** What somebody does who is no page: by the product's backend. */
export async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(demo(path), { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status, await answer.text()).toBe(200);
}

/** Resolves when a page that is opened next has its event stream: what changes from then on, it hears. */
export const streamOf = (page: Page): Promise<unknown> =>
  page.waitForResponse((response) => response.url().includes('/entitlements/stream?') && response.ok());

/** Watches a page; the answer holds every error, warning and refusal so far. */
export async function watch(page: Page): Promise<string[]> {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // A request that was given up for a newer one is no problem.
    if (why !== 'net::ERR_ABORTED') problems.push(`${why} ${request.url()}`);
  });
  await page.exposeFunction('reportRefusal', (refusal: string) => problems.push(`policy: ${refusal}`));
  await page.addInitScript(() => {
    const { reportRefusal } = globalThis as unknown as { reportRefusal: (refusal: string) => void };
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      reportRefusal(`${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
  return problems;
}

/** A browser for the tests of one file. `open` shows a customer and waits until the page has answers. */
export function useDemo() {
  let browser: Browser;
  const opened: { page: Page; problems: string[] }[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const found = opened.flatMap(({ problems }) => problems);
    for (const { page } of opened.splice(0)) await page.context().close();
    await fetch(demo('reset'), { method: 'POST' });
    expect(found).toEqual([]);
  });
  async function open(who: Who, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    opened.push({ page, problems: await watch(page) });
    const stream = streamOf(page);
    await page.goto(demo(`?customer=${CUSTOMERS[who].id}`));
    await stream;
    await page.getByRole('heading', { level: 1, name: CUSTOMERS[who].name }).waitFor();
    return page;
  }
  return { open };
}

/** The state and reason of each tile on the page. */
export const tiles = (page: Page): Promise<Record<string, string>> =>
  page.locator('.tile').evaluateAll((elements) =>
    Object.fromEntries(
      elements.map((element) => {
        const { key = '', state } = (element as HTMLElement).dataset;
        return [key, `${state} ${element.querySelector('.details code')?.textContent}`];
      }),
    ),
  );

/** One tile. */
export const tile = (page: Page, key: string) => page.locator(`.tile[data-key="${key}"]`);
