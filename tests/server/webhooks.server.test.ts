// Webhooks through the whole server: kept, acknowledged, fetched, and seen by whoever looks.
import { expect, onTestFinished, test } from 'vitest';

import { constructTestWebhook, paygentic, stripe } from '../../js/server/index.js';
import { memory } from '../../js/stores/memory.js';
import {
  behaviours,
  misbehavingUpstream,
  recorded,
  stripeAccount,
  stripeRows,
} from '../support/misbehaving-upstream.mjs';
import { WAIT_MS } from '../support/patience.js';
import { Billing, makeServer, SECRET, until } from './harness.js';

const url = 'http://localhost/webhooks/stripe';
const delivery = (customer: string, options: object = {}): Promise<Request> =>
  constructTestWebhook({ provider: 'stripe', secret: SECRET, customer, url, ...options });

test('a delivery is acknowledged, then the customer is fetched and the audit names the event', async () => {
  const billing = new Billing();
  const store = memory();
  const server = makeServer(billing, { store });
  const gate = await server.for('cus_1');
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  const response = await server.handle(await delivery('cus_1', { eventId: 'evt_1' }));
  expect([response.status, await response.json()]).toEqual([200, { outcome: 'kept' }]);
  await until(() => gate.hasFeature('reports'));
  expect(await store.listAudit({ kind: 'granted' } as never)).toMatchObject([
    { customer: 'cus_1', kind: 'granted', key: 'reports', eventId: 'evt_1' },
  ]);
  expect(await store.pending()).toEqual([]);
  const again = await server.handle(await delivery('cus_1', { eventId: 'evt_1' }));
  expect(await again.json()).toEqual({ outcome: 'duplicate' });
});

test('forged, old and foreign deliveries change nothing', async () => {
  const billing = new Billing();
  const server = makeServer(billing);
  expect((await server.handle(await delivery('cus_1', { secret: 'whsec_wrong' }))).status).toBe(400);
  expect((await server.handle(await delivery('cus_1', { timestamp: 1_600_000_000 }))).status).toBe(400);
  const live = { id: 'evt_9', livemode: true, type: 'entitlements.active_entitlement_summary.updated' };
  const object = { object: 'entitlements.active_entitlement_summary', customer: 'cus_1', livemode: true };
  const event = { ...live, data: { object } };
  const other = await server.handle(await delivery('cus_1', { event }));
  expect(await other.json()).toEqual({ outcome: 'otherMode' });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(billing.calls).toEqual([]);
});

test('a fetch that fails is tried again until it succeeds; what is granted meanwhile stays', async () => {
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  const store = memory();
  const server = makeServer(billing, { store });
  const gate = await server.for('cus_1');
  billing.failure = new Error('down');
  billing.rows.set('cus_1', [{ id: 'e2', featureKey: 'storage' }]);
  await server.handle(await delivery('cus_1'));
  await until(() => billing.calls.length === 2);
  expect([gate.hasFeature('reports'), (await store.pending()).length]).toEqual([true, 1]);
  billing.failure = undefined;
  await until(() => gate.hasFeature('storage'));
  expect([gate.hasFeature('reports'), (await store.pending()).length]).toEqual([false, 0]);
});

test('when the store cannot keep it, the provider is told to send it again', async () => {
  const store = memory();
  const broken = { ...wrap(store), markPending: () => Promise.reject(new Error('disk full')) };
  const server = makeServer(new Billing(), { store: broken });
  expect((await server.handle(await delivery('cus_1'))).status).toBe(503);
});

test('bodies that are too large or never end are not waited for', async () => {
  const post = async (body: BodyInit, requestTimeoutMs: number): Promise<number> => {
    const server = makeServer(new Billing(), { maxBodyBytes: 1000, requestTimeoutMs });
    return (await server.handle(new Request(url, { method: 'POST', body, duplex: 'half' } as RequestInit))).status;
  };
  expect(await post('x'.repeat(1001), WAIT_MS)).toBe(413);
  expect(await post(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(10)) }), 100)).toBe(503);
});

test('an event during a fetch leads to one more: the running one may have read the list before', async () => {
  const billing = new Billing();
  let release = (): void => {};
  const server = makeServer(billing);
  await server.for('cus_1');
  billing.delay = () => new Promise((resolve) => (release = resolve));
  void server.refresh('cus_1');
  await until(() => billing.calls.length === 2);
  await server.handle(await delivery('cus_1', { eventId: 'evt_a' }));
  await server.handle(await delivery('cus_1', { eventId: 'evt_b' }));
  billing.delay = async () => {};
  release();
  await until(() => billing.calls.length >= 3);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(billing.calls.length).toBeLessThanOrEqual(4);
});

test('customers may be named otherwise, or be none of ours', async () => {
  const billing = new Billing();
  const customer = (id: string): string | null => (id === 'cus_stripe' ? 'account-1' : null);
  const server = makeServer(billing, { webhooks: { stripe: { secrets: SECRET, customer } } });
  expect((await server.handle(await delivery('cus_stripe'))).status).toBe(200);
  expect((await server.handle(await delivery('cus_unknown'))).status).toBe(200);
  await until(() => billing.calls.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(billing.calls).toEqual(['account-1']);
});

test('the reconcile walk repairs what a missed webhook left undone', async () => {
  const billing = new Billing();
  const server = makeServer(billing, { reconcile: { everyMs: 20, olderThanMs: 50 } });
  const gates = await Promise.all(['cus_1', 'cus_2', 'cus_3'].map((id) => server.for(id)));
  for (const id of ['cus_1', 'cus_2', 'cus_3']) billing.grant(id, { id: `e${id}`, featureKey: 'reports' });
  await until(() => gates.every((gate) => gate.hasFeature('reports')));
});

test('Paygentic has a path of its own when it is the upstream', async () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLlSw';
  const upstream = paygentic({ apiKey: 'key', baseUrl: 'http://127.0.0.1:9' });
  const store = memory();
  const server = makeServer(new Billing(), { upstream, store, webhookSecret: secret });
  const path = 'http://localhost/webhooks/paygentic';
  const request = await constructTestWebhook({ provider: 'paygentic', secret, customer: 'cus_1', url: path });
  expect((await server.handle(request)).status).toBe(200);
  expect(await store.pending()).toMatchObject([{ source: 'paygentic', mode: 'live', customer: 'cus_1' }]);
  expect((await server.handle(new Request(url, { method: 'POST' }))).status).toBe(404);
});

/** The methods of an object with private state, as plain functions. */
function wrap<T extends object>(object: T): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      const value = (object as Record<PropertyKey, unknown>)[name];
      return typeof value === 'function' ? value.bind(object) : value;
    },
    ownKeys: () => Reflect.ownKeys(Object.getPrototypeOf(object)),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

test('23 entitlements behind a summary of ten: nothing beyond the tenth is revoked, what is new is there', async () => {
  const customers = { cus_1: stripeRows(22) };
  const account = await misbehavingUpstream({ list: stripeAccount({ customers }), behave: behaviours.pagesOf(10) });
  onTestFinished(() => account.close());
  const store = memory();
  const server = makeServer(new Billing(), {
    store,
    upstream: stripe({ apiKey: 'sk_test_key', baseUrl: account.url }),
  });
  const gate = await server.for('cus_1');
  const keys = (): string[] => stripeRows(23).map((row) => row.lookup_key as string);
  expect(keys().filter((key) => gate.hasFeature(key))).toHaveLength(22);
  customers.cus_1 = stripeRows(23);
  const event = structuredClone(recorded.stripe.summary_event) as unknown as {
    data: { object: { customer: string; entitlements: { data: unknown[]; has_more: boolean } } };
  };
  event.data.object.customer = 'cus_1';
  Object.assign(event.data.object.entitlements, { data: stripeRows(10), has_more: true });
  expect(await (await server.handle(await delivery('cus_1', { event }))).json()).toEqual({ outcome: 'kept' });
  await until(() => keys().every((key) => gate.hasFeature(key)));
  const audit = await store.listAudit({ customer: 'cus_1' });
  expect(audit.filter(({ kind }) => kind === 'revoked')).toEqual([]);
  expect(audit.filter(({ kind }) => kind === 'granted')).toHaveLength(23);
});
