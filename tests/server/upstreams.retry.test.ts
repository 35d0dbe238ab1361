// The backoff as a pure function, and the sharing of fetches.
import { expect, test } from 'vitest';

import { judgeAnswer, parseRetryAfter, retryDelay } from '../../js/server/upstreams/retry.js';
import { SingleFlight } from '../../js/server/upstreams/single-flight.js';

const NOW = Date.UTC(2026, 0, 1);

test('Retry-After: seconds, an HTTP date, or nothing', () => {
  const cases: [string | null, number | undefined][] = [
    ['0', 0],
    ['2', 2_000],
    [' 1.5 ', 1_500],
    ['99999999999', 86_400_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400_000],
    [null, undefined],
    ['', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['1e3', undefined],
    ['Thu, 99 Foo 2026', undefined],
  ];
  for (const [header, expected] of cases) {
    expect([header, parseRetryAfter(header, NOW)]).toEqual([header, expected]);
  }
});

test('what is worth another try', () => {
  const judge = (status: number, headers: Record<string, string> = {}) =>
    judgeAnswer(status, new Headers(headers), NOW).retry;
  expect([408, 409, 429, 500, 502, 503, 504, 599].map((status) => judge(status))).not.toContain(false);
  expect([400, 401, 402, 403, 404, 410, 422].map((status) => judge(status))).not.toContain(true);
  expect(judge(402, { 'stripe-should-retry': 'true' })).toBe(true);
  expect(judge(503, { 'stripe-should-retry': 'false' })).toBe(false);
  expect(judge(503, { 'stripe-should-retry': 'perhaps' })).toBe(true);
  expect(judgeAnswer(429, new Headers({ 'retry-after': '7' }), NOW)).toEqual({ retry: true, retryAfterMs: 7_000 });
});

test('the wait doubles, is capped, half of it is chance, and never less than asked for', () => {
  const options = (chance: number) => ({ initialDelayMs: 500, maxDelayMs: 8_000, random: () => chance });
  const waits = (chance: number) => [1, 2, 3, 4, 5, 6, 60, 2_000].map((n) => retryDelay(n, undefined, options(chance)));
  expect(waits(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
  expect(waits(0)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000]);
  expect(retryDelay(1, 20_000, options(0))).toBe(20_000);
  expect(retryDelay(1, 20_000, options(0.5))).toBe(20_250);
  expect(retryDelay(3, 1, options(1))).toBe(2_000);
});

/** Tasks that end when told. */
function desk() {
  const started: { key: string; end: (value: string) => void; fail: (error: Error) => void; signal: AbortSignal }[] =
    [];
  const flights = new SingleFlight<string>(() => new Error('left'));
  const run = (key: string, options?: { signal?: AbortSignal; fresh?: boolean }) =>
    flights.run(
      key,
      (signal) =>
        new Promise<string>((end, fail) => {
          started.push({ key, end, fail, signal });
          signal.addEventListener('abort', () => fail(new Error('aborted')));
        }),
      options,
    );
  return { started, run };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test('callers of one customer share a flight; another customer has its own; the next one starts anew', async () => {
  const { started, run } = desk();
  const answers = [run('a'), run('a'), run('b')];
  expect(started.map(({ key }) => key)).toEqual(['a', 'b']);
  started[0]!.end('list of a');
  started[1]!.end('list of b');
  expect(await Promise.all(answers)).toEqual(['list of a', 'list of a', 'list of b']);
  await settle();
  const third = run('a');
  expect(started).toHaveLength(3);
  started[2]!.end('later');
  expect(await third).toBe('later');
});

test('a failure reaches all who wait, and nobody after', async () => {
  const { started, run } = desk();
  const answers = [run('a'), run('a')];
  started[0]!.fail(new Error('503'));
  expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = run('a');
  started[1]!.end('fine');
  expect(await again).toBe('fine');
});

test('a fresh caller never gets what was asked for before; all fresh callers share one', async () => {
  const { started, run } = desk();
  const old = run('a');
  const fresh = [run('a', { fresh: true }), run('a', { fresh: true })];
  const joinsOld = run('a');
  expect(started).toHaveLength(1);
  started[0]!.end('before the event');
  expect(await old).toBe('before the event');
  expect(await joinsOld).toBe('before the event');
  await settle();
  expect(started).toHaveLength(2);
  const freshest = run('a', { fresh: true });
  started[1]!.end('after the event');
  expect(await Promise.all(fresh)).toEqual(['after the event', 'after the event']);
  await settle();
  expect(started).toHaveLength(3);
  started[2]!.end('after both');
  expect(await freshest).toBe('after both');
});

test('a fresh flight starts also when the one before it failed', async () => {
  const { started, run } = desk();
  const old = run('a');
  const fresh = run('a', { fresh: true });
  started[0]!.fail(new Error('503'));
  await expect(old).rejects.toThrow('503');
  await settle();
  started[1]!.end('after');
  expect(await fresh).toBe('after');
});

test('one caller leaves, the flight goes on; the last one leaves, it stops', async () => {
  const { started, run } = desk();
  const [first, second] = [new AbortController(), new AbortController()];
  const answers = [run('a', { signal: first.signal }), run('a', { signal: second.signal })];
  first.abort();
  await expect(answers[0]).rejects.toThrow('left');
  expect(started[0]!.signal.aborted).toBe(false);
  second.abort();
  await expect(answers[1]).rejects.toThrow('left');
  expect(started[0]!.signal.aborted).toBe(true);
  // Whoever comes now does not join what is being stopped.
  const next = run('a');
  await settle();
  started[1]!.end('new');
  expect(await next).toBe('new');
});

test('a caller that waits for a fresh flight may leave before it starts', async () => {
  const { started, run } = desk();
  const old = run('a');
  const controller = new AbortController();
  const fresh = run('a', { fresh: true, signal: controller.signal });
  controller.abort();
  await expect(fresh).rejects.toThrow('left');
  started[0]!.end('done');
  await old;
  await settle();
  expect(started).toHaveLength(1);
  expect(await Promise.race([run('a', { signal: AbortSignal.abort() }).catch(() => 'refused'), settle()])).toBe(
    'refused',
  );
});
