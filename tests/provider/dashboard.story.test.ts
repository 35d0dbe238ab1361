// What somebody does who never read the docs: from nothing to an entitlement, and on to its end.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { complete, fill, settled, useDashboard, visit } from './dashboard.support.js';
import { startReceiver } from './receiver.js';
import { keysOf, startProvider, stripeFor } from './support.js';

const { open, expectRefusals } = useDashboard();

/** The keys in the table of active entitlements. */
const shownKeys = (page: Page) =>
  page.getByRole('table', { name: 'Active entitlements', exact: true }).locator('code.key').allTextContents();

/** Two products with a feature each, made on the page. */
async function makeCatalogue(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Create a feature' }).click();
  await page.getByText('There is no feature yet').waitFor();
  await complete(page, 'Create feature', { Key: 'sso-access', Name: 'Single sign-on' }, 'Create feature');
  await complete(page, 'Create feature', { Key: 'audit-log' }, 'Create feature');
  await visit(page, 'Products');
  for (const [name, price, key] of [
    ['Pro', '29', 'sso-access'],
    ['Team', '99.50', 'audit-log'],
  ] as const) {
    await complete(page, 'Create product', { Name: name, Price: price }, 'Create product');
    const card = page.getByRole('region', { name });
    await complete(page, `Attach feature to ${name}`, { Feature: key }, 'Attach');
    await card
      .getByRole('list', { name: `Features of ${name}` })
      .getByText(key)
      .waitFor();
  }
}

it('leads from nothing to an entitlement in every open dashboard, and to its end', async () => {
  const provider = await startProvider({ freezeAt: '2026-01-31T12:00:00Z' });
  const stripe = stripeFor(provider);
  const page = await open(provider);
  await makeCatalogue(page);
  await visit(page, 'Customers');
  await complete(page, 'Create customer', { Name: 'Harbour & Vale' }, 'Create customer');
  await page.getByRole('link', { name: 'Harbour & Vale' }).click();
  await page.getByText('Nothing is granted. Subscribe').waitFor();
  const { data } = await stripe.customers.list();
  const { id } = data[0]!;
  const other = await open(provider, `customers/${id}`);

  await complete(page, 'Subscribe', { To: 'Pro, $29.00 a month' }, 'Subscribe');
  await expect.poll(() => shownKeys(other)).toEqual(['sso-access']);
  await expect.poll(() => shownKeys(page)).toEqual(['sso-access']);
  expect(await keysOf(stripe, id)).toEqual(['sso-access']);

  await visit(page, 'Features');
  await complete(page, 'Archive sso-access', {}, 'Archive');
  await page.getByRole('row', { name: /sso-access.*archived/ }).waitFor();
  expect(await page.getByRole('button', { name: 'Archive sso-access' }).count()).toBe(0);
  expect(await shownKeys(other)).toEqual(['sso-access']);

  await page.goto(`${provider.url}/#/customers/${id}`);
  const { data: subscriptions } = await stripe.subscriptions.list({ customer: id });
  const { id: subscription } = subscriptions[0]!;
  await complete(page, `Change ${subscription}`, { To: 'Team, $99.50 a month', When: 'Now' }, 'Change');
  await expect.poll(() => shownKeys(other)).toEqual(['audit-log']);
  expect(await keysOf(stripe, id)).toEqual(['audit-log']);

  await complete(page, `Cancel ${subscription}`, { When: 'At the end of the period' }, 'Cancel subscription');
  await other.getByRole('table', { name: 'Subscriptions' }).getByText('ends 28 Feb 2026').waitFor();
  expect(await shownKeys(other)).toEqual(['audit-log']);
  await visit(page, 'Time');
  await page.getByRole('button', { name: 'To the next period end' }).click();
  await page.getByRole('status').getByText('A period has ended').waitFor();
  await other.getByText('Nothing is granted now').waitFor();
  expect(await keysOf(stripe, id)).toEqual([]);
  const past = other.getByRole('table', { name: 'Entitlements, past and present' });
  await past.getByRole('row', { name: /sso-access.*canceled|sso-access.*expired/ }).waitFor();
  await other.getByText('customer.subscription.deleted').waitFor();
});

it('shows a delivery that failed, and sends it again', async () => {
  const receiver = await startReceiver();
  receiver.answers.push(500, 500, 500, 500);
  const provider = await startProvider();
  const page = await open(provider, 'webhooks');
  await page.getByText('There is no endpoint yet').waitFor();
  await complete(page, 'Add endpoint', { URL: receiver.url }, 'Add endpoint');
  await page.getByRole('table', { name: 'Endpoints' }).getByText(receiver.url, { exact: true }).waitFor();
  await stripeFor(provider).customers.create({ name: 'Harbour & Vale' });
  const row = page.getByRole('row', { name: /customer\.created/ });
  await row.getByText('failed').waitFor();
  await row.getByText('4, last answered 500').waitFor();
  await row.getByRole('button', { name: /^Retry/ }).click();
  await row.getByText('delivered', { exact: true }).waitFor();
  expect(receiver.received).toHaveLength(5);
  await page.getByRole('button', { name: `Remove ${receiver.url}` }).click();
  await page.getByText('There is no endpoint yet').waitFor();
});

it('opens a delivery: what was sent, how it was signed, and what each attempt was answered', async () => {
  const receiver = await startReceiver();
  receiver.answers.push(500, 0);
  receiver.says = 'the database is away';
  const provider = await startProvider({ webhooks: [{ url: receiver.url }] });
  await stripeFor(provider).customers.create({ name: 'Harbour & Vale' });
  await receiver.seen(3);
  const page = await open(provider, 'webhooks');
  const row = page.getByRole('row', { name: /customer\.created/ });
  await row.getByText('delivered', { exact: true }).waitFor();
  await row.getByRole('button', { name: /^Details/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Delivery/ });
  const attempt = (number: number) => dialog.getByRole('listitem').filter({ hasText: `Attempt ${number}` });
  await attempt(1).getByText('answered 500').waitFor();
  expect(await attempt(1).getByLabel('Answer to attempt 1').textContent()).toBe('the database is away');
  expect(await attempt(2).getByText('no answer').count()).toBe(1);
  expect(await attempt(3).getByText('answered 200').count()).toBe(1);
  // What is shown is what was received, byte for byte.
  const [first] = receiver.received;
  expect(await dialog.getByLabel('Body', { exact: true }).textContent()).toBe(first!.body);
  expect(await attempt(1).getByLabel('Headers').textContent()).toContain(
    `stripe-signature: ${String(first!.headers['stripe-signature'])}`,
  );
  await dialog.getByRole('button', { name: 'Send once more' }).click();
  await attempt(4).getByText('answered 200').waitFor();
  expect(receiver.received).toHaveLength(4);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toMatch(/^Details of customer\.created/);
});

it('deletes a customer, whose subscriptions end, and a product without prices; others it may not', async () => {
  expectRefusals();
  const provider = await startProvider({
    seed: `features: [{ key: sso }]
products: [{ id: prod_pro, name: Pro, features: [sso], prices: [{ id: price_pro, amount: 2900, every: month }] }, { name: Empty }]
customers: [{ id: cus_1, name: Harbour & Vale, subscriptions: [{ id: sub_1, price: price_pro }] }]`,
  });
  const stripe = stripeFor(provider);
  const page = await open(provider, 'customers/cus_1');
  await complete(page, 'Delete cus_1', {}, 'Delete customer');
  await page.getByText('There is no customer yet').waitFor();
  expect(await stripe.customers.retrieve('cus_1')).toMatchObject({ deleted: true });
  expect((await stripe.subscriptions.retrieve('sub_1')).status).toBe('canceled');
  await visit(page, 'Products');
  await complete(page, 'Delete Empty', {}, 'Delete product');
  await page.getByRole('heading', { name: 'Empty' }).waitFor({ state: 'detached' });
  const refusal = await fill(page, 'Delete Pro', {}, 'Delete product');
  await refusal
    .getByText(/prices/)
    .nth(1)
    .waitFor();
  await page.keyboard.press('Escape');
  expect((await stripe.products.list()).data.map(({ name }) => name)).toEqual(['Pro']);
});

it('grants with values and allowances, and books their use', async () => {
  const provider = await startProvider({ freezeAt: '2026-01-31T12:00:00Z' });
  const page = await open(provider, 'products');
  await complete(page, 'Create product', { Name: 'API', Price: '10' }, 'Create product');
  await visit(page, 'Features');
  await complete(
    page,
    'Create feature',
    { Key: 'api-calls', Kind: 'Metered', 'Where the key counts': 'Only API' },
    'Create feature',
  );
  const attach = await fill(page, 'Attach api-calls', { Allowance: 'many' }, 'Attach');
  // What the field does not know it leaves to the provider, and shows what that says.
  expectRefusals();
  const allowance = attach.getByLabel('Allowance', { exact: true });
  await expect.poll(() => allowance.getAttribute('aria-invalid')).toBe('true');
  await allowance.fill('1000');
  await attach.getByLabel('Values').fill('{"region": "eu"}');
  await attach.getByRole('button', { name: 'Attach', exact: true }).click();
  await attach.waitFor({ state: 'detached' });
  await visit(page, 'Customers');
  await complete(page, 'Create customer', { 'External id': 'user-7' }, 'Create customer');
  await page.getByRole('link', { name: 'user-7' }).click();
  await complete(page, 'Subscribe', {}, 'Subscribe');
  await complete(page, 'Record usage', { 'How much': '300' }, 'Record');
  const row = page
    .getByRole('table', { name: 'Active entitlements', exact: true })
    .getByRole('row', { name: /api-calls/ });
  await row.getByText('700 of 1,000 left').waitFor();
  expect(await row.getByText('{"region":"eu"}').count()).toBe(1);
});

it('tells what the provider refuses at the field it names, and hands out and takes seeds', async () => {
  expectRefusals();
  const provider = await startProvider({ seed: 'features: [{ key: sso }]' });
  const page = await open(provider, 'features');
  const dialog = await fill(page, 'Create feature', { Key: 'sso' }, 'Create feature');
  const key = dialog.getByLabel('Key', { exact: true });
  await expect.poll(() => key.getAttribute('aria-invalid')).toBe('true');
  expect(await key.evaluate((field) => field === document.activeElement)).toBe(true);
  const said = await key.evaluate(
    (field) => document.getElementById(field.getAttribute('aria-describedby')!)?.textContent,
  );
  expect(said).toContain('KEY_TAKEN');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await visit(page, 'Data');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as YAML' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('plangate-seed.yaml');
  await complete(page, 'Load a seed…', { 'Seed, YAML or JSON': 'features: [{ key: exports }]' }, 'Replace everything');
  await visit(page, 'Features');
  await expect.poll(() => page.locator('td code.key').allTextContents()).toEqual(['exports']);
  await settled(page);
});
