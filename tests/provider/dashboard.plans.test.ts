// Paygentic's offers on the page, and what becomes of a subscription: paused, resumed, changed at its period's end, ended.
import { expect, it } from 'vitest';

import type { Page } from 'playwright-core';

import { complete, useDashboard, visit } from './dashboard.support.js';
import { startProvider } from './support.js';

const { open } = useDashboard();

/** The customer's rows as Paygentic answers them. */
async function rowsOf(url: string, apiKey: string, externalCustomerId: string): Promise<object[]> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${url}/v1/entitlements?externalCustomerId=${externalCustomerId}`, { headers });
  return ((await response.json()) as { data: object[] }).data;
}

it('sells Paygentic’s plans: a price of a plan, what it gives, and a subscription to it', async () => {
  const provider = await startProvider({ freezeAt: '2026-01-31T12:00:00Z' });
  const page = await open(provider, 'products');
  await complete(page, 'Create product', { Name: 'Storage', Price: '0' }, 'Create product');
  await complete(page, 'Add plan to Storage', { Name: 'Plus' }, 'Add plan');
  await complete(page, 'Add price to Storage', { Price: '12', For: 'Plan Plus' }, 'Add price');
  await visit(page, 'Features');
  const feature = { Key: 'quota', Kind: 'With values', 'Where the key counts': 'Only Storage' };
  await complete(page, 'Create feature', feature, 'Create feature');
  const gives = { To: 'Only Storage, $12.00 a month', Values: '{"limitGB": 50}' };
  await complete(page, 'Attach quota', gives, 'Attach');
  await visit(page, 'Customers');
  await complete(page, 'Create customer', { Name: 'Pebble', 'External id': 'user-7' }, 'Create customer');
  await page.getByRole('link', { name: 'Pebble' }).click();
  await complete(page, 'Subscribe', { To: 'Storage, Plus' }, 'Subscribe');
  await page.getByRole('table', { name: 'Active entitlements', exact: true }).getByText('{"limitGB":50}').waitFor();
  const rows = await rowsOf(provider.url, provider.apiKey, 'user-7');
  expect(rows).toMatchObject([{ featureKey: 'quota', hasAccess: true, config: { limitGB: 50 } }]);
});

const SEED = `
frozenAt: 2026-01-31T12:00:00Z
features: [{ key: sso }]
products:
  - { name: Free, prices: [{ id: price_free, amount: 0, every: month }] }
  - { name: Pro, features: [sso], prices: [{ id: price_pro, amount: 2900, every: month }] }
customers: [{ id: cus_1, subscriptions: [{ id: sub_1, price: price_pro }] }]`;

const active = (page: Page): Promise<number> =>
  page.getByRole('table', { name: 'Active entitlements', exact: true }).locator('code.key').count();

it('pauses, resumes, changes at the end of the period, keeps and ends a subscription', async () => {
  const provider = await startProvider({ seed: SEED });
  const page = await open(provider, 'customers/cus_1');
  const row = page.getByRole('row', { name: /sub_1/ });
  const press = (button: string): Promise<void> => row.getByRole('button', { name: `${button} sub_1` }).click();
  await press('Pause');
  await row.getByText('paused', { exact: true }).waitFor();
  await expect.poll(() => active(page)).toBe(0);
  await press('Resume');
  await row.getByText('active', { exact: true }).waitFor();
  await expect.poll(() => active(page)).toBe(1);
  await complete(page, 'Cancel sub_1', { When: 'At the end of the period' }, 'Cancel subscription');
  await row.getByText('ends 28 Feb 2026').waitFor();
  await press('Keep');
  await row.getByText('renews 28 Feb 2026').waitFor();
  const down = { To: 'Free, $0.00 a month', When: 'At the end of the period' };
  await complete(page, 'Change sub_1', down, 'Change');
  await row.getByText('to Free, $0.00 a month').waitFor();
  expect(await active(page)).toBe(1);
  await visit(page, 'Time');
  await page.getByRole('button', { name: '+ 1 month' }).click();
  await page.getByText('28 Feb 2026, 12:00:00 UTC').waitFor();
  await page.goBack();
  await row.getByText('renews 31 Mar 2026').waitFor();
  await expect.poll(() => active(page)).toBe(0);
  await complete(page, 'Cancel sub_1', { When: 'Now' }, 'Cancel subscription');
  await row.getByText('canceled', { exact: true }).waitFor();
  expect(await row.getByRole('button').count()).toBe(0);
});

it('shows as many customers as are asked for, and finds one among them', async () => {
  const customers = Array.from({ length: 120 }, (_, at) => ({ id: `cus_${at}`, email: `${at}@example.com` }));
  const provider = await startProvider({ seed: { customers } });
  const page = await open(provider, 'customers');
  for (const shown of [50, 100, 120]) {
    await page.getByText(`${shown} of 120`).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(shown);
    if (shown < 120) await page.getByRole('button', { name: 'Show more' }).click();
  }
  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  await page.getByLabel('Id, email or external id').fill('77@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1').waitFor();
  expect(await page.locator('tbody tr').getAttribute('data-id')).toBe('cus_77');
});
