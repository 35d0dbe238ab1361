// What happens on the billing side reaches an open page: webhook, server, event stream, page; in less than a second.
import { expect, it } from 'vitest';

import { limitOf, sameDocument, watchTile } from './support/change.js';
import { CUSTOMERS, demo, NEXT_TO_NOTHING, post, streamOf, tile, tiles, useDemo } from './support/page.js';

const { open } = useDemo();
const opened = '[data-state="open"]';

it.each([
  ['free', 'price_pro_month', 'funnels', 'open'],
  ['pro', 'price_free_month', 'funnels', 'locked'],
  ['metered', 'price_metered_enterprise_year', 'audit_log', 'open'],
  ['metered', 'price_starter_month', 'sso_enabled', 'locked'],
] as const)('%s: %s, %s', async (who, price, feature, state) => {
  const page = await open(who);
  const stayed = await sameDocument(page);
  const changed = await watchTile(page, feature, state);
  const limit = await limitOf(page, NEXT_TO_NOTHING);
  const begun = Date.now();
  await post('checkout', { customer: CUSTOMERS[who].id, price });
  const took = (await changed()) - begun;
  console.log(`${who}: ${feature} was ${state} on the page after ${took} ms`);
  expect(took).toBeLessThan(await limit());
  expect(await stayed()).toBe(true);
});

it('the panel says what it did and how long it took, and keeps what was chosen', async () => {
  const page = await open('free');
  const desk = page.getByRole('complementary', { name: 'Billing side' });
  await desk.getByLabel('Plan').selectOption('Pro');
  const limit = await limitOf(page, NEXT_TO_NOTHING);
  await desk.getByRole('button', { name: 'Move' }).click();
  await desk.getByText(/^The new list reached this page after \d+ ms, without a reload\.$/).waitFor();
  const [, ms] = /after (\d+) ms/.exec((await desk.getByRole('status').textContent())!)!;
  expect(Number(ms)).toBeLessThan(await limit());
  await page.getByText('Pro, billed by Stripe (test mode). 23 of 28 features open.').waitFor();
  expect(await page.locator('#live').textContent()).toBe('Opened: 20 features.');

  await desk.getByLabel('Plan').selectOption('Free');
  await desk.getByRole('button', { name: 'Move' }).click();
  await page.getByText('Free, billed by Stripe (test mode). 3 of 28 features open.').waitFor();
  expect(await desk.getByLabel('Plan').inputValue()).toBe('prod_fathomline_free');
});

it('says the plan of now, however late the answer to an earlier question comes', async () => {
  const page = await open('free');
  const held: (() => Promise<void>)[] = [];
  await page.route('**/customers', async (route) => {
    if (held.length > 0) return route.continue();
    const response = await route.fetch();
    held.push(() => route.fulfill({ response }));
  });
  await post('checkout', { customer: CUSTOMERS.free.id, price: 'price_pro_month' });
  await expect.poll(() => held.length).toBe(1);
  await post('checkout', { customer: CUSTOMERS.free.id, price: 'price_enterprise_month' });
  const facts = page.locator('#facts');
  await facts.getByText(/^Enterprise, billed by Stripe/).waitFor();
  const late = page.waitForEvent('requestfinished', (request) => request.url() === demo('customers'));
  await held[0]?.();
  await late;
  await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve))));
  expect(await facts.textContent()).toMatch(/^Enterprise, billed by Stripe/);
});

it('two pages of one customer, and one of another: only theirs change', async () => {
  const [one, two, other] = [await open('free'), await open('free'), await open('pro')];
  const before = await tiles(other);
  await post('checkout', { customer: CUSTOMERS.free.id, price: 'price_enterprise_month' });
  for (const page of [one, two]) {
    await tile(page, 'legal_hold').and(page.locator(opened)).waitFor();
    await page.getByText('Enterprise, billed by Stripe').first().waitFor();
  }
  expect(await tiles(other)).toEqual(before);
});

it('a trial is ended early', async () => {
  const page = await open('trial');
  await page.getByRole('button', { name: 'Start the trial' }).click();
  await page.getByRole('timer').waitFor();
  await post('billing/end-trial', { customer: CUSTOMERS.trial.id });
  await tile(page, 'forecasting').and(page.locator('[data-state="locked"]')).waitFor();
  expect((await tiles(page))['forecasting']).toBe('locked CANCELED');
});

it('tabs of one browser share one stream, and one hands it on to the other when it goes', async () => {
  const one = await open('free');
  const streams = async (): Promise<number> =>
    ((await (await fetch(demo('stripe/healthz'))).json()) as { streams: number }).streams;
  await expect.poll(streams).toBe(1);
  const two = await one.context().newPage();
  const requests: string[] = [];
  two.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await two.goto(demo(`?customer=${CUSTOMERS.free.id}`));
  await two.getByRole('heading', { level: 1, name: CUSTOMERS.free.name }).waitFor();
  await post('checkout', { customer: CUSTOMERS.free.id, price: 'price_pro_month' });
  for (const page of [one, two]) await tile(page, 'heatmaps').and(page.locator(opened)).waitFor();
  expect(await two.locator('#desk-way').textContent()).toContain('came from another tab');
  expect(requests).not.toContain('/stripe/entitlements/stream');
  expect(await streams()).toBe(1);

  const taken = streamOf(two);
  await one.close();
  await taken;
  await post('checkout', { customer: CUSTOMERS.free.id, price: 'price_enterprise_month' });
  await tile(two, 'legal_hold').and(two.locator(opened)).waitFor();
  expect(await two.locator('#desk-way').textContent()).toContain('came by the event stream');
});
