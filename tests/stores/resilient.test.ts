// Resilience, with a store that fails on command.

import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { memory, resilient, StoreError } from '../../js/stores/index.js';
import type { Entry, ResilientOptions, ResilientStore, Store } from '../../js/stores/index.js';
import { storeContract } from './contract.js';
import { cus, DAY, list, T0, until } from './contract-support.js';

type Fault = 'none' | 'down' | 'answer lost' | 'hangs' | 'refuses';

/** A store behind a line that can fail: before the call, or after it was carried out. */
function behindLine(store: Store): { store: Store; line: { fault: Fault; calls: number } } {
  const line = { fault: 'none' as Fault, calls: 0 };
  const call = async (name: keyof Store, args: unknown[]): Promise<unknown> => {
    line.calls += 1;
    const { fault } = line;
    if (fault === 'hangs') return new Promise(() => {});
    if (fault === 'down') throw new StoreError('STORE_UNAVAILABLE', 'the line is down');
    if (fault === 'refuses') throw new StoreError('STORE_FAILED', 'no right to do this');
    const answer = await (store[name] as (...all: unknown[]) => Promise<unknown>)(...args);
    if (fault === 'answer lost') {
      line.fault = 'none';
      throw new StoreError('STORE_UNAVAILABLE', 'the line went down');
    }
    return answer;
  };
  const failing =
    (name: keyof Store) =>
    (...args: unknown[]) =>
      call(name, args);
  // Closing needs no line.
  const handler = { get: (_: Store, name: keyof Store) => (name === 'close' ? () => store.close() : failing(name)) };
  return { store: new Proxy(store, handler), line };
}

const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

function setUp(options: ResilientOptions = {}): {
  kept: Store;
  store: ResilientStore;
  line: { fault: Fault; calls: number };
} {
  const kept = memory();
  const { store, line } = behindLine(kept);
  const wrapped = resilient(store, { retryMinMs: 5, retryMaxMs: 20, timeoutMs: 200, ...options });
  opened.push(wrapped);
  return { kept, store: wrapped, line };
}

const use = { ...cus(), key: 'calls', periodStart: T0, now: T0, limit: 10, amount: 3 };
const unavailable = { code: 'STORE_UNAVAILABLE', retryable: true };

storeContract('resilient around memory', { kind: 'memory', fresh: async (retention) => resilient(memory(retention)) });

describe('resilient: reads', () => {
  it('answers from memory as stale while the store is down, and from the store again after', async () => {
    const { kept, store, line } = setUp();
    await store.put(list(T0));
    line.fault = 'down';
    expect(await store.get(cus())).toMatchObject({ asOf: T0, stale: true });
    await kept.put(list(T0 + 1));
    line.fault = 'none';
    await until(async () => (await store.get(cus()))?.asOf === T0 + 1, 'the store to be asked again');
    expect(await store.get(cus())).not.toHaveProperty('stale');
  });

  it('does not call a customer unknown that it could not look up', async () => {
    const { store, line } = setUp();
    expect(await store.get(cus('nobody'))).toBeNull();
    line.fault = 'down';
    await expect(store.get(cus('nobody'))).rejects.toMatchObject(unavailable);
    await expect(store.listCustomers()).rejects.toMatchObject(unavailable);
    expect(await store.health()).toMatchObject({ ok: false, queued: 0 });
  });

  it('does not wait for a store that hangs, and does not ask it each time', async () => {
    const { store, line } = setUp({ timeoutMs: 50, retryMinMs: 60_000, retryMaxMs: 60_000 });
    await store.put(list(T0));
    line.fault = 'hangs';
    expect(await store.get(cus())).toMatchObject({ stale: true });
    const { calls } = line;
    for (let i = 0; i < 20; i += 1) expect(await store.get(cus())).toMatchObject({ stale: true });
    await expect(store.get(cus('other'))).rejects.toMatchObject(unavailable);
    expect(line.calls).toBe(calls);
  });

  it('does not take the report that the store is down for an answer of it', async () => {
    const onRecover = vi.fn();
    const { kept, store, line } = setUp({ timeoutMs: 50, retryMinMs: 60_000, retryMaxMs: 60_000, onRecover });
    await store.put(list(T0));
    line.fault = 'hangs';
    expect(await store.get(cus())).toMatchObject({ stale: true });
    line.fault = 'none';
    vi.spyOn(kept, 'health').mockResolvedValueOnce({ ok: false, kind: 'memory', durability: 'unknown', error: 'down' });
    expect(await store.health()).toMatchObject({ ok: false, error: 'down', queued: 0 });
    const { calls } = line;
    expect(await store.get(cus())).toMatchObject({ stale: true });
    expect([line.calls, onRecover.mock.calls]).toEqual([calls, []]);
    expect(await store.health()).toMatchObject({ ok: true });
    expect(onRecover).toHaveBeenCalledOnce();
    expect(await store.get(cus())).not.toHaveProperty('stale');
  });

  it('asks again after the wait, also when the clock was set back meanwhile', async () => {
    const { store, line } = setUp();
    await store.put(list(T0));
    line.fault = 'down';
    expect(await store.get(cus())).toMatchObject({ stale: true });
    line.fault = 'none';
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - DAY });
    onTestFinished(() => void vi.useRealTimers());
    await until(async () => !(await store.get(cus()))?.stale, 'the store to be asked again');
  });

  it('holds the most recently used, up to its bound', async () => {
    const { store, line } = setUp({ maxEntries: 2 });
    for (const name of ['cus_1', 'cus_2']) await store.put(list(T0, '{}', cus(name)));
    await store.get(cus('cus_1'));
    await store.put(list(T0, '{}', cus('cus_3')));
    line.fault = 'down';
    expect(await store.get(cus('cus_1'))).toMatchObject({ stale: true });
    expect(await store.get(cus('cus_3'))).toMatchObject({ stale: true });
    await expect(store.get(cus('cus_2'))).rejects.toMatchObject(unavailable);
  });
});

describe('resilient: puts', () => {
  it('queues without acknowledging, serves what is queued, and keeps it when the store is back', async () => {
    const { kept, store, line } = setUp();
    const first = await store.put(list(T0, '{"n":1}', { base: 0 }));
    const base = (first.current as Entry).version;
    line.fault = 'down';
    // Each against the one before, as its caller saw it.
    const sso = await store.put(list(T0 + 1, '{"n":2}', { base, changes: [{ kind: 'granted', key: 'sso' }] }));
    expect(sso).toMatchObject({
      stored: false,
      reason: 'queued',
      current: { asOf: T0 + 1, version: base, stale: true },
    });
    const again = (await store.get(cus())) as Entry;
    await store.put(list(T0 + 2, '{"n":3}', { base: again.version, changes: [{ kind: 'revoked', key: 'sso' }] }));
    expect(store.queued).toBe(2);
    expect(await store.get(cus())).toMatchObject({ snapshot: '{"n":3}', stale: true });
    expect((await kept.get(cus()))?.asOf).toBe(T0);
    line.fault = 'none';
    await until(() => store.queued === 0, 'the queue to empty');
    expect((await kept.get(cus()))?.snapshot).toBe('{"n":3}');
    expect((await kept.listAudit()).map(({ kind }) => kind)).toEqual(['granted', 'revoked']);
    expect(await store.get(cus())).toEqual(await kept.get(cus()));
  });

  it('refuses an older list than the one it holds, also while the store is down', async () => {
    const { store, line } = setUp();
    await store.put(list(T0));
    line.fault = 'down';
    expect(await store.put(list(T0 - 1))).toMatchObject({
      stored: false,
      reason: 'older',
      current: { asOf: T0, stale: true },
    });
    expect(store.queued).toBe(0);
  });

  it('keeps also what began to wait while it was keeping the rest', async () => {
    const { kept, store, line } = setUp({ timeoutMs: 60_000 });
    const keepNow = kept.put.bind(kept);
    const arrivals: (() => void)[] = [];
    vi.spyOn(kept, 'put').mockImplementation(async (put) => {
      await new Promise<void>((arrive) => arrivals.push(arrive));
      return keepNow(put);
    });
    line.fault = 'down';
    for (const id of ['first', 'second']) await store.put(list(T0, '{}', cus(id)));
    line.fault = 'none';
    await until(() => arrivals.length === 1, 'the first to be on its way');
    line.fault = 'down';
    await expect(store.clock()).rejects.toMatchObject(unavailable);
    expect(await store.put(list(T0, '{}', cus('third')))).toMatchObject({ reason: 'queued' });
    line.fault = 'none';
    arrivals[0]?.();
    await until(() => arrivals.length === 2, 'the second to be on its way');
    // It takes longer than the next try.
    await new Promise((resolve) => setTimeout(resolve, 100));
    arrivals[1]?.();

    await until(() => arrivals.length === 3, 'the third to be on its way');
    arrivals[2]?.();
    await until(() => store.queued === 0, 'the queue to empty');
    expect(await kept.get(cus('third'))).not.toBeNull();
  });

  it('goes on with lists that follow one another where the store went down between them', async () => {
    const { kept, store, line } = setUp({ retryMinMs: 60_000, retryMaxMs: 60_000 });
    const base = ((await store.put(list(T0, '{"n":1}', { base: 0 }))).current as Entry).version;
    await kept.put(list(T0, '{}', cus('other')));
    line.fault = 'down';
    await store.put(list(T0 + 1, '{"n":2}', { base, changes: [{ kind: 'granted', key: 'sso' }] }));
    await store.put(list(T0 + 2, '{"n":3}', { base, changes: [{ kind: 'revoked', key: 'sso' }] }));
    const keepNow = kept.put.bind(kept);
    vi.spyOn(kept, 'put').mockImplementationOnce(async (put) => {
      const result = await keepNow(put);
      line.fault = 'down';
      return result;
    });
    line.fault = 'none';
    await expect(store.flush()).rejects.toMatchObject(unavailable);
    expect(store.queued).toBe(1);
    line.fault = 'none';
    await store.flush();
    expect((await kept.get(cus()))?.snapshot).toBe('{"n":3}');
    expect((await kept.listAudit()).map(({ kind }) => kind)).toEqual(['granted', 'revoked']);
    expect(await kept.pending()).toEqual([]);
  });

  it('gives up a queued list for a later one in the store', async () => {
    const { kept, store, line } = setUp();
    line.fault = 'down';
    await store.put(list(T0));
    await kept.put(list(T0 + 5, '{"newer":1}'));
    line.fault = 'none';
    await store.flush();
    expect((await store.get(cus()))?.snapshot).toBe('{"newer":1}');
    expect(await kept.pending()).toEqual([]);
  });

  it('has a customer fetched again whose list was replaced under a queued diff', async () => {
    const onError = vi.fn();
    const { kept, store, line } = setUp({ onError });
    line.fault = 'down';
    await store.put(list(T0 + 9, '{}', { base: 0, changes: [{ kind: 'granted', key: 'sso' }] }));
    await kept.put(list(T0 + 5, '{"other":1}'));
    line.fault = 'none';
    await store.flush();
    expect(await kept.pending()).toMatchObject([cus()]);
    expect(await kept.listAudit()).toEqual([]);
    expect(onError).toHaveBeenLastCalledWith(
      expect.objectContaining({ code: 'STORE_CONFLICT' }),
      expect.objectContaining(cus()),
    );
    expect(await store.get(cus())).toMatchObject({ snapshot: '{"other":1}' });
  });

  it('is bounded: what cannot even wait is refused', async () => {
    const { store, line } = setUp({ maxQueued: 2 });
    line.fault = 'down';
    await store.put(list(T0, '{}', cus('a')));
    await store.put(list(T0, '{}', cus('b')));
    await expect(store.put(list(T0, '{}', cus('c')))).rejects.toMatchObject(unavailable);
    expect(store.queued).toBe(2);
    await expect(store.flush()).rejects.toMatchObject(unavailable);
  });

  it('tells a refusal at once, and gives up a queued put that is refused', async () => {
    const onError = vi.fn();
    const { store, line } = setUp({ onError });
    line.fault = 'refuses';
    await expect(store.put(list(T0))).rejects.toMatchObject({ code: 'STORE_FAILED' });
    line.fault = 'down';
    await store.put(list(T0));
    line.fault = 'refuses';
    await store.flush();
    expect(store.queued).toBe(0);
    expect(onError).toHaveBeenLastCalledWith(
      expect.objectContaining({ code: 'STORE_FAILED' }),
      expect.objectContaining({ asOf: T0 }),
    );
  });

  it('writes once when the answer was lost', async () => {
    const { kept, store, line } = setUp();
    line.fault = 'answer lost';
    await store.put(list(T0, '{}', { base: 0, changes: [{ kind: 'granted', key: 'sso' }] }));
    await until(() => store.queued === 0, 'the queue to empty');
    expect(await kept.listAudit()).toHaveLength(1);
    expect(await kept.pending()).toEqual([]);
  });

  it('tries what is queued once more when it is closed', async () => {
    const { kept, store, line } = setUp({ retryMinMs: 60_000, retryMaxMs: 60_000 });
    const put = vi.spyOn(kept, 'put');
    line.fault = 'down';
    await store.put(list(T0));
    line.fault = 'none';
    await store.close();
    expect(put).toHaveBeenCalledOnce();
  });
});

describe('resilient: what must be kept before it is answered', () => {
  it('throws when the store stays down', async () => {
    const { kept, store, line } = setUp();
    line.fault = 'down';
    await expect(store.markPending({ ...cus(), eventId: 'evt_1', receivedAt: T0 })).rejects.toMatchObject(unavailable);
    await expect(store.consume(use)).rejects.toMatchObject(unavailable);
    await expect(store.release({ ...use, amount: 1 })).rejects.toMatchObject(unavailable);
    expect(line.calls).toBe(9);
    expect(await kept.pending()).toEqual([]);
    expect(await kept.usage(use)).toEqual({ used: 0 });
  });

  it('counts once when the answer was lost, with and without a key', async () => {
    const { kept, store, line } = setUp();
    line.fault = 'answer lost';
    expect(await store.consume(use)).toEqual({ accepted: true, used: 3, over: false, replayed: false });
    line.fault = 'answer lost';
    expect(await store.consume({ ...use, idempotencyKey: 'job' })).toMatchObject({
      accepted: true,
      used: 6,
      replayed: true,
    });
    line.fault = 'answer lost';
    expect(await store.release({ ...use, amount: 2 })).toEqual({ released: 2, used: 4, replayed: false });
    expect(await kept.usage(use)).toEqual({ used: 4 });
  });

  it('gives back at once the refetches that it was lent too late', async () => {
    const { kept, store } = setUp({ timeoutMs: 20 });
    const claim = { now: T0, leaseMs: 60_000 };
    await kept.markPending({ ...cus(), receivedAt: T0 });
    const claimNow = kept.claimPending.bind(kept);
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    vi.spyOn(kept, 'claimPending').mockImplementationOnce(async (asked) => {
      const lent = await claimNow(asked);
      await answered;
      return lent;
    });
    await expect(store.claimPending(claim)).rejects.toMatchObject(unavailable);
    expect(await kept.claimPending(claim)).toEqual([]);
    answer();
    await until(async () => (await kept.claimPending(claim)).length === 1, 'them to be lent again');
  });

  it('remembers a mark whose answer was lost', async () => {
    const { kept, store, line } = setUp();
    line.fault = 'answer lost';
    expect(await store.markPending({ ...cus(), eventId: 'evt_1', receivedAt: T0 })).toEqual({ first: false });
    expect(await kept.pending()).toHaveLength(1);
  });

  it('tells when the store went down and when it came back, once each', async () => {
    const onError = vi.fn();
    const onRecover = vi.fn();
    const { store, line } = setUp({ onError, onRecover });
    line.fault = 'down';
    for (let i = 0; i < 3; i += 1) await expect(store.pending()).rejects.toMatchObject(unavailable);
    line.fault = 'none';
    await store.pending();
    await store.pending();
    expect(onError).toHaveBeenCalledOnce();
    expect(onRecover).toHaveBeenCalledOnce();
  });
});
