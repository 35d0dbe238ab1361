// Requests against a real server that misbehaves: retries, time, size, redirects, keys. No list is read here.
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';

import { isUpstreamError } from '../../js/server/upstreams/errors.js';
import { Transport } from '../../js/server/upstreams/transport.js';
import type { TransportOptions } from '../../js/server/upstreams/transport.js';
import { behaviours, misbehavingUpstream, stripeAccount, stripeRows } from '../support/misbehaving-upstream.mjs';
import type { Behaviour, MisbehavingUpstream } from '../support/misbehaving-upstream.mjs';
import { patientUpstream } from '../support/patience.js';

const KEY = 'sk_test_do_not_tell';
const PATH = '/v1/entitlements/active_entitlements?customer=cus_1&limit=100';
const open: MisbehavingUpstream[] = [];

async function upstreamThat(behave: Behaviour): Promise<MisbehavingUpstream> {
  const upstream = await misbehavingUpstream({ list: stripeAccount({ customers: { cus_1: stripeRows(3) } }), behave });
  open.push(upstream);
  return upstream;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((upstream) => upstream.close()));
});

function transport(baseUrl: string, options: TransportOptions = {}): Transport {
  const headers = { authorization: `Bearer ${KEY}`, accept: 'application/json' };
  const explain = (body: Uint8Array): string => new TextDecoder().decode(body);
  const target = { source: 'stripe', baseUrl, headers, secrets: [KEY], explain };
  return new Transport(target, { initialDelayMs: 5, maxDelayMs: 20, ...patientUpstream, ...options });
}

const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** Fetches once; the error is part of the answer. */
async function get(upstream: MisbehavingUpstream, options?: TransportOptions, signal?: AbortSignal) {
  try {
    return (await transport(upstream.url, options).session(signal).get(PATH, text)).value;
  } catch (error) {
    if (!isUpstreamError(error)) throw error;
    expect(JSON.stringify([error, error.message, error.stack, String(error.cause)])).not.toContain(KEY);
    return error;
  }
}

test('an honest answer arrives whole, with the key in its header alone', async () => {
  const upstream = await upstreamThat(behaviours.honest());
  expect(JSON.parse((await get(upstream)) as string)).toMatchObject({ has_more: false, data: { length: 3 } });
  expect(upstream.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
});

test('a compressed answer is unpacked', async () => {
  const upstream = await upstreamThat(behaviours.gzip());
  expect(JSON.parse((await get(upstream)) as string)).toMatchObject({ data: { length: 3 } });
  expect(upstream.requests[0]!.headers['accept-encoding']).toContain('gzip');
});

const FAULTS: [string, Behaviour][] = [
  ['500', behaviours.status(500)],
  ['503', behaviours.status(503)],
  ['409', behaviours.status(409)],
  ['408', behaviours.status(408)],
  ['429 without a word', behaviours.status(429)],
  ['400 that says it should be retried', behaviours.status(400, { 'stripe-should-retry': 'true' })],
  ['a hang-up', behaviours.hangsUp()],
  ['a cut in the middle of the body', behaviours.cutsMidBody()],
];

test.each(FAULTS)('%s, then an answer: tried again', async (_, fault) => {
  const upstream = await upstreamThat(behaviours.inTurn([fault, fault]));
  expect(await get(upstream)).toContain('has_more');
  expect(upstream.requests).toHaveLength(3);
});

const REFUSALS: [string, Behaviour, object][] = [
  ['400', behaviours.status(400), { code: 'REQUEST_REFUSED', status: 400, retryable: false }],
  ['401', behaviours.status(401), { code: 'UNAUTHORIZED', status: 401, retryable: false }],
  ['403', behaviours.status(403), { code: 'FORBIDDEN', status: 403, retryable: false }],
  ['404', behaviours.status(404), { code: 'NOT_FOUND', status: 404, retryable: false }],
  [
    '500 that says it should not be retried',
    behaviours.status(500, { 'stripe-should-retry': 'false' }),
    { code: 'UPSTREAM_UNAVAILABLE', status: 500, retryable: true },
  ],
];

test.each(REFUSALS)('%s: told at once, with status, request id and reason', async (_, fault, expected) => {
  const upstream = await upstreamThat(fault);
  const error = await get(upstream);
  expect(error).toMatchObject({
    ...expected,
    attempts: 1,
    source: 'stripe',
    requestId: expect.stringMatching(/^req_/),
  });
  expect((error as Error).message).toContain('api_error');
  expect(upstream.requests).toHaveLength(1);
});

test('an error body that quotes the key is shown without it', async () => {
  const upstream = await upstreamThat(behaviours.status(401, {}, { error: { message: `Invalid API Key: ${KEY}` } }));
  expect(await get(upstream)).toMatchObject({ message: expect.stringContaining('Invalid API Key: [redacted]') });
});

test('what never gets better ends after the retries', async () => {
  const upstream = await upstreamThat(behaviours.status(429));
  expect(await get(upstream, { maxRetries: 2 })).toMatchObject({ code: 'RATE_LIMITED', status: 429, attempts: 3 });
  upstream.behave = behaviours.hangsUp();
  expect(await get(upstream, { maxRetries: 1 })).toMatchObject({
    code: 'CONNECTION_FAILED',
    attempts: 2,
    retryable: true,
  });
});

/**
 * The client's clock and timers by hand: what they end is decided here, not by how fast the machine is. A try may last
 * 150 ms, a wait 10 ms; each of them passes at once where a test lets it.
 */
function byHand() {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let [sent, heads] = [0, 0];
  const counting: typeof fetch = async (...request) => {
    sent += 1;
    const response = await fetch(...request);
    heads += 1;
    return response;
  };
  const pass = async (ms: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));
  /** Asked for where a wait begins. */
  const random = (): number => (setImmediate(pass, 10), 1);
  const delays = { attemptTimeoutMs: 150, initialDelayMs: 10, maxDelayMs: 10 };
  const options: TransportOptions = { ...delays, fetch: counting, random };
  /** The fault lasts longer than a try; with `midBody`, the head of its answer has arrived before. */
  const outlasts =
    (fault: Behaviour, midBody = false): Behaviour =>
    async (call) => {
      const before = heads;
      const faulty = fault(call);
      while (midBody && heads === before) await new Promise(setImmediate);
      setImmediate(pass, 150);
      await faulty;
    };
  return { options, outlasts, pass, sent: () => sent };
}

test.each([
  ['a stalled answer', behaviours.stalls(), false],
  ['a stalled body', behaviours.stallsMidBody(), true],
])('%s, then an answer: tried again', async (_, fault, midBody) => {
  const { options, outlasts } = byHand();
  const stalled = outlasts(fault, midBody);
  const upstream = await upstreamThat(behaviours.inTurn([stalled, stalled]));
  expect(await get(upstream, options)).toContain('has_more');
  expect(upstream.requests).toHaveLength(3);
});

test.each([
  ['in seconds', () => '1'],
  ['as a date', () => new Date(Date.now() + 1000).toUTCString()],
])('Retry-After is waited for, %s, and is no shorter than the backoff', async (_, retryAfter) => {
  const { options, pass, sent } = byHand();
  vi.setSystemTime(Date.UTC(2026, 0, 1));
  const waits: unknown[] = [];
  const random = (): number => (waits.push('wait'), 0);
  const upstream = await upstreamThat(behaviours.inTurn([behaviours.status(429, { 'retry-after': retryAfter() })]));
  const answer = get(upstream, { ...options, attemptTimeoutMs: 20_000, random });
  while (waits.length === 0) await new Promise(setImmediate);
  await pass(999);
  expect(sent()).toBe(1);
  await pass(1);
  expect(await answer).toContain('has_more');
});

test('a Retry-After beyond the deadline is not waited for but told', async () => {
  const { options } = byHand();
  const began = Date.now();
  const upstream = await upstreamThat(behaviours.status(429, { 'retry-after': '3600' }));
  expect(await get(upstream, options)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_600_000, attempts: 1 });
  expect(Date.now()).toBe(began);
});

test('the deadline holds over all tries', async () => {
  const { options, outlasts } = byHand();
  const upstream = await upstreamThat(outlasts(behaviours.stalls()));
  const began = Date.now();
  expect(await get(upstream, { ...options, deadlineMs: 400, maxRetries: 100 })).toMatchObject({
    code: 'TIMEOUT',
    attempts: 3,
  });
  expect(upstream.requests).toHaveLength(3);
  // A try that the deadline cuts short: what is left after two tries and their waits.
  expect(Date.now() - began).toBeLessThanOrEqual(3 * 150 + 2 * 10);
});

test('one try may not outlive the deadline, also when the timer fires before the clock says so', async () => {
  const { options, outlasts } = byHand();
  const upstream = await upstreamThat(outlasts(behaviours.stalls()));
  const began = Date.now();
  const late = { ...options, attemptTimeoutMs: 10_000, deadlineMs: 100 };
  expect(await get(upstream, late)).toMatchObject({ code: 'TIMEOUT', attempts: 1 });
  const early = { ...late, now: () => began };
  expect(await get(upstream, early)).toMatchObject({ code: 'TIMEOUT', attempts: 1 });
});

test('an abort ends a request, a wait, and what was never sent', async () => {
  const during = new AbortController();
  const upstream = await upstreamThat(() => (during.abort(), new Promise(() => {})));
  expect(await get(upstream, {}, during.signal)).toMatchObject({ code: 'ABORTED', attempts: 1 });
  const waiting = new AbortController();
  upstream.behave = behaviours.status(500);
  const random = (): number => (setImmediate(() => waiting.abort()), 1);
  const long = { initialDelayMs: 9_000, maxDelayMs: 9_000, random };
  expect(await get(upstream, long, waiting.signal)).toMatchObject({ code: 'ABORTED', attempts: 1 });
  const { length } = upstream.requests;
  expect(await get(upstream, {}, AbortSignal.abort())).toMatchObject({ code: 'ABORTED', attempts: 0 });
  expect(upstream.requests).toHaveLength(length);
});

test('a redirect is refused: the other host never sees the key', async () => {
  const thief = await upstreamThat(behaviours.honest());
  for (const status of [301, 302, 303, 307, 308]) {
    const upstream = await upstreamThat(behaviours.redirects(`${thief.url}${PATH}`, status));
    expect(await get(upstream)).toMatchObject({ code: 'REDIRECTED', status, attempts: 1 });
  }
  expect(thief.requests).toHaveLength(0);
});

test('the cap counts unpacked bytes, and stops reading when it is passed', async () => {
  const upstream = await upstreamThat(behaviours.gzipBomb(1024 * 1024 * 1024));
  const before = process.memoryUsage().rss;
  expect(await get(upstream, { maxBytes: 1024 * 1024 })).toMatchObject({ code: 'RESPONSE_TOO_LARGE', attempts: 1 });
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  upstream.behave = behaviours.status(500, { 'stripe-should-retry': 'false' }, 'x'.repeat(1024 * 1024));
  expect(await get(upstream)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('the byte budget is shared by all pages of a list', async () => {
  const upstream = await upstreamThat(behaviours.honest());
  const page = (await get(upstream)) as string;
  const session = transport(upstream.url, { maxBytes: page.length * 2 + 10 }).session();
  await session.get(PATH, text);
  await session.get(PATH, text);
  await expect(session.get(PATH, text)).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
});

test('connections are kept', async () => {
  const upstream = await upstreamThat(behaviours.inTurn([behaviours.status(500), behaviours.status(429)]));
  const session = transport(upstream.url).session();
  for (let i = 0; i < 20; i += 1) await session.get(PATH, text);
  expect(upstream.requests).toHaveLength(22);
  // The runtime may open a second one before the first is idle again.
  expect(upstream.connections).toBeLessThanOrEqual(2);
});

test('wrong options are heard at once', () => {
  for (const wrong of [{ maxRetries: -1 }, { deadlineMs: NaN }, { maxBytes: 0 }, { attemptTimeoutMs: '5' as never }]) {
    expect(() => transport('http://127.0.0.1', wrong)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  }
});
