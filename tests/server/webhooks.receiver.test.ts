// Deliveries: duplicated, reordered, forged, replayed, thin, of no interest, and such that cannot be kept.
import { expect } from 'vitest';

import { keepIn, webhookReceiver } from '../../js/server/webhooks/receiver.js';
import type { KeepSignal, ReceiverOptions, WebhookSignal } from '../../js/server/webhooks/receiver.js';
import { constructTestWebhook } from '../../js/server/webhooks/test-webhook.js';
import { memory } from '../../js/stores/memory.js';
import { recorded } from '../support/misbehaving-upstream.mjs';
import { engine, test } from './support.js';

const SECRET = 'whsec_correct';
const SVIX_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLlSw';

/** Keeps in memory, as a store would: an event id is first only once. */
function inbox() {
  const signals: WebhookSignal[] = [];
  const seen = new Set<string | null>();
  const keep: KeepSignal = async (signal) => {
    const first = !seen.has(signal.eventId);
    seen.add(signal.eventId);
    if (first) signals.push(signal);
    return { first };
  };
  return { signals, keep };
}

function receiver(options: Partial<ReceiverOptions> = {}) {
  const { signals, keep } = inbox();
  return { signals, hooks: webhookReceiver({ provider: 'stripe', secrets: SECRET, keep, engine, ...options }) };
}

const stripeDelivery = (event?: object | string, options: object = {}) =>
  constructTestWebhook({ provider: 'stripe', secret: SECRET, ...(event !== undefined && { event }), ...options });
const paygenticDelivery = (event?: object, options: object = {}) =>
  constructTestWebhook({ provider: 'paygentic', secret: SVIX_SECRET, ...(event && { event }), ...options });

const answerOf = async (response: Response) => [response.status, await response.json()] as const;

test('a recorded event: kept as a signal that names the customer, and nothing of its list', async () => {
  const { hooks, signals } = receiver();
  const before = Date.now();
  expect(await answerOf(await hooks.handle(await stripeDelivery(recorded.stripe.summary_event)))).toEqual([
    200,
    { outcome: 'kept' },
  ]);
  expect(signals).toEqual([
    {
      source: 'stripe',
      mode: 'test',
      customer: 'cus_Sll319ReSxCmEi',
      eventId: 'evt_1RqDanBRSrwpzKxHOnFoInVh',
      type: 'entitlements.active_entitlement_summary.updated',
      createdAt: 1_753_795_761_000,
      receivedAt: expect.any(Number),
    },
  ]);
  expect(signals[0]!.receivedAt).toBeGreaterThanOrEqual(before);
});

test('Paygentic: subscription events are signals; the delivery id tells repetitions', async () => {
  const { hooks, signals } = receiver({ provider: 'paygentic', secrets: SVIX_SECRET, source: 'pay', mode: 'test' });
  for (const type of [
    'subscription.created.v0',
    'subscription.updated.v0',
    'subscription.cancelled.v0',
    'customer.created.v0',
  ]) {
    const event = {
      eventType: type,
      eventId: `evt_${type}`,
      timestamp: '2026-01-01T00:00:00Z',
      data: { customerId: 'cus_1' },
    };
    const again = { event, eventId: `msg_${type}` };
    expect((await answerOf(await hooks.handle(await paygenticDelivery(event, again))))[1]).toEqual({ outcome: 'kept' });
    expect((await answerOf(await hooks.handle(await paygenticDelivery(event, again))))[1]).toEqual({
      outcome: 'duplicate',
    });
  }
  expect(signals).toHaveLength(4);
  expect(signals[0]).toMatchObject({
    source: 'pay',
    mode: 'test',
    customer: 'cus_1',
    eventId: 'msg_subscription.created.v0',
  });
  expect(signals[0]!.createdAt).toBe(Date.UTC(2026, 0, 1));
  expect(
    (await hooks.handle(await paygenticDelivery({ eventType: 'source.activated.v0', eventId: 'e', data: {} }))).status,
  ).toBe(200);
  expect(hooks.counts()).toMatchObject({
    outcomes: { kept: 4, duplicate: 4, ignored: 1 },
    unhandledTypes: { 'source.activated.v0': 1 },
  });
});

test('forged, altered, replayed too late, for another endpoint: not believed, not kept', async () => {
  const { hooks, signals } = receiver();
  const right = await stripeDelivery();
  const altered = new Request(right.clone(), { body: (await right.clone().text()).replace('cus_test', 'cus_evil') });
  const unsigned = new Request('http://localhost/', { method: 'POST', body: '{}' });
  const old = await stripeDelivery(undefined, { timestamp: Math.floor(Date.now() / 1000) - 301 });
  const elsewhere = await stripeDelivery(undefined, { secret: 'whsec_other' });
  const deliveries: [Request, string][] = [
    [altered, 'WRONG_SIGNATURE'],
    [unsigned, 'MISSING_SIGNATURE'],
    [old, 'TOO_OLD'],
    [elsewhere, 'WRONG_SIGNATURE'],
    [await stripeDelivery('not json'), 'INVALID_EVENT'],
    [await stripeDelivery('[]'), 'INVALID_EVENT'],
  ];
  for (const [delivery, code] of deliveries) {
    expect(await answerOf(await hooks.handle(delivery))).toEqual([
      400,
      { error: { code, message: expect.any(String) } },
    ]);
  }
  expect(signals).toEqual([]);
  expect(hooks.counts().refused).toEqual({ WRONG_SIGNATURE: 2, MISSING_SIGNATURE: 1, TOO_OLD: 1, INVALID_EVENT: 2 });
});

test('duplicated and reordered: each event once, whatever the order; a replay within the tolerance is a duplicate', async () => {
  const { hooks, signals } = receiver();
  const times = [3, 1, 2, 3, 2, 1, 1];
  const outcomes = await Promise.all(
    times.map(async (n) => {
      const created = 1_790_000_000 + n;
      const event = { ...recorded.stripe.summary_event, id: `evt_${n}`, created };
      return (await answerOf(await hooks.handle(await stripeDelivery(event))))[1];
    }),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'kept')).toHaveLength(3);
  expect(outcomes.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(4);
  expect(new Set(signals.map(({ eventId }) => eventId))).toEqual(new Set(['evt_1', 'evt_2', 'evt_3']));
});

test('acknowledged only once it is kept', async () => {
  let kept = (_: { first: boolean }): void => undefined;
  const { hooks } = receiver({ keep: () => new Promise((resolve) => (kept = resolve)) });
  let answered = false;
  const answer = hooks.handle(await stripeDelivery()).finally(() => (answered = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toBe(false);
  kept({ first: true });
  expect((await answer).status).toBe(200);
});

test('what cannot be kept is not acknowledged, and says nothing of the inside', async () => {
  const { hooks } = receiver({ keep: () => Promise.reject(new Error('postgres://user:pass@db is down')) });
  expect(await answerOf(await hooks.handle(await stripeDelivery()))).toEqual([503, { error: { code: 'NOT_KEPT' } }]);
  expect(hooks.counts()).toMatchObject({ failed: 1, outcomes: { kept: 0 } });
});

test('events of no interest are counted and acknowledged, however many types there are', async () => {
  const { hooks, signals } = receiver();
  for (let i = 0; i < 130; i += 1) {
    const event = { id: `evt_${i}`, object: 'event', type: `invoice.kind_${i}`, livemode: false, data: { object: {} } };
    expect((await hooks.handle(await stripeDelivery(event))).status).toBe(200);
  }
  expect(signals).toEqual([]);
  const { outcomes, unhandledTypes } = hooks.counts();
  expect(outcomes.ignored).toBe(130);
  expect(Object.keys(unhandledTypes)).toHaveLength(101);
  expect(unhandledTypes).toMatchObject({ 'invoice.kind_0': 1, other: 30 });
});

test('thin events: a signal when they name the customer, else acknowledged and counted as unresolved', async () => {
  const thin = {
    id: 'evt_thin',
    object: 'v2.core.event',
    type: 'v1.entitlements.active_entitlement_summary.updated',
    livemode: false,
    created: '2026-01-01T00:00:00.000Z',
  };
  const { hooks, signals } = receiver();
  expect((await answerOf(await hooks.handle(await stripeDelivery(thin))))[1]).toEqual({ outcome: 'unresolved' });
  const naming = {
    ...thin,
    id: 'evt_2',
    related_object: { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' },
  };
  expect((await answerOf(await hooks.handle(await stripeDelivery(naming))))[1]).toEqual({ outcome: 'kept' });
  expect(signals).toMatchObject([{ customer: 'cus_1', createdAt: Date.UTC(2026, 0, 1) }]);
  expect(hooks.counts().unhandledTypes).toEqual({ [thin.type]: 1 });
});

test('a summary cut at ten items is a signal like any other', async () => {
  const { hooks, signals } = receiver();
  const event = structuredClone(recorded.stripe.summary_event) as {
    data: { object: { entitlements: { has_more: boolean } } };
  };
  event.data.object.entitlements.has_more = true;
  expect((await hooks.handle(await stripeDelivery(event))).status).toBe(200);
  expect(signals).toHaveLength(1);
});

test('live where test is expected is acknowledged and left alone', async () => {
  const { hooks, signals } = receiver({ mode: 'live' });
  expect((await answerOf(await hooks.handle(await stripeDelivery(recorded.stripe.summary_event))))[1]).toEqual({
    outcome: 'otherMode',
  });
  expect(signals).toEqual([]);
});

test('HTTP around it: only POST, only so large, a broken upload is not acknowledged', async () => {
  const { hooks } = receiver({ maxBytes: 1_000 });
  const get = await hooks.handle(new Request('http://localhost/'));
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  const large = await hooks.handle(await stripeDelivery({ id: 'e', type: 'x', padding: 'x'.repeat(1_000) }));
  expect(await answerOf(large)).toEqual([413, { error: { code: 'BODY_TOO_LARGE', message: expect.any(String) } }]);
  const empty = await hooks.handle(new Request('http://localhost/', { method: 'POST' }));
  expect(await answerOf(empty)).toMatchObject([400, { error: { code: 'EMPTY_BODY' } }]);
});

test('secrets are rotated without a lost delivery; wrong ones are heard at once', async () => {
  const { hooks } = receiver({ secrets: ['whsec_new', SECRET] });
  expect((await hooks.handle(await stripeDelivery())).status).toBe(200);
  expect((await hooks.handle(await stripeDelivery(undefined, { secret: 'whsec_new' }))).status).toBe(200);
  for (const secrets of ['', [], [' '], undefined as never]) expect(() => receiver({ secrets })).toThrow(/secret/);
  expect(() => receiver({ provider: 'paygentic', secrets: 'whsec_*' })).toThrow(/base64/);
});

test('in a store: a refetch is due, the event is known, a duplicate asks for nothing more', async () => {
  const store = memory();
  const { hooks } = receiver({ keep: keepIn(store) });
  const event = recorded.stripe.summary_event as { id: string; data: { object: { customer: string } } };
  expect(await hooks.receive(JSON.stringify(event), (await stripeDelivery(event)).headers)).toBe('kept');
  expect(await hooks.receive(JSON.stringify(event), (await stripeDelivery(event)).headers)).toBe('duplicate');
  expect(await store.pending()).toMatchObject([
    { source: 'stripe', mode: 'test', customer: event.data.object.customer, eventId: event.id },
  ]);
  expect(await store.seenEvent({ source: 'stripe', mode: 'test', eventId: event.id })).toBe(true);
  await store.close();
});
