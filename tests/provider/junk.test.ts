// Whatever is sent, the answer is in the system's own shape, and never a failure of the provider.
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { seed } from '../support/seed.js';
import { problemsOf } from './stripe-schema.js';
import { createProvider } from './support.js';

const SEED = {
  features: [{ id: 'feat_1', key: 'sso' }],
  products: [
    {
      id: 'prod_1',
      name: 'P',
      features: [{ feature: 'sso', id: 'prodft_1' }],
      prices: [{ id: 'price_1', amount: 1, every: 'month' }],
    },
  ],
  testClocks: [{ id: 'clock_1', time: '2026-01-01T00:00:00Z' }],
  customers: [{ id: 'cus_1', subscriptions: [{ id: 'sub_1', items: [{ id: 'si_1', price: 'price_1' }] }] }],
};
const IDS = [
  'feat_1',
  'prod_1',
  'prodft_1',
  'price_1',
  'clock_1',
  'cus_1',
  'sub_1',
  'si_1',
  'none',
  '%00',
  '__proto__',
  'ent_x',
];
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  '99999999999999999999',
  '1e9',
  'true',
  'false',
  'now',
  'null',
  'month',
  'usd',
  '*',
  'data.feature',
];
const STRANGE = [
  'https://a.example',
  'x'.repeat(6000),
  '\u0000',
  '\ud800',
  '🔑',
  '%',
  '[',
  '2026-02-01T00:00:00Z',
  '1769904000',
];
const PAGING = ['limit', 'starting_after', 'ending_before', 'expand[]'];
const SUBSCRIPTION = [
  'items[0][price]',
  'items[0][id]',
  'items[0][deleted]',
  'items[0][quantity]',
  'items',
  'trial_end',
  'cancel_at',
  'cancel_at_period_end',
  'billing_cycle_anchor',
  'metadata',
  'description',
];

/** Operations, and the parameters that they take. `:` is an id. */
const OPERATIONS: readonly (readonly [method: string, path: string, names: readonly string[]])[] = [
  ['POST', 'v1/entitlements/features', ['name', 'lookup_key', 'metadata[a]', 'metadata']],
  ['POST', 'v1/entitlements/features/:', ['name', 'active', 'metadata[a]']],
  ['GET', 'v1/entitlements/features', [...PAGING, 'archived', 'lookup_key']],
  ['GET', 'v1/entitlements/active_entitlements', [...PAGING, 'customer', 'customer']],
  ['GET', 'v1/entitlements/active_entitlements/:', ['expand[]']],
  ['POST', 'v1/products/:/features', ['entitlement_feature']],
  ['GET', 'v1/products/:/features', PAGING],
  ['DELETE', 'v1/products/:/features/:', []],
  [
    'POST',
    'v1/products',
    [
      'name',
      'id',
      'active',
      'default_price',
      'default_price_data[currency]',
      'default_price_data[unit_amount]',
      'metadata',
      'images[]',
    ],
  ],
  ['POST', 'v1/products/:', ['name', 'active', 'default_price', 'description', 'url']],
  ['DELETE', 'v1/products/:', []],
  [
    'POST',
    'v1/prices',
    [
      'product',
      'currency',
      'unit_amount',
      'unit_amount_decimal',
      'recurring[interval]',
      'recurring[interval_count]',
      'lookup_key',
    ],
  ],
  ['POST', 'v1/prices/:', ['active', 'lookup_key', 'nickname', 'metadata']],
  ['GET', 'v1/prices', [...PAGING, 'product', 'active', 'type', 'lookup_keys[]']],
  ['POST', 'v1/customers', ['name', 'email', 'test_clock', 'metadata[a]', 'address[city]']],
  ['POST', 'v1/customers/:', ['name', 'email', 'shipping', 'phone']],
  ['GET', 'v1/customers', [...PAGING, 'email', 'test_clock']],
  ['DELETE', 'v1/customers/:', []],
  ['POST', 'v1/subscriptions', ['customer', 'customer', ...SUBSCRIPTION, 'trial_period_days', 'backdate_start_date']],
  ['POST', 'v1/subscriptions/:', SUBSCRIPTION],
  ['GET', 'v1/subscriptions', [...PAGING, 'customer', 'status', 'price']],
  ['POST', 'v1/subscriptions/:/resume', ['billing_cycle_anchor']],
  ['DELETE', 'v1/subscriptions/:', ['prorate']],
  ['GET', 'v1/subscription_items', ['subscription']],
  ['POST', 'v1/subscription_items/:', ['price', 'quantity']],
  ['POST', 'v1/webhook_endpoints', ['url', 'enabled_events[]', 'description']],
  ['GET', 'v1/events', [...PAGING, 'type', 'created[gte]', 'created', 'delivery_success']],
  ['POST', 'v1/test_helpers/test_clocks', ['frozen_time', 'name']],
  ['POST', 'v1/test_helpers/test_clocks/:/advance', ['frozen_time']],
  ['GET', 'v1/entitlements', ['customerId', 'customerId', 'limit', 'offset', 'at', 'productId', 'featureKey']],
  ['GET', 'v1/entitlements/:', ['at']],
  ['POST', 'v0/products', ['name', 'description', 'metadata']],
  ['POST', 'v0/features', ['key', 'name', 'type', 'productId']],
  ['POST', 'v0/plans', ['name', 'currency', 'productId', 'prices']],
  ['POST', 'v0/customers', ['externalId', 'consumer']],
  ['POST', 'v0/subscriptions', ['name', 'planId', 'customerId', 'startedAt', 'endingAt']],
  ['PATCH', 'v0/subscriptions/:', ['endingAt', 'status']],
  ['POST', 'v0/events', ['type', 'source', 'subject', 'data', 'timestamp']],
];
const ALL_NAMES = [...new Set(OPERATIONS.flatMap(([, , names]) => names))];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...IDS) },
  { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const junk = fc.constantFrom(...OPERATIONS).chain(([method, path, names]) => {
  const own = names.length > 0 ? names : ALL_NAMES;
  const name = fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...own) },
    { weight: 1, arbitrary: fc.constantFrom(...ALL_NAMES) },
  );
  return fc.record({
    method: fc.constant(method),
    path: fc.constant(path),
    ids: fc.array(fc.constantFrom(...IDS), { minLength: 2, maxLength: 2 }),
    pairs: fc.array(fc.tuple(name, value), { maxLength: names.length > 0 ? 5 : 1 }),
    wrongType: fc.integer({ min: 0, max: 19 }).map((die) => die === 0),
  });
});

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

it('answers junk in shape, three thousand times', async () => {
  const deliveries = { fetch: () => Promise.reject(new Error('offline')) };
  const provider = await createProvider({ seed: SEED, freezeAt: '2026-02-01T00:00:00Z', deliveries });
  const answers = new Map<number, number>();
  const property = fc.asyncProperty(junk, async ({ method, path, ids, pairs, wrongType }) => {
    const rest = [...ids];
    const address = `http://127.0.0.1/${path.replaceAll(':', () => rest.shift() as string)}`;
    const form = pairs.map(([name, each]) => `${name}=${encode(each)}`).join('&');
    const inBody = method === 'POST' || method === 'PATCH';
    const json = path.startsWith('v0') !== wrongType;
    const body = json ? JSON.stringify(Object.fromEntries(pairs)) : form;
    const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
    const headers = { authorization: `Bearer ${provider.apiKey}`, ...(inBody && { 'content-type': type }) };
    const request = new Request(inBody ? address : `${address}?${form}`, { method, headers, ...(inBody && { body }) });
    const response = await provider.fetch(request);
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${response.status}: ${text}`);
    answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
    if (response.headers.has('request-id')) expect(problemsOf(JSON.parse(text), new URL(address).pathname)).toEqual([]);
    else if (text !== '') expect(JSON.parse(text)).toBeTypeOf('object');
  });
  try {
    await fc.assert(property, { numRuns: 3000, seed, endOnFailure: process.env['PLANGATE_SHRINK'] === undefined });
    // Some of it must have been right, or little was tried.
    for (const status of [200, 400, 404]) expect(answers.get(status)).toBeGreaterThan(100);
  } finally {
    await provider.close();
  }
});
