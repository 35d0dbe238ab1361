// What happens on the billing side reaches an open page: webhook, server, event stream, page; in less than a second.
import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';

import { billing, CUSTOMERS, demo, streamOf, tile, tiles, useDemo } from './support/page.js';

const { open } = useDemo();
const LONGEST_MS = 1000;

/** Remembers, in the page, when a tile became what it is. */
async function watchTile(page: Page, key: string, state: string): Promise<() => Promise<number>> {
  await page.evaluate(
    ([wantedKey, wanted]) => {
      const element = document.querySelector(`.tile[data-key="${wantedKey}"]`) as HTMLElement;
      const seen = globalThis as { tileChanged?: number };
      delete seen.tileChanged;
      new MutationObserver(() => {
        if (element.dataset.state === wanted) seen.tileChanged ??= Date.now();
      }).observe(element, { attributes: true });
    },
    [key, state] as const,
  );
  return async () => {
    await page.waitForFunction(() => 'tileChanged' in globalThis);
    return page.evaluate(() => (globalThis as { tileChanged?: number }).tileChanged!);
  };
}

/** An act on the billing side, by nobody's page. */
const act = (what: string, about: Record<string, string>): Promise<Response> =>
  fetch(billing(`control/${what}`), { method: 'POST', body: JSON.stringify(about) });

it.each([
  ['free', 'funnels', 'grant', 'open'],
  ['pro', 'funnels', 'revoke', 'locked'],
  ['metered', 'audit_log', 'grant', 'open'],
  ['metered', 'sso_enabled', 'revoke', 'locked'],
] as const)('%s: %s, %s', async (who, feature, what, state) => {
  const page = await open(who);
  await page.evaluate(() => ((globalThis as { sameDocument?: boolean }).sameDocument = true));
  const changed = await watchTile(page, feature, state);
  const begun = Date.now();
  expect((await act(what, { customer: CUSTOMERS[who].id, feature })).status).toBe(200);
  const took = (await changed()) - begun;
  console.log(`${who}: ${what} ${feature} was on the page after ${took} ms`);
  expect(took).toBeLessThan(LONGEST_MS);
  expect(await page.evaluate(() => (globalThis as { sameDocument?: boolean }).sameDocument)).toBe(true);
});

it('the panel says what it did and how long it took, and keeps what was chosen', async () => {
  const page = await open('free');
  const desk = page.getByRole('complementary', { name: 'Billing side' });
  await desk.getByLabel('Plan').selectOption('Pro');
  await desk.getByRole('button', { name: 'Move' }).click();
  await desk.getByText(/^The new list reached this page after \d+ ms, without a reload\.$/).waitFor();
  const [, ms] = /after (\d+) ms/.exec((await desk.getByRole('status').textContent())!)!;
  expect(Number(ms)).toBeLessThan(LONGEST_MS);
  await page.getByText('Pro, billed by Stripe (test mode). 23 of 28 features open.').waitFor();
  expect(await page.locator('#live').textContent()).toBe('Opened: 20 features.');

  await desk.getByLabel('Plan').selectOption('Free');
  await desk.getByRole('button', { name: 'Move' }).click();
  await page.getByText('Free, billed by Stripe (test mode). 3 of 28 features open.').waitFor();
  await desk.getByLabel('Feature').selectOption('Heatmaps');
  await desk.getByRole('button', { name: 'Grant' }).click();
  await tile(page, 'heatmaps').and(page.locator('[data-state="open"]')).waitFor();
  expect(await desk.getByLabel('Feature').inputValue()).toBe('heatmaps');
});

it('two pages of one customer, and one of another: only theirs change', async () => {
  const [one, two, other] = [await open('free'), await open('free'), await open('pro')];
  const before = await tiles(other);
  await act('plan', { customer: CUSTOMERS.free.id, product: 'prod_fathomline_enterprise' });
  for (const page of [one, two]) {
    await tile(page, 'legal_hold').and(page.locator('[data-state="open"]')).waitFor();
    await page.getByText('Enterprise, billed by Stripe').first().waitFor();
  }
  expect(await tiles(other)).toEqual(before);
});

it('a trial is ended early', async () => {
  const page = await open('trial');
  await page.getByRole('button', { name: 'Start the trial' }).click();
  await page.getByRole('timer').waitFor();
  await act('end-trial', { customer: CUSTOMERS.trial.id });
  await page.getByText('The trial ended at').waitFor({ timeout: 2000 });
  expect((await tiles(page))['forecasting']).toBe('locked EXPIRED');
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
  await act('grant', { customer: CUSTOMERS.free.id, feature: 'heatmaps' });
  for (const page of [one, two]) await tile(page, 'heatmaps').and(page.locator('[data-state="open"]')).waitFor();
  expect(await two.locator('#desk-way').textContent()).toContain('came from another tab');
  expect(requests).not.toContain('/stripe/entitlements/stream');
  expect(await streams()).toBe(1);

  const taken = streamOf(two);
  await one.close();
  await taken;
  await act('grant', { customer: CUSTOMERS.free.id, feature: 'embeds' });
  await tile(two, 'embeds').and(two.locator('[data-state="open"]')).waitFor();
  expect(await two.locator('#desk-way').textContent()).toContain('came by the event stream');
});
