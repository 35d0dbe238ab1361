// Pages in Chromium that fail their test on anything that they, React or the policy complain about.
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startBrowser } from '../../support/chromium.mjs';
import { WAIT_MS } from '../../support/patience.js';

/** What an element of the page has shown since it was there, each text once it has changed. */
export const shownBy = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown);

/** Writes down the text of `#root` from its first paint on, before any script of the page runs. */
async function watchRoot(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: string[] = [];
    Object.assign(globalThis, { shown });
    const look = (): void => {
      const text = document.querySelector<HTMLElement>('#root')?.innerText.replace(/\s+/g, ' ').trim();
      if (text !== undefined && text !== '' && text !== shown.at(-1)) shown.push(text);
    };
    // Any change within a task is one: what is put right before anybody can see it does not count.
    new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
    const frame = (): void => {
      look();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** A browser for the tests of one file. */
export function useBrowser() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  /** A page of its own profile. `script: false` shows it as it is without JavaScript. */
  async function newPage({ script = true, cookies = {} as Record<string, string>, url = '' } = {}): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: script });
    await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url })));
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      const isIcon = message.location().url.endsWith('/favicon.ico');
      if (['error', 'warning'].includes(message.type()) && !isIcon) problems.push(message.text());
    });
    if (script) await watchRoot(page);
    onTestFinished(async () => {
      await context.close();
      expect(problems).toEqual([]);
    });
    return page;
  }
  return { newPage };
}
