// One's own billing as an upstream, and several upstreams as one.
import { expect, onTestFinished, test } from 'vitest';

import { combine } from '../../js/server/upstreams/combine.js';
import { upstream } from '../../js/server/upstreams/custom.js';
import type { CustomOptions, SnapshotBody } from '../../js/server/upstreams/custom.js';
import { UpstreamError } from '../../js/server/upstreams/errors.js';
import type { FetchOptions, Upstream } from '../../js/server/upstreams/upstream.js';
import { engine, keysOf, test as testBound } from './support.js';

const AS_OF = 1_790_000_000_000;

const list = (customer: string, entitlements: object[], more: object = {}) => ({
  plangate: 1,
  customer,
  source: 'own',
  asOf: AS_OF,
  entitlements,
  ...more,
});

const own = (fetch: CustomOptions['fetch'], options: Partial<CustomOptions> = {}): Upstream =>
  upstream({ source: 'own', engine, fetch, ...options });

const rows = [
  { id: 'e1', featureKey: 'sso' },
  { id: 'e2', featureKey: 'seats', type: 'static', config: { max: 5 } },
];

test('a list may come as text, bytes, an object or an HTTP answer', async () => {
  const text = JSON.stringify(list('user-1', rows));
  const shapes: SnapshotBody[] = [text, new TextEncoder().encode(text), list('user-1', rows), new Response(text)];
  for (const shape of shapes) {
    const snapshot = await own(() => shape).fetch('user-1');
    expect(snapshot).toMatchObject({ customer: 'user-1', source: 'own', mode: 'live', asOf: AS_OF, entries: 2 });
    expect(keysOf(snapshot)).toEqual(['sso', 'seats']);
  }
});

test('what the core refuses is refused: another customer, another shape, no list', async () => {
  const refused: [SnapshotBody, string][] = [
    [list('user-2', rows), 'CUSTOMER_MISMATCH'],
    [list('user-1', rows, { plangate: 9 }), 'UNSUPPORTED_VERSION'],
    ['<html>', 'NOT_JSON'],
    ['', 'EMPTY_INPUT'],
    [{ customer: 'user-1' }, 'MISSING_FIELD'],
  ];
  for (const [body, code] of refused) {
    await expect(own(() => body).fetch('user-1')).rejects.toMatchObject({ code: 'INVALID_RESPONSE', cause: { code } });
  }
});

test('a function that throws, answers badly, sends too much or never returns', async () => {
  const throws = own(() => Promise.reject(new Error('database is down')));
  await expect(throws.fetch('u')).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: expect.stringContaining('database is down'),
  });
  const synchronously = own(() => {
    throw new TypeError('no database');
  });
  await expect(synchronously.fetch('u')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  const typed = own(() => Promise.reject(new UpstreamError('NOT_FOUND', 'unknown user')));
  await expect(typed.fetch('u')).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'unknown user' });
  const answers = own(() => new Response('no', { status: 502 }));
  await expect(answers.fetch('u')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', status: 502 });
  const floods = own(() => new Response(' '.repeat(2_000)), { maxBytes: 1_000 });
  await expect(floods.fetch('u')).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  let told: AbortSignal | undefined;
  const hangs = own((_, { signal }) => ((told = signal), new Promise(() => {})), { deadlineMs: 30 });
  await expect(hangs.fetch('u')).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(told!.aborted).toBe(true);
});

test('the function is called once at a time per customer, and is told when nobody waits any more', async () => {
  let calls = 0;
  let aborted = 0;
  let answer = (): void => {};
  let answered = new Promise<void>((resolve) => (answer = resolve));
  const slow = own(async (customer, { signal }) => {
    calls += 1;
    signal.addEventListener('abort', () => (aborted += 1));
    await answered;
    return list(customer, rows);
  });
  const asked = Promise.all([slow.fetch('a'), slow.fetch('a'), slow.fetch('b')]);
  await expect.poll(() => calls).toBe(2);
  answer();
  await asked;
  expect([calls, aborted]).toEqual([2, 0]);
  answered = new Promise(() => {});
  const caller = new AbortController();
  const given = slow.fetch('a', { signal: caller.signal });
  await expect.poll(() => calls).toBe(3);
  caller.abort();
  await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
  expect([calls, aborted]).toEqual([3, 1]);
});

test('who leaves before the engine is there leaves nothing behind', async () => {
  const uncaught: unknown[] = [];
  const note = (reason: unknown): void => void uncaught.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  let start = (): void => {};
  const starting = new Promise<typeof engine>((resolve) => (start = () => resolve(engine)));
  const refuses = own(
    (_, { signal }) => {
      signal.throwIfAborted();
      return list('u', rows);
    },
    { engine: () => starting },
  );
  const asked: string[] = [];
  const member: Upstream = {
    source: 'member',
    fetch: (customer, options) => {
      asked.push(customer);
      return named('member', rows).fetch(customer, options);
    },
  };
  const whole = combine([member], { engine: () => starting });
  const caller = new AbortController();
  const given = [refuses, whole].map((upstream) => upstream.fetch('u', { signal: caller.signal }));
  caller.abort();
  for (const one of given) await expect(one).rejects.toMatchObject({ code: 'ABORTED' });
  start();
  await new Promise((resolve) => void setImmediate(resolve));
  expect([asked, uncaught]).toEqual([[], []]);
});

test('another format may be returned, e.g. recorded Stripe pages', async () => {
  const page = {
    object: 'list',
    data: [{ id: 'ent_1', feature: 'feat_1', livemode: false, lookup_key: 'sso' }],
    has_more: false,
  };
  const before = Date.now();
  const snapshot = await own(() => page, { format: 'stripe-list', mode: 'test' }).fetch('cus_1');
  expect(snapshot).toMatchObject({ customer: 'cus_1', source: 'own', mode: 'test' });
  expect(snapshot.asOf).toBeGreaterThanOrEqual(before);
});

// Several as one -----------------------------------------------------------------------------------------------------

const named = (source: string, entitlements: object[], asOf = AS_OF, mode = 'live'): Upstream =>
  own((customer) => ({ ...list(customer, entitlements), source, asOf, mode }), { source });

/** Merged config of a key, as the core says it. */
function configOf(json: string, key: string): unknown {
  const handle = engine.load('snapshot', [new TextEncoder().encode(json)], {});
  const decision = JSON.parse(engine.check(handle, key, AS_OF + 1)) as { allowed: boolean; config?: unknown };
  engine.release(handle);
  return decision.allowed ? (decision.config ?? true) : false;
}

testBound('any source grants; configs merge by the core; the oldest fetch dates the whole', async () => {
  const seats = (max: number) => ({ id: `e${max}`, featureKey: 'seats', type: 'static', config: { max } });
  const both = combine(
    [
      named('a', [seats(5), { id: 'x', featureKey: 'sso' }]),
      named('b', [seats(10), { id: 'y', featureKey: 'api' }], AS_OF - 5),
    ],
    { engine },
  );
  const snapshot = await both.fetch('user-1');
  expect(snapshot).toMatchObject({ customer: 'user-1', source: 'combined', asOf: AS_OF - 5 });
  expect(configOf(snapshot.json, 'seats')).toEqual({ max: 10 });
  expect(['sso', 'api', 'other'].map((key) => configOf(snapshot.json, key))).toEqual([true, true, false]);
});

testBound('one source that fails fails the whole, and stops the others', async () => {
  let stopped = false;
  const slow = own(
    (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject((stopped = true)))),
  );
  const failing = own(() => Promise.reject(new UpstreamError('UNAUTHORIZED', 'key')));
  await expect(combine([slow, failing], { engine }).fetch('u')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await expect.poll(() => stopped).toBe(true);
});

testBound('live and test are not mixed', async () => {
  const mixed = combine([named('a', rows), named('b', rows, AS_OF, 'test')], { engine });
  await expect(mixed.fetch('u')).rejects.toMatchObject({ code: 'INVALID_RESPONSE', cause: { code: 'MODE_MISMATCH' } });
});

testBound('sources may name customers differently, or not know one', async () => {
  const asked: string[] = [];
  const member = (source: string): Upstream => ({
    source,
    fetch: (customer: string, options?: FetchOptions) => {
      asked.push(`${source}:${customer}`);
      return named(source, [{ id: source, featureKey: source }]).fetch(customer, options);
    },
  });
  const sources = [
    { upstream: member('a'), customer: (customer: string) => `cus_${customer}` },
    { upstream: member('b'), customer: async (customer: string) => (customer === '1' ? customer : null) },
  ];
  const both = combine(sources, { engine, source: 'all' });
  const first = await both.fetch('1');
  expect(first).toMatchObject({ customer: '1', source: 'all', entries: 2 });
  expect(await both.fetch('2')).toMatchObject({ customer: '2', entries: 1 });
  expect(asked).toEqual(['a:cus_1', 'b:1', 'a:cus_2']);
  const none = combine([{ upstream: member('a'), customer: () => null }], { engine });
  await expect(none.fetch('3')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(() => combine([])).toThrow(/at least one/);
});
