// The contract of all stores, second part: usage counters.

import { expect, it } from 'vitest';
import type { Consumption, CounterKey } from '../../js/stores/index.js';
import { cus, DAY, T0 } from './contract-support.js';
import type { Fresh, Other, Subject } from './contract-support.js';

export function usage(fresh: Fresh, other: Other, subject: Subject): void {
  const period = { periodStart: T0, periodEnd: T0 + 30 * DAY };
  const calls = (amount: number, more: Partial<Consumption> = {}): Consumption => ({
    ...cus(),
    key: 'calls',
    ...period,
    now: T0 + 1,
    limit: 10,
    amount,
    ...more,
  });
  const counter = (more: Partial<CounterKey> = {}): CounterKey => ({
    ...cus(),
    key: 'calls',
    ...period,
    now: T0 + 1,
    ...more,
  });

  it('counts up to a hard limit and no further', async () => {
    const store = await fresh();
    expect(await store.consume(calls(7))).toEqual({ accepted: true, used: 7, over: false, replayed: false });
    expect(await store.consume(calls(4))).toEqual({ accepted: false, used: 7, over: false, replayed: false });
    expect(await store.consume(calls(3))).toEqual({ accepted: true, used: 10, over: false, replayed: false });
    expect(await store.consume(calls(0.001))).toMatchObject({ accepted: false, used: 10 });
    expect(await store.consume(calls(0))).toMatchObject({ accepted: true, used: 10 });
    expect(await (await other(store)).usage(counter())).toEqual({ used: 10 });
    expect(await store.consume(calls(5, { customer: 'cus_2', limit: 0 }))).toMatchObject({ accepted: false, used: 0 });
  });

  it('goes past a soft limit and says so, and knows no limit where there is none', async () => {
    const store = await fresh();
    expect(await store.consume(calls(10, { soft: true }))).toMatchObject({ accepted: true, over: false });
    expect(await store.consume(calls(1, { soft: true }))).toMatchObject({ accepted: true, used: 11, over: true });
    expect(await store.consume(calls(1))).toMatchObject({ accepted: false, used: 11 });
    expect(await store.consume(calls(1e12, { limit: null }))).toMatchObject({
      accepted: true,
      used: 1e12 + 11,
      over: false,
    });
  });

  it('keeps fractions to the last bit', async () => {
    const store = await fresh();
    let expected = 0;
    for (const amount of [0.1, 0.2, 1 / 3, 123456.789012345]) {
      await store.consume(calls(amount, { limit: null }));
      expected += amount;
    }
    expect(await store.usage(counter())).toEqual({ used: expected });
    await store.consume(calls(1 / 3, { key: 'thirds', limit: null, idempotencyKey: 'third' }));
    expect(await store.consume(calls(1 / 3, { key: 'thirds', limit: null, idempotencyKey: 'third' }))).toMatchObject({
      used: 1 / 3,
    });
  });

  it('gives the first answer again for the same idempotency key, refusals included', async () => {
    const store = await fresh();
    const second = await other(store);
    const request = calls(6, { idempotencyKey: 'job-1' });
    expect(await store.consume(request)).toMatchObject({ accepted: true, used: 6, replayed: false });
    expect(await store.consume(calls(1))).toMatchObject({ used: 7 });
    expect(await second.consume(request)).toEqual({ accepted: true, used: 6, over: false, replayed: true });
    const refused = calls(9, { idempotencyKey: 'job-2' });
    expect(await store.consume(refused)).toMatchObject({ accepted: false, used: 7, replayed: false });
    await store.release({ ...counter(), amount: 7 });
    expect(await second.consume(refused)).toEqual({ accepted: false, used: 7, over: false, replayed: true });
    expect(await store.usage(counter())).toEqual({ used: 0 });
    const soft = calls(11, { idempotencyKey: 'job-3', soft: true });
    await store.consume(soft);
    expect(await store.consume(soft)).toEqual({ accepted: true, used: 11, over: true, replayed: true });
    await expect(store.consume(calls(5, { idempotencyKey: 'job-1' }))).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
    await expect(store.consume(calls(6, { idempotencyKey: 'job-1', key: 'mails' }))).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
    expect(await store.consume(calls(1, { idempotencyKey: 'job-1', customer: 'cus_2' }))).toMatchObject({
      replayed: false,
    });
  });

  it('gives back a consumption once', async () => {
    const store = await fresh();
    await store.consume(calls(6, { idempotencyKey: 'job-1' }));
    await store.consume(calls(3));
    const release = { ...counter(), consumed: 'job-1' };
    expect(await store.release(release)).toEqual({ released: 6, used: 3, replayed: false });
    expect(await (await other(store)).release(release)).toEqual({ released: 0, used: 3, replayed: true });
    expect(await store.release({ ...counter(), consumed: 'unknown' })).toEqual({
      released: 0,
      used: 3,
      replayed: false,
    });
    await store.consume(calls(60, { idempotencyKey: 'refused' }));
    expect(await store.release({ ...counter(), consumed: 'refused' })).toEqual({
      released: 0,
      used: 3,
      replayed: false,
    });
  });

  it('gives back an amount, never below zero, once per key', async () => {
    const store = await fresh();
    await store.consume(calls(6));
    const release = { ...counter(), amount: 4, idempotencyKey: 'back-1' };
    expect(await store.release(release)).toEqual({ released: 4, used: 2, replayed: false });
    expect(await store.release(release)).toEqual({ released: 0, used: 2, replayed: true });
    expect(await store.release({ ...counter(), amount: 5 })).toEqual({ released: 2, used: 0, replayed: false });
    await expect(store.release({ ...release, amount: 3 })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    await expect(store.consume(calls(4, { idempotencyKey: 'back-1' }))).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
  });

  it('starts each period at zero, also before a new list was fetched', async () => {
    const store = await fresh();
    await store.consume(calls(10, { base: 2, limit: 12 }));
    // The list is of the old period; its end has passed.
    const late = { now: period.periodEnd };
    expect(await store.usage(counter({ ...late, base: 2 }))).toEqual({ used: 0 });
    expect(await store.consume(calls(4, { ...late, base: 2 }))).toMatchObject({ accepted: true, used: 4 });
    // The new list names the new period: the same counter.
    const next = { periodStart: period.periodEnd, periodEnd: period.periodEnd + 30 * DAY, now: period.periodEnd + 1 };
    expect(await store.consume(calls(6, next))).toMatchObject({ accepted: true, used: 10 });
    expect(await store.consume(calls(1, next))).toMatchObject({ accepted: false, used: 10 });
    expect(await store.usage(counter())).toEqual({ used: 12 });
  });

  it('counts on from what the billing system counted, and is lifted by it, not added to', async () => {
    const store = await fresh();
    expect(await store.usage(counter({ base: 5 }))).toEqual({ used: 5 });
    expect(await store.consume(calls(2, { base: 5 }))).toMatchObject({ accepted: true, used: 7 });
    expect(await store.consume(calls(1, { base: 6 }))).toMatchObject({ accepted: true, used: 8 });
    expect(await store.consume(calls(1, { base: 9.5 }))).toMatchObject({ accepted: false, used: 9.5 });
    expect(await store.consume(calls(0.5, { base: 9.5 }))).toMatchObject({ accepted: true, used: 10 });
  });

  it('shares a counter in a pool, and keeps pools and features of one name apart', async () => {
    const store = await fresh();
    await store.consume(calls(4, { key: 'images', pool: 'credits' }));
    expect(await store.consume(calls(7, { key: 'videos', pool: 'credits' }))).toMatchObject({
      accepted: false,
      used: 4,
    });
    expect(await store.consume(calls(7, { key: 'credits' }))).toMatchObject({ accepted: true, used: 7 });
    expect(await store.usage(counter({ key: 'images', pool: 'credits' }))).toEqual({ used: 4 });
    expect(await store.usage(counter({ key: 'images', pool: 'credits', mode: 'test' }))).toEqual({ used: 0 });
  });

  it('removes counters of long past periods, never one without an end', async () => {
    const store = await fresh({ usageRetentionMs: 5 * DAY });
    await store.consume(calls(3, { idempotencyKey: 'job-1' }));
    await store.consume(calls(3, { key: 'lifetime', periodEnd: null }));
    await store.prune(T0 + 30 * DAY);
    expect(await store.usage(counter())).toEqual({ used: 3 });
    await store.prune(T0 + 36 * DAY);
    // Redis lets them expire by its own clock.
    if (subject.kind !== 'redis') expect(await store.usage(counter())).toEqual({ used: 0 });
    expect(await store.usage(counter({ key: 'lifetime', periodEnd: null, now: T0 + 36 * DAY }))).toEqual({ used: 3 });
  });

  it('refuses amounts that are none', async () => {
    const store = await fresh();
    for (const amount of [-1, NaN, Infinity]) {
      await expect(store.consume(calls(amount))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    for (const more of [{ limit: NaN }, { base: -1 }, { periodEnd: T0 }, { idempotencyKey: '' }, { key: '' }]) {
      await expect(store.consume(calls(1, more))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect(await store.usage(counter())).toEqual({ used: 0 });
  });

  it('never oversells to calls at the same time', async () => {
    const store = await fresh();
    const second = await other(store);
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, i) => (i % 2 ? store : second).consume(calls(1, { limit: 25 }))),
    );
    expect(all.filter(({ accepted }) => accepted)).toHaveLength(25);
    const same = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? store : second).consume(calls(1, { key: 'once', idempotencyKey: 'k' })),
      ),
    );
    expect(same.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await store.usage(counter({ key: 'once' }))).toEqual({ used: 1 });
  });
}
