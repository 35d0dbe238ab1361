// Open dashboards in a real Chromium. Whatever one logs, or its policy refuses, fails the test.
import { readFile } from 'node:fs/promises';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { provideDashboard } from '../../js/provider/dashboard.js';
import type { Provider } from '../../js/provider/index.js';
import { startBrowser } from '../support/chromium.mjs';
import { watch } from '../e2e/support/page.js';
import { WAIT_MS } from '../support/patience.js';

// As built; tests run in the project's folder.
provideDashboard((name) => readFile(`dist/${name}`));

const NOTHING = /^$/;

/** A browser for the tests of one file. `open` shows a view, and waits until the page hears of changes. */
export function useDashboard() {
  let browser: Browser;
  const opened: { page: Page; problems: string[] }[] = [];
  /** What a test provokes is in the console, too. */
  let provoked = NOTHING;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const found = opened.flatMap(({ problems }) => problems);
    for (const { page } of opened.splice(0)) await page.context().close();
    const unexpected = found.filter((problem) => !provoked.test(problem));
    provoked = NOTHING;
    expect(unexpected).toEqual([]);
  });
  async function open(provider: Provider, view = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    opened.push({ page, problems: await watch(page) });
    await page.goto(`${provider.url}/#/${view}`);
    await page.getByText('live', { exact: true }).waitFor();
    await settled(page);
    return page;
  }
  return {
    open,
    /** The test makes the provider refuse something. */
    expectRefusals: () => void (provoked = /^400 http|status of 400/),
    /** The test ends the provider while the page is open. */
    expectLosses: () => void (provoked = /net::ERR_(?:CONNECTION|INCOMPLETE|EMPTY)/),
  };
}

/** Resolves when a view shows its data. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  // A view may read several things at once: the first is whichever is left.
  await page.locator('main .loading').first().waitFor({ state: 'detached' });
}

/** Goes to another view by the navigation. */
export async function visit(page: Page, view: string): Promise<void> {
  const link = page.getByRole('navigation').getByRole('link', { name: view, exact: true });
  await link.click();
  // The view before is settled, too: it is this one once its link is the current one.
  await link.and(page.locator('[aria-current="page"]')).waitFor();
  await settled(page);
}

/** Opens a dialog by its button, fills it in by label, and sends it. Fields that are lists take an option's text. */
export async function fill(page: Page, button: string, fields: Readonly<Record<string, string>>, submit: string) {
  await page.getByRole('button', { name: button, exact: true }).click();
  const dialog = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog.getByLabel(label, { exact: true });
    const isList = await field.evaluate((element) => element.tagName === 'SELECT');
    if (isList) await field.selectOption({ label: value });
    else await field.fill(value);
  }
  await dialog.getByRole('button', { name: submit, exact: true }).click();
  return dialog;
}

/** As fill; the provider takes it. */
export async function complete(...what: Parameters<typeof fill>): Promise<void> {
  const dialog = await fill(...what);
  await dialog.waitFor({ state: 'detached' });
}
