// Paygentic's API: set up through it, read in both published versions, every answer held against what is published.
import { readFileSync } from 'node:fs';

import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Webhook } from 'svix';
import { beforeEach, describe, expect, it } from 'vitest';

import type { PaygenticVersion, Provider } from '../../js/provider/index.js';
import { startReceiver } from './receiver.js';
import { startProvider } from './support.js';

type Json = Record<string, unknown>;

// Published: a bad request is one of two shapes, and the general one allows the other. Either will do.
const ONE_OF_ERRORS = /"oneOf"(?=: \[\s*\{\s*"\$ref": "#\/components\/schemas\/Error")/g;
const text = readFileSync(new URL('conformance/paygentic-openapi.json', import.meta.url), 'utf8');
const published = JSON.parse(text.replaceAll(ONE_OF_ERRORS, '"anyOf"')) as Record<string, Json>;
const VERSIONS = { '2026-05-20': 'v20260520', '2026-08-06': 'v20260806' } as const;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
for (const name of Object.values(VERSIONS)) ajv.addSchema({ $id: name, ...(published[name] as Json) });

/** Checks an answer against the operation's published response. */
function check(version: PaygenticVersion, path: string, status: number, body: unknown): void {
  const name = VERSIONS[version];
  const { paths } = published[name] as { paths: Record<string, { get: { responses: Json } }> };
  const own = paths[path]?.get.responses[String(status)] as { $ref?: string } | undefined;
  if (!own) throw new Error(`${status} is not published for ${path}`);
  const pointer = own.$ref ?? `#/paths/${path.replaceAll('/', '~1')}/get/responses/${status}`;
  const validate = ajv.getSchema(`${name}${pointer}/content/application~1json/schema`);
  if (!validate) throw new Error(`no schema at ${pointer}`);
  if (validate(body)) return;
  throw new Error(`${path} ${status}: ${JSON.stringify(validate.errors)}\n${JSON.stringify(body)}`);
}

let provider: Provider;
beforeEach(async () => {
  provider = await startProvider({ freezeAt: '2026-01-15T00:00:00Z' });
});

async function call(
  method: string,
  path: string,
  body?: object,
  version?: PaygenticVersion,
): Promise<{ status: number; body: Json }> {
  const headers = {
    authorization: `Bearer ${provider.apiKey}`,
    'content-type': 'application/json',
    ...(version && { 'paygentic-version': version }),
  };
  const response = await fetch(provider.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}

const created = async (path: string, body: object): Promise<Json & { id: string }> => {
  const answer = await call('POST', path, body);
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as Json & { id: string };
};

/** Reads an entitlement list in a version, and checks it. */
async function listed(
  query: string,
  version: PaygenticVersion = '2026-08-06',
): Promise<{ data: Json[]; pagination: Json }> {
  const { status, body } = await call('GET', `/v1/entitlements?${query}`, undefined, version);
  check(version, '/v1/entitlements', status, body);
  expect(status).toBe(200);
  return body as never;
}

const merchantId = 'org_local';

/** A plan with a boolean, a static and a metered feature, and a customer. */
async function setUp(): Promise<{ product: string; plan: string; customer: string; features: Record<string, string> }> {
  const { id: product } = await created('/v0/products', {
    name: 'Cloud',
    description: 'Storage and calls',
    merchantId,
  });
  const features: Record<string, string> = {};
  for (const [key, type] of [
    ['sso', 'boolean'],
    ['storage', 'static'],
    ['calls', 'metered'],
  ] as const) {
    features[key] = (await created('/v0/features', { key, name: key, type, merchantId, productId: product })).id;
  }
  const { id: feeId } = await created('/v0/fees', { name: 'Base', productId: product, merchantId });
  const metric = {
    name: 'Calls',
    description: 'Calls made',
    unit: 'calls',
    aggregation: 'SUM',
    eventType: 'call.made',
    valueProperty: '$.count',
    productId: product,
    merchantId,
  };
  const { id: billableMetricId } = await created('/v0/billableMetrics', metric);
  const price = (of: object, featureId: string | undefined, entitlementTemplate: object): Promise<{ id: string }> =>
    created('/v0/prices', {
      invoiceDisplayName: 'line',
      paymentTerm: 'in_advance',
      properties: { unitPrice: '9.99' },
      ...of,
      feature: { featureId, entitlementTemplate },
    });
  const prices = [
    await price({ feeId }, features['sso'], {}),
    await price({ feeId }, features['storage'], { config: { limitGB: 500 } }),
    await price({ billableMetricId }, features['calls'], { issueAfterReset: 100, isSoftLimit: false }),
  ];
  const { id: plan } = await created('/v0/plans', {
    name: 'Pro',
    currency: 'USD',
    merchantId,
    productId: product,
    billingInterval: 'monthly',
    prices: prices.map(({ id }) => id),
  });
  const { id: customer } = await created('/v0/customers', {
    merchantId,
    externalId: 'user-1',
    consumer: { name: 'Ann', email: 'ann@example.com' },
  });
  return { product, plan, customer, features };
}

describe('entitlements', () => {
  it('follow from a subscription to a plan, in both published versions', async () => {
    const { product, plan, customer, features } = await setUp();
    expect((await listed(`customerId=${customer}`)).data).toEqual([]);
    const startedAt = '2026-01-15T00:00:00Z';
    const subscription = await created('/v0/subscriptions', {
      name: 'Ann Pro',
      planId: plan,
      customerId: customer,
      startedAt,
    });
    expect(subscription).toMatchObject({
      object: 'subscription',
      status: 'active',
      customerId: customer,
      planId: plan,
    });

    const newer = (await listed(`customerId=${customer}`)).data;
    expect(newer.map((row) => [row['featureKey'], row['featureType'], row['hasAccess'], row['status']])).toEqual([
      ['sso', 'boolean', true, 'active'],
      ['storage', 'static', true, 'active'],
      ['calls', 'metered', true, 'active'],
    ]);
    expect(newer[1]).toMatchObject({
      config: { limitGB: 500 },
      productId: product,
      featureId: features['storage'],
      subscriptionId: subscription.id,
      activeTo: null,
    });
    expect(newer[2]).toMatchObject({
      balance: 100,
      usageInPeriod: 0,
      overage: 0,
      isSoftLimit: false,
      currentPeriodStart: '2026-01-15T00:00:00.000Z',
      currentPeriodEnd: '2026-02-15T00:00:00.000Z',
      pricingUnitId: null,
    });
    const older = (await listed(`customerId=${customer}`, '2026-05-20')).data;
    expect(older.map((row) => row['entitlementId'])).toEqual(newer.map((row) => row['entitlementId']));
    expect(older[0]).not.toHaveProperty('customerId');

    for (const version of ['2026-05-20', '2026-08-06'] as const) {
      for (const row of newer) {
        const one = await call('GET', `/v1/entitlements/${String(row['entitlementId'])}`, undefined, version);
        check(version, '/v1/entitlements/{entitlementId}', one.status, one.body);
        expect(one.body).toMatchObject({
          object: 'entitlement',
          id: row['entitlementId'],
          customerId: customer,
          hasAccess: true,
        });
      }
    }
  });

  it('are filtered, paged, and told as of a moment', async () => {
    const { product, plan, customer } = await setUp();
    const { id: subscriptionId } = await created('/v0/subscriptions', {
      name: 's',
      planId: plan,
      customerId: customer,
      startedAt: '2026-01-15T00:00:00Z',
      endingAt: '2026-03-01T00:00:00Z',
    });
    const keys = async (query: string): Promise<unknown[]> =>
      (await listed(query)).data.map((row) => row['featureKey']);
    expect(await keys(`customerId=${customer}&productId=${product}&featureKey=storage`)).toEqual(['storage']);
    expect(await keys(`externalCustomerId=user-1`)).toEqual(['sso', 'storage', 'calls']);
    expect(await keys(`subscriptionId=${subscriptionId}`)).toHaveLength(3);
    expect(await keys(`merchantId=${merchantId}`)).toHaveLength(3);
    expect(await keys(`customerId=${customer}&productId=prod_other`)).toEqual([]);
    const pages: unknown[] = [];
    for (let offset = 0; offset < 3; offset += 1) {
      const { data, pagination } = await listed(`customerId=${customer}&limit=1&offset=${offset}`);
      expect(pagination).toEqual({ limit: 1, offset, total: 3 });
      pages.push(...data.map((row) => row['featureKey']));
    }
    expect(pages).toEqual(['sso', 'storage', 'calls']);
    const at = async (moment: string): Promise<unknown[]> =>
      (await listed(`customerId=${customer}&at=${encodeURIComponent(moment)}`)).data.map((row) => [
        row['hasAccess'],
        row['status'],
      ]);
    expect(await at('2026-02-01T00:00:00+05:30')).toEqual(Array(3).fill([true, 'active']));
    expect(await at('2026-03-01T00:00:00Z')).toEqual(Array(3).fill([false, 'canceled']));
    expect(await at('2026-01-14T00:00:00Z')).toEqual([]);
  });

  it('are refused in the published shapes when they are wrongly asked for', async () => {
    const { customer } = await setUp();
    const cases: [string, number, PaygenticVersion?][] = [
      ['', 400],
      [`externalCustomerId=user-1`, 400, '2026-05-20'],
      [`customerId=${customer}&featureKey=sso`, 400],
      [`customerId=${customer}&limit=101`, 400],
      [`customerId=${customer}&offset=-1`, 400],
      [`customerId=${customer}&at=tomorrow`, 400],
      [`customerId=${customer}&at=2026-02-30T00:00:00Z`, 400],
      [`customerId=${customer}&colour=red`, 400],
      ['customerId=cus_none', 400],
    ];
    for (const [query, expected, version = '2026-08-06'] of cases) {
      const { status, body } = await call('GET', `/v1/entitlements?${query}`, undefined, version);
      expect([query, status]).toEqual([query, expected]);
      check(version, '/v1/entitlements', status, body);
    }
    for (const id of ['ent_none', 'none']) {
      const none = await call('GET', `/v1/entitlements/${id}`);
      expect(none.status).toBe(404);
      check('2026-08-06', '/v1/entitlements/{entitlementId}', 404, none.body);
    }
    const key = await fetch(`${provider.url}/v1/entitlements?customerId=${customer}`, {
      headers: { authorization: 'Bearer no' },
    });
    expect(key.status).toBe(401);
  });
});

describe('use', () => {
  it('is taken off the balance, and comes back with the next period', async () => {
    const { plan, customer } = await setUp();
    await created('/v0/subscriptions', {
      name: 's',
      planId: plan,
      customerId: customer,
      startedAt: '2026-01-15T00:00:00Z',
    });
    const calls = async (): Promise<Json> =>
      (await listed(`customerId=${customer}`)).data.find((row) => row['featureKey'] === 'calls') as Json;
    const event = { type: 'call.made', source: 'https://api.example', subject: 'user-1', data: { count: 60 } };
    await created('/v0/events', { ...event, idempotencyKey: 'e1' });
    expect(await calls()).toMatchObject({ hasAccess: true, balance: 40, usageInPeriod: 60 });
    // The same event again is refused, and counts once.
    expect((await call('POST', '/v0/events', { ...event, idempotencyKey: 'e1' })).status).toBe(409);
    await created('/v0/events', { ...event, subject: customer });
    expect(await calls()).toMatchObject({ hasAccess: false, usageInPeriod: 120 });
    await fetch(`${provider.url}/_plangate/clock`, { method: 'POST', body: JSON.stringify({ do: 'period_end' }) });
    expect(await calls()).toMatchObject({
      hasAccess: true,
      balance: 100,
      usageInPeriod: 0,
      currentPeriodStart: '2026-02-15T00:00:00.000Z',
    });
    expect((await call('POST', '/v0/events', { ...event, type: 'unknown' })).status).toBe(422);
    expect((await call('POST', '/v0/events', { ...event, subject: 'nobody' })).status).toBe(422);
    expect((await call('POST', '/v0/events', { ...event, data: {} })).status).toBe(400);
  });
});

describe('setting up', () => {
  it('reads back what was written, and says what is wrong', async () => {
    const { product, plan, customer, features } = await setUp();
    expect((await call('GET', `/v0/products/${product}`)).body).toMatchObject({
      object: 'product',
      name: 'Cloud',
      description: 'Storage and calls',
      merchantId,
    });
    expect((await call('GET', `/v0/features?productId=${product}`)).body).toMatchObject({ pagination: { total: 3 } });
    expect((await call('PATCH', `/v0/features/${features['sso']}`, { name: 'Sign-on' })).body).toMatchObject({
      name: 'Sign-on',
      key: 'sso',
      type: 'boolean',
    });
    const read = (await call('GET', `/v0/plans/${plan}`)).body as { prices: Json[] };
    expect(read).toMatchObject({
      object: 'plan',
      name: 'Pro',
      currency: 'USD',
      billingInterval: 'monthly',
      productId: product,
    });
    const byFeature = read.prices.map(({ features: own }) => (own as Json[])[0] as Json);
    expect(byFeature.find(({ featureId }) => featureId === features['calls'])).toMatchObject({
      entitlementTemplate: { issueAfterReset: 100 },
      feature: { key: 'calls', type: 'metered' },
    });
    expect((await call('GET', `/v0/customers/${customer}`)).body).toMatchObject({
      externalId: 'user-1',
      organization: { name: 'Ann', billingEmail: 'ann@example.com' },
    });
    expect((await call('GET', '/v0/customers?externalId=user-1')).body).toMatchObject({ pagination: { total: 1 } });
    expect((await call('DELETE', `/v0/features/${features['sso']}`)).status).toBe(204);
    expect((await call('GET', `/v0/features/${features['sso']}`)).status).toBe(404);
    const again = { key: 'storage', name: 'x', merchantId, productId: product };
    expect(await call('POST', '/v0/features', again)).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect(await call('POST', '/v0/features', { key: 'a', merchantId, productId: product, colour: 1 })).toMatchObject({
      status: 400,
      body: {
        error: 'validation_error',
        errors: [
          { field: 'colour', code: 'unknown' },
          { field: 'name', code: 'required' },
        ],
      },
    });
    const twin = { merchantId, externalId: 'user-1', consumer: { name: 'Twin' } };
    expect((await call('POST', '/v0/customers', twin)).status).toBe(409);
    expect(
      (await call('POST', '/v0/plans', { name: 'p', currency: 'USD', productId: product, prices: ['price_none'] }))
        .status,
    ).toBe(404);
    // What was refused half way has left nothing behind.
    expect((await call('GET', `/v0/plans?productId=${product}`)).body).toMatchObject({ pagination: { total: 1 } });
    expect((await call('GET', '/v0/nothing')).status).toBe(404);
    // Another merchant has nothing here, and gets nothing.
    const other = 'org_other';
    for (const path of ['/v0/products', '/v0/plans', '/v0/customers', '/v0/subscriptions', '/v1/entitlements'])
      expect((await call('GET', `${path}?merchantId=${other}`)).body).toMatchObject({
        data: [],
        pagination: { total: 0 },
      });
    expect(await call('POST', '/v0/products', { name: 'p', merchantId: other })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(merchantId) as unknown },
    });
  });
});

describe('webhooks', () => {
  it('are signed as Svix signs, and tell of subscriptions', async () => {
    const receiver = await startReceiver();
    const added = await fetch(`${provider.url}/_plangate/webhooks`, {
      method: 'POST',
      body: JSON.stringify({ url: receiver.url, protocol: 'paygentic' }),
    });
    const { secret } = (await added.json()) as { secret: string };
    expect(secret).toBe(provider.webhookSecret);
    const { plan, customer } = await setUp();
    const { id } = await created('/v0/subscriptions', {
      name: 's',
      planId: plan,
      customerId: customer,
      startedAt: '2026-01-15T00:00:00Z',
    });
    const ended = await call('POST', `/v0/subscriptions/${id}/termination`, { reason: 'moved away' });
    expect(ended).toMatchObject({
      status: 200,
      body: { status: 'terminated', terminationReason: 'moved away', terminatedAt: '2026-01-15T00:00:00.000Z' },
    });
    await receiver.seen(3);
    await provider.deliveriesSettled();
    const hook = new Webhook(secret);
    const events = receiver.received.map(
      ({ headers, body }) => hook.verify(body, headers as Record<string, string>) as Json & { data: Json },
    );
    expect(events.map((event) => event['eventType'])).toEqual([
      'customer.created.v0',
      'subscription.created.v0',
      ...events.slice(2, -1).map(() => 'subscription.updated.v0'),
      'subscription.cancelled.v0',
    ]);
    for (const event of events) expect(event.data['customerId']).toBe(customer);
    expect(events.at(-1)).toMatchObject({
      timestamp: '2026-01-15T00:00:00.000Z',
      data: { subscriptionId: id, status: 'terminated' },
    });
    expect(receiver.received.map(({ headers }) => headers['svix-id'])).toEqual(events.map((event) => event['eventId']));
  });
});
