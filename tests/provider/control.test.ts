// The provider's own API: time, seeds, export, the live stream, and who may use it.
import { request as httpRequest } from 'node:http';

import { beforeEach, describe, expect, it } from 'vitest';

import type { Provider } from '../../js/provider/index.js';
import { createProvider, keysOf, startProvider, stripeFor } from './support.js';

const SEED = `
frozenAt: 2026-01-31T12:00:00Z
features:
  - { key: sso, name: Single sign-on }
  - { id: feat_old, key: export, name: Old export, archived: true }
  - { id: feat_new, key: export, name: New export }
  - { key: storage, type: static }
  - { key: calls, type: metered }
products:
  - id: prod_free
    name: Free
    features: [{ feature: storage, config: { limitGB: 5 } }]
    prices: [{ id: price_free, amount: 0, every: month }]
  - id: prod_pro
    name: Pro
    metadata: { rank: "2" }
    features: [sso, feat_old, { feature: storage, config: { limitGB: 500 } }, { feature: calls, limit: 100, soft: true }]
    prices:
      - { id: price_month, amount: 2900, every: month }
      - { id: price_old, amount: 1900, every: month, active: false }
testClocks: [{ id: clock_1, time: 2026-06-01T00:00:00Z, name: june }]
customers:
  - { id: cus_free, email: free@example.com, subscriptions: [{ price: price_free }] }
  - id: cus_pro
    externalId: user-7
    subscriptions: [{ id: sub_pro, price: price_month, startAt: 2026-01-15T00:00:00Z, usage: [{ feature: calls, quantity: 30 }] }]
  - { id: cus_old, subscriptions: [{ price: price_old, cancelAtPeriodEnd: true }] }
  - { id: cus_trial, testClock: clock_1, subscriptions: [{ price: price_month, trialEnd: 2026-06-08T00:00:00Z }] }
`;

let provider: Provider;
beforeEach(async () => {
  provider = await startProvider({ seed: SEED, seedId: 'control' });
});

async function control(
  path: string,
  body?: object | string,
  init: RequestInit = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const post =
    body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(`${provider.url}/_plangate/${path}`, { ...post, ...init });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('seeds', () => {
  it('begin a provider with a catalogue, customers and their time', async () => {
    const stripe = stripeFor(provider);
    expect(await keysOf(stripe, 'cus_free')).toEqual(['storage']);
    expect(await keysOf(stripe, 'cus_pro')).toEqual(['calls', 'export', 'sso', 'storage']);
    expect(
      (await stripe.entitlements.features.list({ lookup_key: 'export' })).data
        .map((row) => [row.id, row.active])
        .sort(),
    ).toEqual([
      ['feat_new', true],
      ['feat_old', false],
    ]);
    expect((await stripe.prices.retrieve('price_old')).active).toBe(false);
    expect(await stripe.subscriptions.retrieve('sub_pro')).toMatchObject({
      start_date: Date.UTC(2026, 0, 15) / 1000,
      status: 'active',
    });
    const { body } = await control('query', { query: 'entitlements', customer: 'cus_pro', featureKey: 'calls' });
    expect(body).toMatchObject({ data: [{ usage: { usageInPeriod: 30, balance: 70, soft: true } }] });
    expect((await control('clock')).body).toEqual({ now: '2026-01-31T12:00:00.000Z', frozen: true });
  });

  it('are what is exported, and make the same again', async () => {
    const exported = (await control('export?format=json')).body;
    const yaml = await (await fetch(`${provider.url}/_plangate/export`)).text();
    expect(yaml).toContain('limitGB: 500');
    const again = await startProvider({ seed: yaml });
    const second = (await (await fetch(`${again.url}/_plangate/export?format=json`)).json()) as object;
    expect(second).toEqual(exported);
    for (const customer of ['cus_free', 'cus_pro', 'cus_old', 'cus_trial']) {
      const rows = async (url: string): Promise<unknown> => {
        const query = { query: 'entitlements', customer, limit: 100 };
        const { data } = (await (
          await fetch(`${url}/_plangate/query`, { method: 'POST', body: JSON.stringify(query) })
        ).json()) as { data: unknown[] };
        return data;
      };
      expect(await rows(again.url)).toEqual(await rows(provider.url));
    }
  });

  it('with the same seed id give the same ids, again and after a reset', async () => {
    const ids = async (of: Provider): Promise<unknown> => {
      const made = await stripeFor(of).customers.create({ name: 'new' });
      return [
        of.apiKey,
        of.webhookSecret,
        made.id,
        (await stripeFor(of).subscriptions.list({ limit: 100 })).data.map((row) => row.id),
      ];
    };
    const first = await ids(provider);
    expect(await ids(await startProvider({ seed: SEED, seedId: 'control' }))).toEqual(first);
    await control('reset', SEED, { method: 'POST' });
    expect(await ids(provider)).toEqual(first);
    expect(await ids(await startProvider({ seed: SEED, seedId: 'other' }))).not.toEqual(first);
    await provider.reset();
    expect((await stripeFor(provider).customers.list()).data).toEqual([]);
  });

  it('that are wrong are refused whole, with every place', async () => {
    const refused = (seed: string | object): Promise<string> =>
      createProvider({ seed }).then(
        () => '',
        (error: Error & { code: string }) => `${error.code} ${error.message}`,
      );
    expect(await refused('features: [{ name: 1 }]\nproducts: {}\ncolour: red')).toMatch(
      /INVALID_SEED[^]*colour: there is no such[^]*features\[0\].key: this is required[^]*products: a list/,
    );
    expect(await refused('features: [')).toMatch(/^INVALID_SEED .*not YAML/);
    expect(await refused({ products: [{ name: 'P', features: ['none'] }] })).toMatch(
      /products\[0\].features\[0\]: there is no feature .*'none'/,
    );
    expect(await refused({ features: [{ key: 'a' }, { key: 'a' }] })).toMatch(/features\[1\] \(key\): KEY_TAKEN/);
    expect(await refused({ customers: [{ subscriptions: [{ price: 'price_none' }] }] })).toMatch(
      /customers\[0\].subscriptions\[0\] .*NOT_FOUND/,
    );
    expect(await refused({ frozenAt: '2026-02-30T00:00:00Z' })).toMatch(/frozenAt: an RFC 3339/);
    const answer = await control('reset', 'colour: red', { method: 'POST' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_SEED' } } });
    expect(await keysOf(stripeFor(provider), 'cus_free')).toEqual(['storage']);
  });
});

it('tells what a seeded customer had when it changes', async () => {
  const stripe = stripeFor(provider);
  expect((await stripe.events.list()).data).toEqual([]);
  await stripe.subscriptions.cancel('sub_pro');
  const [event] = (await stripe.events.list({ type: 'entitlements.active_entitlement_summary.updated' })).data;
  const before = event?.data.previous_attributes as { entitlements: { data: { lookup_key: string }[] } };
  expect(before.entitlements.data.map((row) => row.lookup_key).sort()).toEqual(['calls', 'export', 'sso', 'storage']);
});

describe('time', () => {
  it('goes to the end of a period of what runs, in the time that it lives in', async () => {
    const stripe = stripeFor(provider);
    const { id } = (await stripe.subscriptions.list({ customer: 'cus_trial' })).data[0] as { id: string };
    expect((await control('clock', { do: 'period_end', subscription: id })).body).toEqual({
      now: '2026-01-31T12:00:00.000Z',
      frozen: true,
      testClock: { id: 'clock_1', now: '2026-06-08T00:00:00.000Z' },
    });
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
    // A paused one's period has long been over when the others' end.
    await control('command', { do: 'subscription.pause', id: 'sub_pro' });
    await control('clock', { do: 'advance', to: '2026-02-20T00:00:00Z' });
    expect((await control('clock', { do: 'period_end' })).body['now']).toBe('2026-02-28T12:00:00.000Z');
    expect(await control('clock', { do: 'period_end', subscription: 'sub_pro' })).toMatchObject({ status: 400 });
  });

  it('advances by durations, to moments and to the end of a period, and takes what falls due along', async () => {
    const stripe = stripeFor(provider);
    const now = async (body: object): Promise<unknown> => (await control('clock', body)).body['now'];
    expect(await now({ do: 'advance', by: 'P1D' })).toBe('2026-02-01T12:00:00.000Z');
    expect(await now({ do: 'advance', by: 3_600_000 })).toBe('2026-02-01T13:00:00.000Z');
    expect(await now({ do: 'period_end', subscription: 'sub_pro' })).toBe('2026-02-15T00:00:00.000Z');
    expect(await keysOf(stripe, 'cus_old')).toHaveLength(4);
    expect(await now({ do: 'advance', to: '2026-02-28T12:00:00Z' })).toBe('2026-02-28T12:00:00.000Z');
    expect(await keysOf(stripe, 'cus_old')).toEqual([]);
    const [ended] = (await stripe.events.list({ type: 'customer.subscription.deleted' })).data;
    expect(ended?.created).toBe(Date.UTC(2026, 1, 28, 12) / 1000);
    expect(await control('clock', { do: 'advance', to: '2026-02-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_OPTION' } },
    });
    expect(await control('clock', { do: 'advance', by: 'soon' })).toMatchObject({ status: 400 });
    expect(await control('clock', { do: 'advance' })).toMatchObject({ status: 400 });
    expect((await control('clock', { do: 'resume' })).body).toMatchObject({ frozen: false });
    expect((await control('clock', { do: 'freeze' })).body).toMatchObject({ frozen: true });
    // Those with a test clock live in their own time.
    expect(await stripe.testHelpers.testClocks.retrieve('clock_1')).toMatchObject({
      frozen_time: Date.UTC(2026, 5, 1) / 1000,
    });
  });

  it('ends trials by itself while the clock runs', async () => {
    const stripe = stripeFor(provider);
    const { id: customer } = await stripe.customers.create({});
    const { now } = (await control('clock')).body as { now: string };
    const trial_end = Date.parse(now) / 1000 + 1;
    const trial_settings = { end_behavior: { missing_payment_method: 'cancel' } } as const;
    await stripe.subscriptions.create({ customer, items: [{ price: 'price_month' }], trial_end, trial_settings });
    expect(await keysOf(stripe, customer)).toHaveLength(4);
    // Nobody asks meanwhile: the event is written by time alone.
    const told = async (): Promise<number> =>
      ((await control(`events?customer=${customer}`)).body['data'] as unknown[]).length;
    const before = await told();
    await control('clock', { do: 'resume' });
    await expect.poll(told).toBeGreaterThan(before);
    expect(await keysOf(stripe, customer)).toEqual([]);
  });
});

describe('the rest of the control API', () => {
  it('records use, does commands, and says what is refused', async () => {
    expect(await control('usage', { customer: 'cus_pro', feature: 'calls', quantity: 5 })).toMatchObject({
      status: 201,
    });
    const made = await control('command', { do: 'feature.create', key: 'new', name: 'New' });
    expect(made.body).toMatchObject({ id: expect.stringMatching(/^feat_/), key: 'new', active: true });
    expect(await control('command', { do: 'feature.create', key: 'new', name: 'New' })).toMatchObject({
      status: 400,
      body: { error: { code: 'KEY_TAKEN' } },
    });
    expect(await control('query', { query: 'feature', id: 'none' })).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
    expect(await control('usage', { customer: 'cus_pro' })).toMatchObject({ status: 400 });
    expect(await control('nothing')).toMatchObject({ status: 404 });
    expect((await control('info')).body).toMatchObject({
      apiKey: provider.apiKey,
      webhookSecret: provider.webhookSecret,
      frozen: true,
    });
  });

  it('streams what changes', async () => {
    const response = await fetch(`${provider.url}/_plangate/stream`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (what: string): Promise<void> => {
      while (!text.includes(what)) text += (await reader.read()).value ?? '';
    };
    await until('event: hello');
    await stripeFor(provider).subscriptions.cancel('sub_pro');
    await until('subscription.canceled');
    expect(text).toContain('"do":"subscription.cancel"');
    expect(text).toContain('activeEntitlements.changed');
    await provider.reset();
    await until('"replaced":true');
    await reader.cancel();
  });

  it('is for the provider’s own pages and for programs', async () => {
    const { hostname, port } = new URL(provider.url);
    const ask = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ hostname, port, path: '/_plangate/info', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject).end();
      });
    const host = `${hostname}:${port}`;
    expect(await ask({ host })).toBe(200);
    expect(await ask({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await ask({ host, origin: 'https://evil.example' })).toBe(403);
    expect(await ask({ host, origin: 'null' })).toBe(403);
    expect(await ask({ host, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await ask({ host: `rebound.example:${port}` })).toBe(403);
    expect(await ask({ host: `rebound.example:${port}`, origin: `http://rebound.example:${port}` })).toBe(403);
    expect(await ask({ host: `box.lan:${port}`, authorization: `Bearer ${provider.apiKey}` })).toBe(200);
  });
});
