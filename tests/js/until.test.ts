import { afterEach, describe, expect, it, vi } from 'vitest';

import { DeviceClock } from '../../js/client/clock.js';
import { answers, client, DAY, HandClock, list, row, SECOND, settle, T0 } from './support.js';
import { FakeServer, WrongClock } from './world.js';

const free = list([]);
const pro = list([row('pro')], { asOf: T0 });
const isPro = (gate: { hasFeature(key: string): boolean }): boolean => gate.hasFeature('pro');

afterEach(() => void vi.restoreAllMocks());

describe('given a change that is awaited', () => {
  it('is true at once, without a request, when it is there already', async () => {
    const fetch = answers(pro);
    const { gate, clock } = await client({ url: '/e', fetch });
    const timers = clock.pending;
    expect(await gate.refreshUntil(isPro)).toBe(true);
    expect([fetch.calls.length, clock.pending]).toEqual([1, timers]);
  });

  it('asks until it is there, ever more slowly, through failures', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const fetch = answers(free, free, new Error('offline'), free, pro);
    const { gate, clock } = await client({ url: '/e', fetch });
    const done = vi.fn();
    const waiting = gate.refreshUntil(isPro, { timeoutMs: 20 * SECOND }).then(done);
    await settle();
    const at = async (ms: number): Promise<number> => (await clock.advance(ms), fetch.calls.length);
    // Waits of 500, 1000 and 2000 ms.
    expect([await at(499), await at(1), await at(999), await at(1)]).toEqual([2, 3, 3, 4]);
    expect(done).not.toHaveBeenCalled();
    expect([await at(1999), await at(1)]).toEqual([4, 5]);
    await waiting;
    expect(done).toHaveBeenCalledWith(true);
    expect(await at(60 * SECOND)).toBe(5);
    expect(clock.pending).toBe(0);
  });

  it('waits no longer than 8 s, and at least half of that', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(1);
    const fetch = answers(free);
    const { gate, clock } = await client({ url: '/e', fetch });
    void gate.refreshUntil(isPro, { timeoutMs: 1000 * SECOND });
    await clock.advance(60 * SECOND);
    const count = fetch.calls.length;
    await clock.advance(80 * SECOND);
    expect(fetch.calls.length - count).toBe(10);
    random.mockReturnValue(0);
    await clock.advance(8 * SECOND);
    const faster = fetch.calls.length;
    await clock.advance(40 * SECOND);
    expect(fetch.calls.length - faster).toBe(10);
    gate.dispose();
  });

  it('hears of it also when somebody else refreshes', async () => {
    const fetch = answers(free, free, pro);
    const { gate, clock } = await client({ url: '/e', fetch });
    const waiting = gate.refreshUntil(isPro);
    await settle();
    await gate.refresh();
    expect(await waiting).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('is false when time is out, a request under way included', async () => {
    const fetch = answers(free, () => new Promise(() => {}));
    const { gate, clock } = await client({ url: '/e', fetch, timeoutMs: 60 * SECOND });
    const done = vi.fn();
    void gate.refreshUntil(isPro, { timeoutMs: 5 * SECOND }).then(done);
    await clock.advance(5 * SECOND - 1);
    expect(done).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(done).toHaveBeenCalledWith(false);
  });

  it('gives up after 30 s unless told', async () => {
    const { gate, clock } = await client({ url: '/e', fetch: answers(free) });
    const done = vi.fn();
    void gate.refreshUntil(isPro, { timeoutMs: undefined, signal: undefined }).then(done);
    await clock.advance(30 * SECOND - 1);
    expect(done).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(done).toHaveBeenCalledWith(false);
  });

  it.each(['abort', 'dispose'] as const)('is false after %s, then and before', async (way) => {
    const fetch = answers(free);
    const { gate, clock } = await client({ url: '/e', fetch });
    const controller = new AbortController();
    const waiting = gate.refreshUntil(isPro, { signal: controller.signal });
    await settle();
    if (way === 'abort') controller.abort();
    else gate.dispose();
    expect(await waiting).toBe(false);
    const { length } = fetch.calls;
    expect(await gate.refreshUntil(isPro, { signal: controller.signal })).toBe(false);
    await clock.advance(60 * SECOND);
    expect([fetch.calls.length, clock.pending]).toEqual([length, 0]);
  });

  it('rejects with what the predicate throws, and stops', async () => {
    const fetch = answers(free);
    const { gate, clock } = await client({ url: '/e', fetch });
    const fault = new Error('a fault of the application');
    const predicate = (): boolean => {
      throw fault;
    };
    await expect(gate.refreshUntil(predicate)).rejects.toBe(fault);
    await clock.advance(60 * SECOND);
    expect([fetch.calls.length, clock.pending]).toEqual([1, 0]);
  });

  it('waits no longer than told when a server puts the clock right meanwhile', async () => {
    const hand = new HandClock();
    const server = new FakeServer(hand);
    server.weather = 'held';
    const clock = new DeviceClock(new WrongClock(hand, DAY));
    const { gate } = await client({ url: '/e', fetch: server.fetch, bootstrap: free, clock });
    const done = vi.fn();
    void gate.refreshUntil(isPro, { timeoutMs: 30 * SECOND }).then(done);
    server.release();
    await hand.advance(30 * SECOND - 1);
    expect([clock.now() - hand.time < SECOND, done.mock.calls.length]).toEqual([true, 0]);
    await hand.advance(1);
    expect(done).toHaveBeenCalledWith(false);
  });
});
