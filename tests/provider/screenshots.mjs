// Part of `npm run screenshots`: the local provider's dashboard.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { createProvider } from '../../dist/provider.js';
import { startBrowser } from '../support/chromium.mjs';

const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const seed = readFileSync(new URL('dashboard.seed.yaml', import.meta.url), 'utf8');
/** An endpoint that takes nothing. Ports are fixed: pictures show them, and change only when the page does. */
const endpoint = createServer((_, response) => response.writeHead(500).end('The database is away.')).listen(
  3999,
  '127.0.0.1',
);

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {string} button @param {Record<string, string>} choices @param {string} submit */
async function choose(page, button, choices, submit) {
  await page.getByRole('button', { name: button, exact: true }).click();
  const dialog = page.getByRole('dialog');
  for (const [label, option] of Object.entries(choices))
    await dialog.getByLabel(label, { exact: true }).selectOption({ label: option });
  await dialog.getByRole('button', { name: submit, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** @param {Page} page */
const upgrade = (page) => choose(page, 'Change sub_pro', { To: 'Team, $99.00 a month', When: 'Now' }, 'Change');

/** @type {{name: string, view: string, width?: number, height: number, full?: boolean, act?: (page: Page) => Promise<void>}[]} */
const PICTURES = [
  { name: 'provider-overview', view: '', height: 560 },
  { name: 'provider-products', view: 'products', height: 860 },
  {
    name: 'provider-customer',
    view: 'customers/cus_pro',
    height: 1000,
    act: async (page) => {
      await upgrade(page);
      await choose(page, 'Cancel sub_pro', { When: 'At the end of the period' }, 'Cancel subscription');
      await page.getByText('ends 15 Feb 2026').waitFor();
    },
  },
  {
    name: 'provider-refusal',
    view: 'features',
    height: 640,
    act: async (page) => {
      await page.getByRole('button', { name: 'Create feature' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Key', { exact: true }).fill('sso-access');
      await dialog.getByRole('button', { name: 'Create feature' }).click();
      await dialog.getByText('KEY_TAKEN').waitFor();
    },
  },
  {
    name: 'provider-webhooks',
    view: 'customers/cus_pro',
    height: 640,
    act: async (page) => {
      await upgrade(page);
      await page.getByRole('link', { name: 'Webhooks' }).click();
      await page.locator('td', { hasText: 'failed' }).nth(1).waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).click();
    },
  },
  {
    name: 'provider-delivery',
    view: 'customers/cus_pro',
    height: 860,
    act: async (page) => {
      await upgrade(page);
      await page.getByRole('link', { name: 'Webhooks' }).click();
      await page.getByRole('row', { name: /active_entitlement_summary.*failed/ }).waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByRole('button', { name: /^Details of entitlements/ }).click();
      await page.getByText('Attempt 2').waitFor();
    },
  },
  { name: 'provider-narrow', view: 'customers/cus_pro', width: 320, height: 800, full: true },
];

const browser = await startBrowser();
try {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    for (const { name, view, width = 1280, height, full = false, act } of PICTURES) {
      const provider = await createProvider({
        seed,
        seedId: 'pictures',
        port: 4242,
        webhooks: [{ url: 'http://127.0.0.1:3999/webhooks/stripe' }],
        deliveries: { retryDelaysMs: [10] },
      });
      const url = await provider.listen();
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
      const page = await context.newPage();
      await page.goto(`${url}/#/${view}`);
      await page.getByText('live', { exact: true }).waitFor();
      await page.locator('main .loading').first().waitFor({ state: 'detached' });
      await act?.(page);
      await page.screenshot({ path: `${folder}${name}-${theme}.png`, fullPage: full });
      await context.close();
      await provider.close();
      console.log(`${name}-${theme}.png`);
    }
  }
} finally {
  endpoint.closeAllConnections();
  endpoint.close();
  await browser.close();
}
