// Events and their deliveries, received as an application receives them and checked by the official client.
import type Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Provider } from '../../js/provider/index.js';
import { startReceiver } from './receiver.js';
import type { Receiver } from './receiver.js';
import { problemsOf } from './stripe-schema.js';
import { makeProduct, startProvider, stripeFor } from './support.js';

const SUMMARY = 'entitlements.active_entitlement_summary.updated';

let provider: Provider;
let receiver: Receiver;
let stripe: Stripe;
beforeEach(async () => {
  [provider, receiver] = [await startProvider(), await startReceiver()];
  stripe = stripeFor(provider);
});

/** Reads a delivery as stripe-node's users do: the signature is checked. */
function read(secret: string, { headers, body }: Receiver['received'][number]): Stripe.Event {
  const event = stripe.webhooks.constructEvent(body, headers['stripe-signature'] as string, secret);
  expect(problemsOf(JSON.parse(body), '')).toEqual([]);
  return event;
}

const subscribe = async (
  events: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = ['*'],
): Promise<Stripe.WebhookEndpoint & { secret: string }> =>
  (await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: events })) as never;

interface Summary {
  customer: string;
  entitlements: { data: { lookup_key: string }[]; has_more: boolean; url: string };
}

async function deliveries(
  query = '',
): Promise<{ id: string; state: string; attempts: { status: number | null }[]; type: string }[]> {
  const response = await fetch(`${provider.url}/_plangate/deliveries${query}`);
  return ((await response.json()) as { data: never }).data;
}

describe('the summary event', () => {
  it('is delivered signed, with the list and what it was before', async () => {
    const { secret } = await subscribe([SUMMARY]);
    const { price } = await makeProduct(stripe, 'Pro', ['sso', 'api']);
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    await receiver.seen(1);
    await stripe.subscriptions.cancel(id);
    await receiver.seen(2);
    const [granted, revoked] = receiver.received.map((delivery) => read(secret, delivery)) as [
      Stripe.Event,
      Stripe.Event,
    ];
    const before = granted.data.object as unknown as Summary;
    expect([granted.type, before.customer, before.entitlements.has_more]).toEqual([SUMMARY, customer, false]);
    expect(before.entitlements.url).toBe(`/v1/customer/${customer}/entitlements`);
    expect(before.entitlements.data.map((row) => row.lookup_key).sort()).toEqual(['api', 'sso']);
    expect(granted.data.previous_attributes).toEqual({ entitlements: { data: [] } });
    expect((revoked.data.object as unknown as Summary).entitlements.data).toEqual([]);
    expect(revoked.data.previous_attributes).toEqual({ entitlements: { data: before.entitlements.data } });
    expect(granted.request?.id).toMatch(/^req_/);
  });

  it('holds ten rows of 23, and says that there are more', async () => {
    const { secret } = await subscribe([SUMMARY]);
    const { price } = await makeProduct(
      stripe,
      'All',
      Array.from({ length: 23 }, (_, at) => `f${at}`),
    );
    const { id: customer } = await stripe.customers.create({});
    await stripe.subscriptions.create({ customer, items: [{ price }] });
    await receiver.seen(1);
    const { entitlements } = read(secret, receiver.received[0] as never).data.object as unknown as Summary;
    expect([entitlements.data.length, entitlements.has_more]).toEqual([10, true]);
    const { data } = await stripe.entitlements.activeEntitlements.list({ customer });
    expect(entitlements.data.map((row) => row.lookup_key)).toEqual(data.map((row) => row.lookup_key));
  });

  it('is not sent for what changes no list', async () => {
    await subscribe([SUMMARY]);
    const one = await makeProduct(stripe, 'One', ['sso']);
    const two = await makeProduct(stripe, 'Two', ['sso']);
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: one.price }] });
    await receiver.seen(1);
    await stripe.subscriptions.update(id, { items: [{ price: two.price }], metadata: { a: 'b' } });
    await provider.deliveriesSettled();
    expect(receiver.received).toHaveLength(1);
  });
});

describe('events', () => {
  it('tell the life of a subscription, in order, listed newest first', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const start = Date.UTC(2026, 0, 1) / 1000;
    const { id: clock } = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const { id: customer } = await stripe.customers.create({ test_clock: clock });
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 7 });
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + 40 * 86_400 });
    await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + 80 * 86_400 });
    const listed = await stripe.events.list({ types: ['customer.*', SUMMARY] as never, limit: 100 });
    const told = listed.data.reverse().map(({ type, created }) => [type, (created - start) / 86_400]);
    expect(told).toEqual([
      ['customer.created', expect.any(Number)],
      ['customer.subscription.created', 0],
      [SUMMARY, 0],
      ['customer.subscription.updated', 7],
      ['customer.subscription.updated', 38],
      ['customer.subscription.updated', 40],
      ['customer.subscription.deleted', 66],
      [SUMMARY, 66],
    ]);
    const [ending] = (await stripe.events.list({ type: 'customer.subscription.updated' })).data as [Stripe.Event];
    expect(ending.data.previous_attributes).toMatchObject({ cancel_at_period_end: false, cancel_at: null });
    expect(await stripe.events.retrieve(ending.id)).toMatchObject({
      id: ending.id,
      type: ending.type,
      pending_webhooks: 0,
    });
    const all = await stripe.events.list({ limit: 3 }).autoPagingToArray({ limit: 100 });
    expect(new Set(all.map((event) => event.id)).size).toBe(all.length);
    expect((await stripe.events.list({ created: { lt: start } })).data).toEqual([]);
  });

  it('go to the endpoints that want them, as long as these are enabled', async () => {
    const endpoint = await subscribe(['customer.created', 'customer.updated']);
    expect(endpoint.secret).toMatch(/^whsec_/);
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
    const { id } = await stripe.customers.create({ name: 'a' });
    await stripe.products.create({ name: 'unwanted' });
    await receiver.seen(1);
    await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
    await stripe.customers.update(id, { name: 'b' });
    await stripe.webhookEndpoints.update(endpoint.id, { disabled: false });
    await stripe.customers.update(id, { name: 'c' });
    await receiver.seen(2);
    await stripe.webhookEndpoints.del(endpoint.id);
    await stripe.customers.update(id, { name: 'd' });
    await provider.deliveriesSettled();
    const events = receiver.received.map((delivery) => read(endpoint.secret, delivery));
    expect(events.map((event) => [event.type, (event.data.object as Stripe.Customer).name])).toEqual([
      ['customer.created', 'a'],
      ['customer.updated', 'c'],
    ]);
    expect(events[1]?.data.previous_attributes).toEqual({ name: 'b' });
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  });
});

describe('deliveries', () => {
  it('are tried again until they are taken, the same event each time', async () => {
    const { secret } = await subscribe(['customer.created']);
    receiver.answers.push(500, 0);
    await stripe.customers.create({});
    await receiver.seen(3);
    await expect.poll(async () => (await deliveries())[0]?.state).toBe('delivered');
    const [delivery] = await deliveries();
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, null, 200]);
    const ids = receiver.received.map((each) => read(secret, each).id);
    expect(new Set(ids).size).toBe(1);
    expect((await stripe.events.list({ delivery_success: true })).data.map((event) => event.id)).toContain(ids[0]);
  });

  it('are given up in the end, and made again by hand', async () => {
    await subscribe(['customer.created']);
    receiver.answers.push(500, 500, 500, 500);
    await stripe.customers.create({});
    await receiver.seen(4);
    await expect.poll(async () => (await deliveries('?state=failed')).length).toBe(1);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    const [{ id }] = (await deliveries()) as [{ id: string }];
    expect((await fetch(`${provider.url}/_plangate/deliveries/${id}/retry`, { method: 'POST' })).status).toBe(200);
    await receiver.seen(5);
    await expect.poll(async () => (await deliveries())[0]?.state).toBe('delivered');
    expect((await fetch(`${provider.url}/_plangate/deliveries/none/retry`, { method: 'POST' })).status).toBe(404);
  });
});
