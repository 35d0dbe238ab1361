// Part of `npm run screenshots`: the panel on the page of its tests.
import { fileURLToPath } from 'node:url';

import { startBrowser } from '../support/chromium.mjs';
import { startPage } from './page.mjs';

const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

/** @typedef {import('playwright-core').Page} Page */
/** @type {{name: string, width: number, height: number, act?: (page: Page) => Promise<void>}[]} */
const PICTURES = [
  {
    name: 'devtools',
    width: 1000,
    height: 860,
    act: async (page) => page.locator('.feature[data-key="advanced-reporting"] summary').click(),
  },
  {
    name: 'devtools-changed',
    width: 1000,
    height: 860,
    act: async (page) => {
      await page.getByLabel('Override advanced-reporting').selectOption('on');
      await page.getByLabel('Override sso-access').selectOption('off');
      await page.getByRole('button', { name: 'To the next change' }).click();
      await page.locator('html[data-plangate-devtools]').waitFor();
    },
  },
  {
    name: 'devtools-narrow',
    width: 320,
    height: 640,
    act: async (page) => {
      await page.getByLabel('Override api-calls').selectOption('off');
      await page.locator('.feature[data-key="api-calls"]').scrollIntoViewIfNeeded();
    },
  },
];

const site = await startPage();
const browser = await startBrowser();
try {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    for (const { name, width, height, act } of PICTURES) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
      const page = await context.newPage();
      await page.goto(`${site.url}/development?open`);
      await page.locator('plangate-devtools .feature').first().waitFor();
      await act?.(page);
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${folder}${name}-${theme}.png` });
      await context.close();
      console.log(`${name}-${theme}.png`);
    }
  }
} finally {
  await browser.close();
  await site.stop();
}
