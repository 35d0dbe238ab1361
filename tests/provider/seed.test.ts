// An export is a seed: whatever state it is taken of, it begins another provider that looks the same, and goes on the same.
import { expect, it } from 'vitest';

import type { Provider } from '../../js/provider/index.js';
import { createProvider, startProvider, stripeFor } from './support.js';

type Json = Record<string, unknown>;

async function ask(provider: Provider, path: string, body?: object): Promise<Json> {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const headers = { authorization: `Bearer ${provider.apiKey}` };
  const response = await provider.fetch(new Request(`http://127.0.0.1${path}`, { ...init, headers }));
  const answer = (await response.json()) as Json;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

const control = (provider: Provider, path: string, body?: object): Promise<Json> =>
  ask(provider, `/_plangate/${path}`, body);

/** What customers have: when it began, and periods that are over, are history, which an export does not hold. */
const rowsOf = async (provider: Provider): Promise<unknown[]> => {
  const { data } = (await control(provider, 'query', { query: 'entitlements', limit: 100 })) as { data: Json[] };
  return data.map(({ customer, featureKey, product, status, hasAccess, activeTo, config, usage }) => {
    const { balance, usageInPeriod } = (usage ?? {}) as Json;
    return { customer, featureKey, product, status, hasAccess, activeTo, config, balance, usageInPeriod };
  });
};

/** Exports, begins another provider with it, and checks that both look the same, now and after the same time has passed. */
async function again(provider: Provider, pass: string): Promise<Provider> {
  const text = async (of: Provider): Promise<string> =>
    (await of.fetch(new Request('http://127.0.0.1/_plangate/export'))).text();
  const exported = await text(provider);
  const other = await startProvider({ seed: exported, seedId: 'seed' });
  expect(await text(other)).toBe(exported);
  expect(await rowsOf(other)).toEqual(await rowsOf(provider));
  for (const each of [provider, other]) await control(each, 'clock', { do: 'advance', by: pass });
  expect(await rowsOf(other)).toEqual(await rowsOf(provider));
  expect(await text(other)).toBe(await text(provider));
  return other;
}

const SEED = `
frozenAt: 2026-01-31T12:00:00Z
features:
  - { key: sso }
  - { id: feat_old, key: old, archived: true }
  - { key: audit }
  - { key: calls, type: metered }
  - { key: tokens, type: metered }
products:
  - { id: prod_free, name: Free, features: [sso], prices: [{ id: price_free, amount: 0, every: month }] }
  - id: prod_pro
    name: Pro
    features:
      - feat_old
      - audit
      - { feature: calls, limit: 100, pool: units }
      - { feature: tokens, limit: 100, pool: units }
    prices:
      - { id: price_pro, amount: 2900, every: month, key: pro }
      - { id: price_year, amount: 29000, every: year }
    defaultPrice: price_pro
  - id: prod_more
    name: More
    features: [{ feature: calls, limit: 10 }]
    prices: [{ id: price_more, amount: 100, every: month }]
paygentic: [{ id: fee_1, type: fee, product: prod_pro, values: { name: Base } }]
customers:
  - { id: cus_trial, subscriptions: [{ id: sub_trial, price: price_pro, trialDays: 10, trialEndBehavior: pause }] }
  - { id: cus_goes_on, subscriptions: [{ id: sub_goes_on, price: price_pro, startAt: 2026-01-17T00:00:00Z, trialEnd: 2026-03-31T00:00:00Z }] }
  - { id: cus_later, subscriptions: [{ id: sub_later, price: price_pro, startAt: 2026-02-15T00:00:00Z, trialEnd: 2026-03-01T00:00:00Z }] }
  - { id: cus_swap, subscriptions: [{ id: sub_swap, price: price_pro, atPeriodEnd: { items: [{ price: price_free }] } }] }
  - { id: cus_ends, subscriptions: [{ id: sub_ends, price: price_year, cancelAt: 2026-05-01T00:00:00Z }] }
  - { id: cus_paused, subscriptions: [{ id: sub_paused, price: price_pro, paused: true, resumesAt: 2026-04-01T00:00:00Z }] }
  - { id: cus_uses, subscriptions: [{ id: sub_uses, items: [{ price: price_pro }, { price: price_more }] }] }
`;

it('an export holds pauses, planned swaps and ends, counted periods, keys, and what was used of pools', async () => {
  const provider = await startProvider({ seed: SEED, seedId: 'seed' });
  for (const [feature, product, quantity] of [
    ['calls', 'prod_pro', 30],
    ['tokens', 'prod_pro', 5],
    ['calls', 'prod_more', 7],
  ])
    await control(provider, 'usage', { customer: 'cus_uses', feature, product, quantity });
  await again(provider, 'P1D');
  // The first trial ends paused, the other one's periods are counted from the last day of March.
  await control(provider, 'clock', { do: 'advance', to: '2026-03-31T12:00:00Z' });
  const other = await again(provider, 'P1M');
  const periods = async (of: Provider): Promise<unknown> =>
    (await control(of, 'query', { query: 'subscription', id: 'sub_goes_on' }))['periodEnd'];
  expect(await periods(other)).toBe(Date.UTC(2026, 4, 31));
  expect(await periods(provider)).toBe(Date.UTC(2026, 4, 31));
  expect((await stripeFor(other).prices.list({ lookup_keys: ['pro'] })).data.map(({ id }) => id)).toEqual([
    'price_pro',
  ]);
  expect(await ask(other, '/v0/fees/fee_1')).toMatchObject({ name: 'Base', productId: 'prod_pro' });
});

it('ids that follow from a seed id do not come twice, when a state is begun with that has them', async () => {
  const first = await startProvider({ seedId: 'same' });
  const made = await stripeFor(first).customers.create({ name: 'first' });
  const seed = await (await first.fetch(new Request('http://127.0.0.1/_plangate/export'))).text();
  const second = await startProvider({ seedId: 'same', seed });
  const next = await stripeFor(second).customers.create({ name: 'second' });
  expect(next.id).not.toBe(made.id);
  expect((await stripeFor(second).customers.list()).data.map(({ name }) => name)).toEqual(['second', 'first']);
});

it('a record of a product that is not there is refused with its place', async () => {
  const wrong = createProvider({ seed: { paygentic: [{ type: 'fee', product: 'prod_none', values: {} }] } });
  await expect(wrong).rejects.toMatchObject({
    code: 'INVALID_SEED',
    message: expect.stringContaining('paygentic[0]') as unknown,
  });
});
