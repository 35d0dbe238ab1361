// `npm run screenshots`: the pictures of docs/screenshots, taken from the demo as it is.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { startBrowser } from '../support/chromium.mjs';
import { startDemo } from './support/launch.mjs';

const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

/** @typedef {import('playwright-core').Page} Page */
/** From the product to the checkout of Pro. @param {Page} page */
async function toCheckout(page) {
  await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
  await page.getByRole('link', { name: 'Upgrade to Pro' }).click();
  await page.getByRole('button', { name: 'Pay $49 / month' }).waitFor();
}

/** @type {{name: string, customer: string, width: number, height: number, full?: boolean, act?: (page: Page) => Promise<void>}[]} */
const PICTURES = [
  { name: 'stripe-free', customer: 'cus_QXg1o8vcGmoR32', width: 1280, height: 900 },
  { name: 'stripe-pro', customer: 'cus_Sll319ReSxCmEi', width: 1280, height: 900 },
  {
    name: 'allowances',
    customer: 'cus_q3r4s5t6u7v8w9x0',
    width: 1280,
    height: 900,
    act: async (page) => {
      await page.getByRole('button', { name: 'Make 2,000 calls' }).click();
      await page.getByRole('button', { name: 'Use all that is left' }).nth(1).click();
    },
  },
  {
    name: 'trial-running',
    customer: 'cus_t7r8i9a0l1t2r3i4',
    width: 1280,
    height: 900,
    act: async (page) => {
      await page.getByRole('button', { name: 'Start the trial' }).click();
      await page.getByRole('timer').waitFor();
      await page.waitForTimeout(6000);
    },
  },
  {
    name: 'trial-ended',
    customer: 'cus_t7r8i9a0l1t2r3i4',
    width: 1280,
    height: 900,
    act: async (page) => {
      await page.getByRole('button', { name: 'Start the trial' }).click();
      await page.getByText('The trial ended at').waitFor({ timeout: 25_000 });
    },
  },
  {
    name: 'upgrade-prompt',
    customer: 'cus_QXg1o8vcGmoR32',
    width: 1280,
    height: 900,
    act: (page) => page.getByRole('button', { name: 'How to unlock Funnels' }).click(),
  },
  { name: 'checkout', customer: 'cus_QXg1o8vcGmoR32', width: 1280, height: 900, act: toCheckout },
  {
    name: 'checkout-narrow',
    customer: 'cus_QXg1o8vcGmoR32',
    width: 320,
    height: 800,
    act: toCheckout,
  },
  {
    name: 'bought',
    customer: 'cus_QXg1o8vcGmoR32',
    width: 1280,
    height: 900,
    act: async (page) => {
      await toCheckout(page);
      await page.getByRole('button', { name: 'Pay $49 / month' }).click();
      await page.locator('#log').getByText('Welcome to Pro.').waitFor();
    },
  },
  {
    name: 'canceled',
    customer: 'cus_Sll319ReSxCmEi',
    width: 1280,
    height: 900,
    act: async (page) => {
      await page.getByRole('button', { name: 'Cancel at period end' }).click();
      await page.waitForTimeout(1000);
      await page.getByLabel('Time').selectOption('period');
      await page.getByRole('button', { name: 'Go' }).click();
      await page.getByText('No plan, billed by').first().waitFor();
    },
  },
  {
    name: 'billing-side',
    customer: 'cus_QXg1o8vcGmoR32',
    width: 1280,
    height: 900,
    act: async (page) => {
      await page.getByLabel('Plan').selectOption('Enterprise');
      await page.getByRole('button', { name: 'Move' }).click();
      await page.getByText(/^The new list reached this page/).waitFor();
      await page.getByText('Enterprise, billed by Stripe').first().waitFor();
    },
  },
  { name: 'narrow', customer: 'cus_q3r4s5t6u7v8w9x0', width: 320, height: 800, full: true },
];

const demo = await startDemo();
const browser = await startBrowser();
try {
  await mkdir(folder, { recursive: true });
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    for (const { name, customer, width, height, full = false, act } of PICTURES) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const stream = page.waitForResponse((response) => response.url().includes('/entitlements/stream?'));
      await page.goto(`${demo.url}?customer=${customer}`);
      await page.locator('.tile').first().waitFor();
      await stream;
      await act?.(page);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${folder}${name}-${theme}.png`, fullPage: full });
      await context.close();
      await fetch(`${demo.url}reset`, { method: 'POST' });
      console.log(`${name}-${theme}.png`);
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
