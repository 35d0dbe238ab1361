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

/** Buys Pro, comes back, and cancels it at the end of its period. @param {Page} page */
async function cancel(page) {
  await toCheckout(page);
  await page.getByRole('button', { name: 'Pay $49 / month' }).click();
  await page.locator('#log').getByText('Welcome to Pro.').waitFor();
  await page.getByRole('button', { name: 'Cancel at period end' }).click();
  await page.locator('#facts').getByText('Ends on').waitFor();
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
  { name: 'canceling', customer: 'cus_QXg1o8vcGmoR32', width: 1280, height: 900, act: cancel },
  // The last: time does not go back, and pictures taken later would show a later date.
  {
    name: 'canceled',
    customer: 'cus_QXg1o8vcGmoR32',
    width: 1280,
    height: 900,
    act: async (page) => {
      await cancel(page);
      await page.getByLabel('Time').selectOption('period');
      await page.getByRole('button', { name: 'Go' }).click();
      await page.locator('#facts').getByText('No plan, billed by').waitFor();
    },
  },
];

const browser = await startBrowser();
try {
  await mkdir(folder, { recursive: true });
  for (const theme of /** @type {const} */ (['light', 'dark'])) await takeAll(theme);
} finally {
  await browser.close();
}

/** All pictures of a demo of their own. @param {'light' | 'dark'} theme */
async function takeAll(theme) {
  const demo = await startDemo();
  try {
    for (const picture of PICTURES) await take(demo.url, theme, picture);
  } finally {
    await demo.stop();
  }
}

/** @param {string} url @param {'light' | 'dark'} theme @param {typeof PICTURES[number]} picture */
async function take(url, theme, { name, customer, width, height, full = false, act }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const stream = page.waitForResponse((response) => response.url().includes('/entitlements/stream?'));
  await page.goto(`${url}?customer=${customer}`);
  await page.locator('.tile').first().waitFor();
  await stream;
  await act?.(page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${folder}${name}-${theme}.png`, fullPage: full });
  await context.close();
  await fetch(`${url}reset`, { method: 'POST' });
  console.log(`${name}-${theme}.png`);
}
