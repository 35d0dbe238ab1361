import { describe, expect, it } from 'vitest';

import { billing, CUSTOMERS, demo, tile, tiles, useDemo } from './support/page.js';

const { open } = useDemo();

const openKeys = (all: Record<string, string>): string[] =>
  Object.keys(all).filter((key) => all[key] === 'open GRANTED');

describe('the decisions shown', () => {
  it('opens three features for a free Stripe customer and says why the rest is locked', async () => {
    const page = await open('free');
    const all = await tiles(page);
    expect(openKeys(all).sort()).toEqual(['csv_export', 'dashboards', 'journeys']);
    expect(Object.values(all).filter((state) => state === 'locked NOT_ENTITLED')).toHaveLength(25);
    expect(await page.locator('#facts').textContent()).toBe(
      'Free, billed by Stripe (test mode). 3 of 28 features open.',
    );
    expect(await page.locator('#chart .fog').isVisible()).toBe(true);
  });

  it('opens all 23 features of a list that Stripe gives in three pages', async () => {
    const page = await open('pro');
    const all = await tiles(page);
    expect(openKeys(all)).toHaveLength(23);
    for (const key of ['audit_log', 'data_residency', 'legal_hold', 'sdk_proxy', 'white_label'])
      expect(all[key]).toBe('locked NOT_ENTITLED');
    expect(await page.locator('.chart').getAttribute('data-forecast')).toBe('true');
  });

  it('shows boolean, static and metered features of Paygentic', async () => {
    const page = await open('metered');
    expect(await tiles(page)).toEqual({
      api_calls: 'open GRANTED',
      anomaly_alerts: 'locked NOT_ENTITLED',
      audit_log: 'locked NOT_ENTITLED',
      forecasting: 'locked NOT_ENTITLED',
      max_users: 'locked NOT_ENTITLED',
      premium_support: 'locked NOT_ENTITLED',
      sso_enabled: 'open GRANTED',
      storage_quota: 'open GRANTED',
    });
    const config = await tile(page, 'storage_quota').locator('.config').innerText();
    expect(config).toContain('500');
    expect(config).toContain('pdf, doc, xlsx, png, jpg');
    expect(await tile(page, 'sso_enabled').locator('.until').textContent()).toBe('no end date');
  });

  it('turns to another customer without a reload, and shows nothing of the one before', async () => {
    const page = await open('pro');
    await page.getByRole('radio', { name: CUSTOMERS.free.name }).check();
    await page.getByRole('heading', { level: 1, name: CUSTOMERS.free.name }).waitFor();
    expect(openKeys(await tiles(page))).toHaveLength(3);
    await page.getByRole('radio', { name: CUSTOMERS.metered.name }).check();
    await page.getByRole('heading', { level: 1, name: CUSTOMERS.metered.name }).waitFor();
    expect(openKeys(await tiles(page))).toHaveLength(3);
    expect(await page.locator('#allowances').isVisible()).toBe(true);
    expect(await page.locator('#log li').allTextContents()).toEqual([
      expect.stringContaining('Kestrel Robotics: 3 rows from Paygentic, 3 of 8 features open.'),
      expect.stringContaining('Pebble Studio: 3 rows from Stripe, 3 of 28 features open.'),
      expect.stringContaining('Harbour & Vale: 23 rows from Stripe, 23 of 28 features open.'),
    ]);
  });
});

/** Asks a billing system as a backend does, with its key. */
async function ask(system: 'stripe' | 'paygentic', path: string, key?: string): Promise<Response> {
  const { apiKey } = (await (await fetch(billing(system, '_plangate/info'))).json()) as { apiKey: string };
  return fetch(billing(system, `v1/${path}`), { headers: { authorization: `Bearer ${key ?? apiKey}` } });
}

describe('the billing side', () => {
  it("pages as Stripe does: ten rows by default, the last row's id as cursor", async () => {
    const path = `entitlements/active_entitlements?customer=${CUSTOMERS.pro.id}`;
    const rows: { id: string; object: string }[] = [];
    const sizes: number[] = [];
    for (let more = true; more;) {
      const cursor = rows.length ? `&starting_after=${rows.at(-1)!.id}` : '';
      const page = (await (await ask('stripe', path + cursor)).json()) as { data: typeof rows; has_more: boolean };
      rows.push(...page.data);
      sizes.push(page.data.length);
      more = page.has_more;
    }
    expect(sizes).toEqual([10, 10, 3]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(23);
    expect(rows.every(({ object }) => object === 'entitlements.active_entitlement')).toBe(true);
  });

  it('pages as Paygentic does: offset, limit and total', async () => {
    const answer = await ask('paygentic', `entitlements?customerId=${CUSTOMERS.metered.id}&limit=2&offset=2`);
    const page = await answer.json();
    expect(page).toMatchObject({ object: 'list', pagination: { limit: 2, offset: 2, total: 3 } });
    expect(page.data).toHaveLength(1);
  });

  it('answers nonsense with an error, not with a list', async () => {
    expect((await fetch(demo('stripe/entitlements'))).status).toBe(401);
    // Stripe knows no such customer, and neither does the page's server.
    expect((await fetch(demo('stripe/entitlements?customer=cus_nobody'))).status).toBe(503);
    expect((await ask('stripe', 'entitlements/active_entitlements?customer=cus_nobody')).status).toBe(400);
    expect((await ask('paygentic', `entitlements?customerId=${CUSTOMERS.metered.id}&limit=0`)).status).toBe(400);
    expect((await ask('stripe', 'products', 'sk_test_other')).status).toBe(401);
    const post = (path: string, body: string) => fetch(demo(path), { method: 'POST', body });
    expect((await post('billing/cancel', '{"customer":"cus_nobody"}')).status).toBe(400);
    expect((await post('checkout', `{"customer":"${CUSTOMERS.pro.id}","price":"price_other"}`)).status).toBe(400);
    expect((await post('checkout', 'nonsense')).status).toBe(400);
    expect((await fetch(demo('../package.json'))).status).toBe(404);
    expect((await fetch(demo('..%2f..%2fpackage.json'))).status).toBe(404);
  });
});
