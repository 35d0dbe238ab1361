// Stripe's lists, read whole from a server that misbehaves, beside stripe-node reading from the same one.
import Stripe from 'stripe';
import { afterEach, expect } from 'vitest';

import type { FetchedSnapshot, Upstream } from '../../js/server/upstreams/upstream.js';
import { stripe, STRIPE_API_VERSION } from '../../js/server/upstreams/stripe.js';
import type { StripeOptions } from '../../js/server/upstreams/stripe.js';
import {
  behaviours,
  misbehavingUpstream,
  recorded,
  send,
  stripeAccount,
  stripeRows,
} from '../support/misbehaving-upstream.mjs';
import type { Behaviour, MisbehavingUpstream } from '../support/misbehaving-upstream.mjs';
import { patientUpstream, TEST_MS } from '../support/patience.js';
import { engine, keysOf, test } from './support.js';

const KEY = 'sk_test_do_not_tell';
const open: MisbehavingUpstream[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function account(
  contents: Parameters<typeof stripeAccount>[0],
  behave?: Behaviour,
): Promise<MisbehavingUpstream> {
  const server = await misbehavingUpstream({ list: stripeAccount(contents), ...(behave && { behave }) });
  open.push(server);
  return server;
}

const reader = ({ url }: MisbehavingUpstream, options: Partial<StripeOptions> = {}): Upstream =>
  stripe({ apiKey: KEY, baseUrl: url, engine, initialDelayMs: 5, maxDelayMs: 20, ...patientUpstream, ...options });

const keys = (count: number, prefix?: string): string[] =>
  stripeRows(count, prefix === undefined ? {} : { prefix }).map((row) => row.lookup_key as string);

test.each([0, 1, 10, 99, 100, 101, 250])('a list of %i rows arrives whole', async (count) => {
  const server = await account({ customers: { cus_1: stripeRows(count) } });
  const before = Date.now();
  const snapshot = await reader(server).fetch('cus_1');
  expect(keysOf(snapshot)).toEqual(keys(count));
  expect(snapshot).toMatchObject({ customer: 'cus_1', source: 'stripe', mode: 'test', entries: count, warnings: [] });
  expect(snapshot.asOf).toBeGreaterThanOrEqual(before);
  expect(snapshot.asOf).toBeLessThanOrEqual(Date.now());
  expect(server.requests).toHaveLength(Math.max(1, Math.ceil(count / 100)));
});

test('what is asked: 100 at a time, after the last row, with key, version and account in headers', async () => {
  const server = await account({ customers: { 'cus/&1': stripeRows(150) } });
  await reader(server, { account: 'acct_1' }).fetch('cus/&1');
  const [first, second] = server.requests;
  expect(Object.fromEntries(first!.query)).toEqual({ customer: 'cus/&1', limit: '100' });
  expect(Object.fromEntries(second!.query)).toEqual({
    customer: 'cus/&1',
    limit: '100',
    starting_after: 'ent_feature-0099',
  });
  expect(second!.headers).toMatchObject({
    authorization: `Bearer ${KEY}`,
    'stripe-version': STRIPE_API_VERSION,
    'stripe-account': 'acct_1',
  });
});

test('a server that gives 10 at a time is read to the end', async () => {
  const server = await account({ customers: { cus_1: stripeRows(205) } }, behaviours.pagesOf(10));
  expect(keysOf(await reader(server).fetch('cus_1'))).toEqual(keys(205));
  expect(server.requests).toHaveLength(21);
});

const TWO_PAGES = 150;

/** Misbehaves on the second page only. */
const onSecondPage =
  (behave: Behaviour): Behaviour =>
  (call) =>
    call.url.searchParams.has('starting_after') ? behave(call) : call.honest();

const NEVER_WHOLE: [string, Behaviour, object][] = [
  ['a repeated cursor', behaviours.repeatsCursor(), { code: 'REPEATED_CURSOR' }],
  ['an empty page that claims more', behaviours.claimsMore(), { code: 'INCOMPLETE_LIST' }],
  ['a second page that fails', onSecondPage(behaviours.status(500)), { code: 'UPSTREAM_UNAVAILABLE', status: 500 }],
  ['a second page that is refused', onSecondPage(behaviours.status(401)), { code: 'UNAUTHORIZED', status: 401 }],
  ['a second page that is cut', onSecondPage(behaviours.cutsMidBody()), { code: 'CONNECTION_FAILED' }],
  ['a second page that is cut quietly', onSecondPage(behaviours.cutsQuietly()), { code: 'INVALID_RESPONSE' }],
  ['a second page of HTML', onSecondPage(behaviours.html()), { code: 'INVALID_RESPONSE', attempts: 4 }],
  ['a second page elsewhere', onSecondPage(behaviours.redirects('http://127.0.0.1:9/')), { code: 'REDIRECTED' }],
  [
    'a second page that never ends',
    onSecondPage(behaviours.gzipBomb(64 * 1024 * 1024)),
    { code: 'RESPONSE_TOO_LARGE' },
  ],
  ['an error object with status 200', onSecondPage(behaviours.status(200)), { code: 'INVALID_RESPONSE' }],
  [
    'another object with status 200',
    onSecondPage(({ response }) => send(response, { object: 'customer', id: 'cus_1' })),
    { code: 'INVALID_RESPONSE' },
  ],
];

const STALLS = ['a second page that stalls', onSecondPage(behaviours.stalls()), { code: 'TIMEOUT' }, 500] as const;

test.each([...NEVER_WHOLE, STALLS])('%s: a typed error, never a part of the list', async (...parts) => {
  const [, behave, expected, deadlineMs = TEST_MS] = parts;
  const server = await account({ customers: { cus_1: stripeRows(TWO_PAGES) } }, behave);
  const fetched = reader(server, { deadlineMs }).fetch('cus_1');
  await expect(fetched).rejects.toMatchObject({ name: 'UpstreamError', source: 'stripe', ...expected });
});

test('the same upstream recovers: an error is not remembered', async () => {
  const server = await account({ customers: { cus_1: stripeRows(3) } }, behaviours.status(401));
  const upstream = reader(server);
  await expect(upstream.fetch('cus_1')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  server.behave = behaviours.honest();
  expect((await upstream.fetch('cus_1')).entries).toBe(3);
});

test('live rows under a test key are refused, whichever page they are on', async () => {
  const rows = [...stripeRows(120), ...stripeRows(1, { livemode: true, prefix: 'live' })];
  const server = await account({ customers: { cus_1: rows } });
  const fetched = reader(server).fetch('cus_1');
  await expect(fetched).rejects.toMatchObject({ code: 'INVALID_RESPONSE', cause: { code: 'MODE_MISMATCH' } });
});

test('many customers at once: everyone gets the own list, each asked for once', async () => {
  const customers = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`cus_${i}`, stripeRows(90 + i * 7, { prefix: `of-${i}-` })]),
  );
  // Answers in another order than asked.
  const shuffled: Behaviour = (call) => setTimeout(() => call.honest(), Math.random() * 30);
  const server = await account({ customers }, shuffled);
  const upstream = reader(server);
  const asked = Object.keys(customers).flatMap((customer) => [customer, customer, customer]);
  const answers = await Promise.all(asked.map((customer) => upstream.fetch(customer)));
  answers.forEach((snapshot, i) => {
    expect(snapshot.customer).toBe(asked[i]);
    expect(keysOf(snapshot)).toEqual(customers[asked[i]!]!.map((row) => row.lookup_key));
  });
  const first = server.requests.filter(({ query }) => !query.has('starting_after'));
  expect(first).toHaveLength(20);
});

test('a fresh fetch does not get the list as it was before', async () => {
  const rows = stripeRows(1);
  let release = (): void => undefined;
  const server = await account(
    { customers: { cus_1: rows } },
    behaviours.inTurn([
      async (call) => {
        const before = call.page();
        await new Promise<void>((resolve) => (release = resolve));
        send(call.response, before);
      },
    ]),
  );
  const upstream = reader(server);
  const running = upstream.fetch('cus_1');
  await expect.poll(() => server.requests.length).toBe(1);
  rows.push(...stripeRows(1, { prefix: 'bought' }));
  const joined = upstream.fetch('cus_1');
  const fresh = upstream.fetch('cus_1', { fresh: true });
  release();
  expect(keysOf(await running)).toEqual(['feature-0000']);
  expect(keysOf(await joined)).toEqual(['feature-0000']);
  const after = await fresh;
  expect(keysOf(after).sort()).toEqual(['bought-0000', 'feature-0000']);
  expect(after.asOf).toBeGreaterThanOrEqual((await running).asOf);
});

test('wrong options are heard where they are written, without the key', () => {
  const wrong: [Partial<StripeOptions>, RegExp][] = [
    [{ apiKey: '' }, /apiKey/],
    [{ apiKey: `${KEY}\n` }, /apiKey/],
    [{ apiKey: 'pk_live_1' }, /restricted key/],
    [{ baseUrl: 'api.stripe.com' }, /absolute/],
    [{ baseUrl: 'http://api.stripe.com' }, /https/],
    [{ baseUrl: 'https://user:pass@api.stripe.com' }, /credentials/],
    [{ baseUrl: 'https://api.stripe.com?x=1' }, /query/],
    [{ deadlineMs: -1 }, /deadlineMs/],
  ];
  for (const [options, message] of wrong) {
    expect(() => stripe({ apiKey: KEY, engine, ...options })).toThrow(message);
    expect(() => stripe({ apiKey: KEY, engine, ...options })).not.toThrow(KEY);
  }
  expect(stripe({ apiKey: KEY, engine, baseUrl: 'http://provider:8080', allowHttp: true }).source).toBe('stripe');
});

test('no customer, no request', async () => {
  const server = await account({});
  for (const nobody of ['', undefined, null, 5]) {
    await expect(reader(server).fetch(nobody as string)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  }
  expect(server.requests).toHaveLength(0);
});

// Beside stripe-node -------------------------------------------------------------------------------------------------

const SCENARIOS: [string, () => Behaviour][] = [
  ['honest', () => behaviours.honest()],
  ['10 at a time', () => behaviours.pagesOf(10)],
  ['gzip', () => behaviours.gzip()],
  ['500, then right', () => behaviours.inTurn([behaviours.status(500)])],
  ['500 twice, then right', () => behaviours.inTurn([behaviours.status(500), behaviours.status(502)])],
  ['500 on every page once', () => everyOther(behaviours.status(500))],
  ['409, then right', () => behaviours.inTurn([behaviours.status(409)])],
  ['429 with the word to retry', () => behaviours.inTurn([behaviours.status(429, { 'stripe-should-retry': 'true' })])],
  ['429 without', () => behaviours.inTurn([behaviours.status(429)])],
  [
    '429 for a second',
    () => behaviours.inTurn([behaviours.status(429, { 'retry-after': '1', 'stripe-should-retry': 'true' })]),
  ],
  ['500 with the word not to', () => behaviours.inTurn([behaviours.status(500, { 'stripe-should-retry': 'false' })])],
  ['400', () => behaviours.inTurn([behaviours.status(400)])],
  ['401', () => behaviours.status(401)],
  ['a hang-up', () => behaviours.inTurn([behaviours.hangsUp()])],
  ['a cut body', () => behaviours.inTurn([behaviours.cutsMidBody()])],
  ['a quietly cut body', () => behaviours.inTurn([behaviours.cutsQuietly()])],
  ['HTML, then right', () => behaviours.inTurn([behaviours.html()])],
  ['HTML with 502, then right', () => behaviours.inTurn([behaviours.html(502)])],
  ['HTML always', () => behaviours.html()],
  ['503 always', () => behaviours.status(503)],
  ['a hang-up always', () => behaviours.hangsUp()],
  ['an empty page that claims more', () => behaviours.claimsMore()],
];

function everyOther(behave: Behaviour): Behaviour {
  let turn = 0;
  return (call) => (turn++ % 2 === 0 ? behave(call) : call.honest());
}

/** What stripe-node makes of it; undefined when it fails. */
async function stripeNode({ host, port }: MisbehavingUpstream, most: number): Promise<string[] | undefined> {
  const client = new Stripe(KEY, { host, port, protocol: 'http', telemetry: false });
  try {
    const rows = await client.entitlements.activeEntitlements
      .list({ customer: 'cus_1', limit: 100 })
      .autoPagingToArray({ limit: most });
    return rows.map((row) => row.lookup_key);
  } catch {
    return undefined;
  }
}

const outcome = (fetched: Promise<FetchedSnapshot>): Promise<string[] | undefined> =>
  fetched.then(keysOf, () => undefined);

const agreed = { both: 0, oursOnly: 0, neither: 0 };

test.each(SCENARIOS)('beside stripe-node: %s', async (_, behave) => {
  const server = await account({ customers: { cus_1: stripeRows(TWO_PAGES) } }, behave());
  const theirs = await stripeNode(server, 1_000);
  server.behave = behave();
  const ours = await outcome(reader(server).fetch('cus_1'));
  if (theirs) expect(ours).toEqual(theirs);
  // Where only one of the two gives up, what the other has is the whole list all the same.
  if (ours) expect(ours).toEqual(keys(TWO_PAGES));
  agreed[theirs ? 'both' : ours ? 'oursOnly' : 'neither'] += 1;
});

test('beside stripe-node: the scenarios above speak of success and of failure', () => {
  expect(agreed.both).toBeGreaterThanOrEqual(8);
  expect(agreed.oursOnly).toBeGreaterThanOrEqual(3);
  expect(agreed.neither).toBeGreaterThanOrEqual(3);
});

test('beside stripe-node: where the pages go round, it repeats rows without end; we say so', async () => {
  const server = await account({ customers: { cus_1: stripeRows(TWO_PAGES) } }, behaviours.repeatsCursor());
  const theirs = (await stripeNode(server, 1_000))!;
  expect([theirs.length, new Set(theirs).size]).toEqual([1_000, 100]);
  await expect(reader(server).fetch('cus_1')).rejects.toMatchObject({ code: 'REPEATED_CURSOR' });
});

// The catalogue ------------------------------------------------------------------------------------------------------

const { feature, product, price, product_feature: attachment } = recorded.stripe;

function shop() {
  const features = [
    { ...feature, id: 'feat_sso', lookup_key: 'sso' },
    { ...feature, id: 'feat_old', lookup_key: 'fax', active: false },
  ];
  const products = Array.from({ length: 130 }, (_, i) => ({
    ...product,
    id: `prod_${i}`,
    name: `Plan ${i}`,
    active: i !== 5,
  }));
  const prices = Array.from({ length: 210 }, (_, i) => ({
    ...price,
    id: `price_${i}`,
    product: `prod_${i % 130}`,
    unit_amount: 100 * (i + 1),
    active: i !== 7,
  }));
  const attach = (i: number) => ({ ...attachment, id: `prodft_${i}`, entitlement_feature: features[i % 2] });
  const attachments = { prod_3: [attach(0), attach(1)], prod_5: [attach(0)] };
  return { features, products, prices, attachments };
}

test('the catalogue: every list whole, archived objects marked', async () => {
  const server = await account(shop());
  const catalogue = JSON.parse(await reader(server).catalogue!());
  expect(catalogue.features).toEqual([{ key: 'fax', archived: true }, { key: 'sso' }]);
  expect(catalogue.products).toHaveLength(130);
  const [third, fifth] = [catalogue.products[3], catalogue.products[5]];
  expect(third).toMatchObject({ id: 'prod_3', name: 'Plan 3', features: [{ key: 'sso' }, { key: 'fax' }] });
  expect(third.prices.map(({ id }: { id: string }) => id)).toEqual(['price_3', 'price_133']);
  expect(third.prices[0]).toMatchObject({ unitAmount: 400, currency: 'usd', interval: 'month' });
  expect(fifth).toMatchObject({ active: false, features: [{ key: 'sso' }] });
  expect(catalogue.products[7].prices[0]).toMatchObject({ id: 'price_7', active: false });
  expect(server.requests).toHaveLength(1 + 2 + 3 + 130);
});

test('the catalogue: one list that fails fails it all', async () => {
  const server = await account(shop(), (call) =>
    call.url.pathname === '/v1/products/prod_77/features' ? behaviours.status(403)(call) : call.honest(),
  );
  await expect(reader(server).catalogue!()).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
