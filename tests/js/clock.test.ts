import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { Alarm, systemClock } from '../../js/client/clock.js';
import { answers, client, DAY, HandClock, T0 } from './support.js';

describe('given an alarm', () => {
  it('rings once, at the moment and not before', async () => {
    const clock = new HandClock();
    const rings: number[] = [];
    new Alarm(clock, (now) => rings.push(now)).set(T0 + 5000);
    await clock.advance(4999);
    expect(rings).toEqual([]);
    await clock.advance(10_000);
    expect(rings).toEqual([T0 + 5000]);
    expect(clock.pending).toBe(0);
  });

  it('reaches moments beyond the longest timer of a host', async () => {
    const clock = new HandClock();
    const rings: number[] = [];
    new Alarm(clock, (now) => rings.push(now)).set(T0 + 400 * DAY);
    await clock.advance(399 * DAY);
    expect(rings).toEqual([]);
    await clock.advance(2 * DAY);
    expect(rings).toEqual([T0 + 400 * DAY]);
  });

  it('waits on when a host fires early', async () => {
    const clock = new HandClock();
    const early = new HandClock();
    const rings: number[] = [];
    const alarm = new Alarm({ ...early, now: clock.now }, (now) => rings.push(now));
    alarm.set(T0 + 100);
    await early.advance(100);
    expect(rings).toEqual([]);
    clock.time += 100;
    await early.advance(100);
    expect(rings).toEqual([T0 + 100]);
  });

  it('forgets an earlier moment when it is set again, and never rings at Infinity', async () => {
    const clock = new HandClock();
    const rings: number[] = [];
    const alarm = new Alarm(clock, (now) => rings.push(now));
    alarm.set(T0 + 10);
    alarm.set(T0 + 20);
    await clock.advance(100);
    expect(rings).toEqual([T0 + 20]);
    alarm.set(T0 + 200);
    alarm.set(Infinity);
    await clock.advance(1000);
    expect(rings).toHaveLength(1);
  });
});

describe('given the system clock', () => {
  it('waits long where it is told to wait longer than a host can', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const run = vi.fn();
    for (const ms of [Infinity, 2 ** 31]) systemClock.setTimeout(run, ms);
    vi.advanceTimersByTime(DAY);
    expect(run).not.toHaveBeenCalled();
  });

  it('runs and clears timers that do not keep the process alive', async () => {
    const run = vi.fn();
    const timer = systemClock.setTimeout(run, 1) as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    const cleared = systemClock.setTimeout(() => expect.unreachable(), 1);
    systemClock.clearTimeout(cleared);
    await expect.poll(() => run.mock.calls.length).toBe(1);
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    expect(systemClock.now()).toBeLessThanOrEqual(Date.now());
  });
});

it('takes lists by a clock that tells fractions, as one does that goes on by ticks', async () => {
  const body = { object: 'list', data: [], has_more: false };
  const clock = new HandClock();
  clock.time = T0 + 0.25;
  const { gate } = await client({ url: '/e', format: 'stripe', customer: 'cus_1', fetch: answers(body), clock });
  expect([gate.error, gate.info?.asOf]).toEqual([undefined, T0]);
});
