// What every request has in common: keys, versions, ids, idempotency, forms and errors.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

import StripeClient from 'stripe';
import type Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Provider } from '../../js/provider/index.js';
import { refusal, startProvider, stripeFor } from './support.js';

let provider: Provider;
let stripe: Stripe;
beforeEach(async () => {
  provider = await startProvider();
  stripe = stripeFor(provider, { maxNetworkRetries: 0 });
});

const FEATURES = '/v1/entitlements/features';

function ask(path: string, init: RequestInit & { key?: string | null } = {}): Promise<Response> {
  const { key = provider.apiKey, headers, ...rest } = init;
  return fetch(provider.url + path, {
    ...rest,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...(headers as object) },
  });
}

const form = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});

const errorOf = async (response: Response): Promise<Record<string, unknown>> => {
  expect(response.headers.get('content-type')).toBe('application/json');
  return ((await response.json()) as { error: Record<string, unknown> }).error;
};

describe('keys', () => {
  it('are wanted, and checked', async () => {
    expect(provider.apiKey).toMatch(/^sk_test_[a-zA-Z0-9]{24}$/);
    expect(
      await refusal(stripeFor({ url: provider.url, apiKey: 'sk_test_wrong_key_0000' }).customers.list()),
    ).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
    const none = await ask(FEATURES, { key: null });
    expect([none.status, (await errorOf(none))['type']]).toEqual([401, 'invalid_request_error']);
    const wrong = await ask(FEATURES, { key: 'sk_test_a_secret_of_somebody' });
    expect(await errorOf(wrong)).not.toMatchObject({ message: expect.stringContaining('a_secret_of') });
    const basic = await ask(FEATURES, {
      key: null,
      headers: { authorization: `Basic ${btoa(`${provider.apiKey}:`)}` },
    });
    expect(basic.status).toBe(200);
  });
});

describe('versions and request ids', () => {
  it('echo the version, and give every request an id', async () => {
    const response = await ask(FEATURES, { headers: { 'stripe-version': '2024-04-10' } });
    expect(response.headers.get('stripe-version')).toBe('2024-04-10');
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    const error = await refusal(stripe.entitlements.features.retrieve('feat_none'));
    expect(error.requestId).toMatch(/^req_/);
    const list = await stripe.entitlements.features.list({}, { apiVersion: '2024-04-10' });
    expect(list.lastResponse.apiVersion).toBe('2024-04-10');
    expect((await ask(FEATURES, { headers: { 'stripe-version': 'yesterday' } })).status).toBe(400);
  });

  it('tell a subscription’s period where the version does', async () => {
    const product = await stripe.products.create({
      name: 'P',
      default_price_data: { currency: 'usd', unit_amount: 1, recurring: { interval: 'month' } },
    });
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: product.default_price as string }] });
    const old = await stripe.subscriptions.retrieve(id, {}, { apiVersion: '2024-04-10' });
    const now = await stripe.subscriptions.retrieve(id);
    expect(old).toHaveProperty('current_period_end', now.items.data[0]?.current_period_end);
    expect(now).not.toHaveProperty('current_period_end');
  });
});

describe('idempotency keys', () => {
  const idempotencyKey = 'key-1';

  it('answer the same again without doing it again', async () => {
    const first = await stripe.customers.create({ name: 'Ann' }, { idempotencyKey });
    const again = await stripe.customers.create({ name: 'Ann' }, { idempotencyKey });
    expect(again.id).toBe(first.id);
    const header = (of: typeof first, name: string): string | null =>
      (of.lastResponse.headers as unknown as Headers).get(name);
    expect([header(again, 'idempotent-replayed'), header(again, 'original-request')]).toEqual([
      'true',
      first.lastResponse.requestId,
    ]);
    expect([header(again, 'idempotency-key'), header(first, 'idempotent-replayed')]).toEqual([idempotencyKey, null]);
    expect((await stripe.customers.list()).data).toHaveLength(1);
    expect((await stripe.events.list({ type: 'customer.created' })).data).toHaveLength(1);
    expect((await stripe.events.list()).data[0]?.request?.idempotency_key).toBe(idempotencyKey);
  });

  it('refuse another request', async () => {
    await stripe.customers.create({ name: 'Ann' }, { idempotencyKey });
    for (const work of [
      () => stripe.customers.create({ name: 'Bob' }, { idempotencyKey }),
      () => stripe.products.create({ name: 'Ann' }, { idempotencyKey }),
    ]) {
      expect(await refusal(work())).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    }
    expect(await refusal(stripe.customers.create({}, { idempotencyKey: 'x'.repeat(256) }))).toMatchObject({
      statusCode: 400,
    });
  });

  it('keep a refusal that came of doing it, and none of what was wrongly asked', async () => {
    const create = { customer: 'cus_none', items: [{ price: 'price_none' }] };
    const first = await refusal(stripe.subscriptions.create(create, { idempotencyKey }));
    const again = await refusal(stripe.subscriptions.create(create, { idempotencyKey }));
    expect(again.message).toBe(first.message);
    expect(again.headers as unknown as Headers | Record<string, string>).toBeDefined();
    const wrong = { idempotencyKey: 'key-2' };
    await refusal(stripe.customers.create({ colour: 'red' } as never, wrong));
    expect((await stripe.customers.create({ name: 'Ann' }, wrong)).name).toBe('Ann');
  });

  it('conflict while the first request is under way', async () => {
    const { hostname, port } = new URL(provider.url);
    const headers = {
      authorization: `Bearer ${provider.apiKey}`,
      'idempotency-key': 'slow',
      expect: '100-continue',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const slow = httpRequest({ hostname, port, path: '/v1/customers', method: 'POST', headers });
    const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      slow.on('error', reject);
      slow.on(
        'response',
        (response) => void text(response).then((body) => resolve({ status: response.statusCode, body })),
      );
    });
    const taken = once(slow, 'continue');
    slow.write('name=');
    const conflicting = async (): Promise<number> => {
      const response = await ask('/v1/customers', form('name=Bob', { 'idempotency-key': 'slow' }));
      if (response.status === 409) expect(response.headers.get('stripe-should-retry')).toBe('true');
      return response.status;
    };
    // Its head has arrived; else Bob's own would be done, and the slow one would be another.
    await taken;
    expect(await conflicting()).toBe(409);
    slow.end('Ann');
    expect((await answered).status).toBe(200);
    expect((await stripe.customers.list()).data.map((row) => row.name)).toEqual(['Ann']);
  });
});

describe('forms', () => {
  const made = async (body: string): Promise<Record<string, unknown>> =>
    (await (await ask(FEATURES, form(body))).json()) as never;

  it('are read as Stripe reads them', async () => {
    expect(await made('name=A+B%20%26%20C&lookup_key=k1&metadata[a[b]]=1&metadata[10]=x&metadata[2]=y')).toMatchObject({
      name: 'A B & C',
    });
    expect(await made('name=%F0%9F%94%91&lookup_key=k2&expand[]=')).toMatchObject({ error: { param: 'expand[0]' } });
    expect(await made('name=first&name=last&lookup_key=k3')).toMatchObject({ name: 'last' });
    expect(await made('name[a]=1&lookup_key=k4')).toMatchObject({ error: { param: 'name' } });
    expect(await made('name=%ff&lookup_key=k5')).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(await made(`name=n&lookup_key=k6${'[a]'.repeat(20)}=1`)).toMatchObject({
      error: { type: 'invalid_request_error' },
    });
    expect(await made('__proto__[polluted]=1&constructor=x&name=n&lookup_key=k7')).toMatchObject({
      error: { code: 'parameter_unknown' },
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { metadata } = (await stripe.entitlements.features.list({ lookup_key: 'k1' }))
      .data[0] as Stripe.Entitlements.Feature;
    expect(metadata).toMatchObject({ '10': 'x', '2': 'y' });
  });

  it('are the only bodies that are taken', async () => {
    const json = await ask(FEATURES, {
      method: 'POST',
      body: '{"name":"n"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(400);
    const big = await ask(FEATURES, form(`name=${'x'.repeat(5_000_000)}`));
    expect(big.status).toBe(413);
  });
});

describe('expand', () => {
  it('puts objects in the place of ids, along lists and members', async () => {
    const product = await stripe.products.create({
      name: 'P',
      default_price_data: { currency: 'usd', unit_amount: 1, recurring: { interval: 'month' } },
      expand: ['default_price'],
    });
    const price = product.default_price as Stripe.Price;
    expect(price).toMatchObject({ object: 'price', unit_amount: 1 });
    const { id: customer } = await stripe.customers.create({ name: 'Ann' });
    const items = [{ price: price.id }];
    const made = await stripe.subscriptions.create({ customer, items, expand: ['latest_invoice', 'customer'] });
    expect([made.latest_invoice, (made.customer as Stripe.Customer).name]).toEqual([null, 'Ann']);
    const [row] = (await stripe.subscriptions.list({ expand: ['data.items.data.price.product', 'data.customer'] }))
      .data;
    expect(row?.items.data[0]?.price.product).toMatchObject({ object: 'product', name: 'P' });
    expect(row?.customer).toMatchObject({ object: 'customer', name: 'Ann' });
    for (const path of [
      'nothing',
      'customer.nothing',
      'items.data.quantity',
      'a.b.c.d.e',
      'constructor',
      '__proto__.x',
    ]) {
      expect(await refusal(stripe.subscriptions.retrieve(made.id, { expand: [path] }))).toMatchObject({
        statusCode: 400,
        param: 'expand',
      });
    }
  });
});

it('works with the client as it comes: its own connections, retries and keys', async () => {
  const { hostname: host, port } = new URL(provider.url);
  const client = new StripeClient(provider.apiKey, { host, port: Number(port), protocol: 'http' });
  for (let at = 0; at < 25; at += 1) await client.entitlements.features.create({ lookup_key: `k${at}`, name: 'n' });
  const all = await client.entitlements.features.list({ limit: 10 }).autoPagingToArray({ limit: 100 });
  expect(all.map((row) => row.lookup_key)).toEqual(Array.from({ length: 25 }, (_, at) => `k${24 - at}`));
  expect((await client.events.list()).data).toEqual([]);
});

it('answers 404 in Stripe’s shape for what it does not have', async () => {
  const response = await ask('/v1/charges');
  expect([response.status, (await errorOf(response))['type']]).toEqual([404, 'invalid_request_error']);
  expect((await ask(`${FEATURES}/x`, { method: 'DELETE' })).status).toBe(404);
});
