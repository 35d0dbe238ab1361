// The contract of all stores: one suite, run on each of them.

import { afterEach, describe, expect, it } from 'vitest';
import type { ChangeNotice, Entry, Retention, Store } from '../../js/stores/index.js';
import { cus, DAY, list, T0, until } from './contract-support.js';
import type { Fresh, Other, Subject } from './contract-support.js';
import { usage } from './contract-usage.js';

export function storeContract(name: string, subject: Subject): void {
  const opened: Store[] = [];
  const track = (store: Store): Store => {
    opened.push(store);
    return store;
  };
  const fresh = async (retention?: Retention): Promise<Store> => track(await subject.fresh(retention));
  const other = async (store: Store): Promise<Store> => (subject.again ? track(await subject.again()) : store);
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  describe(`store contract: ${name}`, () => {
    lists(fresh, other);
    inbox(fresh, other);
    audit(fresh);
    usage(fresh, other, subject);
    changes(fresh, other);
    life(fresh, subject);
  });
}

function lists(fresh: Fresh, other: Other): void {
  it('gives back what was put, byte for byte, in every handle', async () => {
    const store = await fresh();
    const text = '{"customer":"cus_1","config":{"n":"é 🦊 \\u0000 \'quoted\' \\"x\\""}}';
    expect(await store.get(cus())).toBeNull();
    const { stored, current } = await store.put(list(T0, text));
    expect(stored).toBe(true);
    expect(current).toMatchObject({ ...cus(), snapshot: text, asOf: T0 });
    expect(current?.etag).toMatch(/^[0-9a-f]{32}$/);
    expect(await (await other(store)).get(cus())).toEqual(current);
  });

  it('never lets an older fetch replace a newer one', async () => {
    const store = await fresh();
    const newer = await store.put(list(T0 + 10));
    const older = await (await other(store)).put(list(T0 + 9));
    expect(older).toEqual({ stored: false, reason: 'older', current: newer.current });
    expect((await store.get(cus()))?.asOf).toBe(T0 + 10);
    expect((await store.put(list(T0 + 11))).stored).toBe(true);
  });

  it('agrees on one of two different lists of the same moment, whichever came first', async () => {
    const texts = ['{"list":"a"}', '{"list":"b"}'];
    const winners: (string | undefined)[] = [];
    for (const order of [texts, [...texts].reverse()]) {
      const store = await fresh();
      for (const text of order) await store.put(list(T0, text));
      winners.push((await store.get(cus()))?.snapshot);
    }
    expect(winners[0]).toBe(winners[1]);
  });

  it('says stored to a repetition, and does nothing twice', async () => {
    const store = await fresh();
    const put = list(T0, '{}', { changes: [{ kind: 'granted', key: 'sso' }], base: 0 });
    const first = await store.put(put);
    expect(await store.put(put)).toEqual(first);
    expect(await store.listAudit()).toHaveLength(1);
  });

  it('refuses a put whose base has been replaced, and keeps the replacement', async () => {
    const store = await fresh();
    const first = await store.put(list(T0, '{"n":1}', { base: 0 }));
    const base = (first.current as Entry).version;
    const second = await store.put(list(T0 + 1, '{"n":2}', { base }));
    expect(second.stored).toBe(true);
    const late = await store.put(list(T0 + 2, '{"n":3}', { base, changes: [{ kind: 'revoked', key: 'x' }] }));
    expect(late).toEqual({ stored: false, reason: 'conflict', current: second.current });
    expect(await store.put(list(T0, '{}', { ...cus('cus_none'), base: 7 }))).toEqual({
      stored: false,
      reason: 'conflict',
      current: null,
    });
    expect(await store.listAudit()).toEqual([]);
  });

  it('keeps customers, modes and sources apart', async () => {
    const store = await fresh();
    await store.put(list(T0, '{"who":"live"}'));
    await store.put({ ...list(T0, '{"who":"test"}'), mode: 'test' });
    await store.put({ ...list(T0, '{"who":"pay"}'), source: 'paygentic' });
    await store.put({ ...list(T0, '{"who":"odd"}'), ...cus("a:b 'c' \"é🦊") });
    expect((await store.get(cus()))?.snapshot).toBe('{"who":"live"}');
    expect((await store.get(cus('cus_1', 'test')))?.snapshot).toBe('{"who":"test"}');
    expect((await store.get({ ...cus(), source: 'paygentic' }))?.snapshot).toBe('{"who":"pay"}');
    expect((await store.get(cus("a:b 'c' \"é🦊")))?.snapshot).toBe('{"who":"odd"}');
  });

  it('numbers changes in one growing sequence', async () => {
    const store = await fresh();
    const second = await other(store);
    const versions: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const { current } = await (i % 2 ? store : second).put({ ...list(T0 + i), customer: `cus_${i % 3}` });
      versions.push((current as Entry).version);
    }
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(6);
  });

  it('takes large lists and many changes', async () => {
    const store = await fresh();
    const text = JSON.stringify({ rows: 'x'.repeat(2_000_000) });
    const many = Array.from({ length: 950 }, (_, i) => ({ kind: 'granted' as const, key: `f${i}` }));
    await store.put(list(T0, text, { changes: many }));
    expect((await store.get(cus()))?.snapshot).toBe(text);
    expect((await store.listAudit({ limit: 1000 })).map((row) => row.key)).toEqual(many.map(({ key }) => key));
  });

  it('lists customers, the longest not fetched first, in pages', async () => {
    const store = await fresh();
    for (let i = 0; i < 7; i += 1)
      await store.put({ ...list(T0 + (i % 3)), ...cus(`cus_${i}`, i === 6 ? 'test' : 'live') });
    const seen: string[] = [];
    for (let after: string | undefined, page = 0; page < 9; page += 1) {
      const answer = await store.listCustomers({ limit: 2, ...(after === undefined ? {} : { after }) });
      seen.push(...answer.customers.map((each) => each.customer));
      if (answer.next === null) break;
      after = answer.next;
    }
    expect(seen).toEqual(['cus_0', 'cus_3', 'cus_6', 'cus_1', 'cus_4', 'cus_2', 'cus_5']);
    expect((await store.listCustomers({ mode: 'test' })).customers.map((each) => each.customer)).toEqual(['cus_6']);
    expect(await store.listCustomers({ source: 'paygentic' })).toEqual({ customers: [], next: null });
    await expect(store.listCustomers({ after: 'no cursor' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('refuses keys that no store could keep', async () => {
    const store = await fresh();
    for (const customer of ['', 'a\0b', '\ud800', 'x'.repeat(513)]) {
      await expect(store.get(cus(customer))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    await expect(store.put(list(1.5))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(store.put(list(NaN))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await store.put(list(T0, '{}', cus('é'.repeat(256))))).stored).toBe(true);
  });
}

function inbox(fresh: Fresh, other: Other): void {
  it('remembers an event once, and the refetch it asks for', async () => {
    const store = await fresh();
    const mark = { ...cus(), eventId: 'evt_1', receivedAt: T0 };
    expect(await store.seenEvent({ ...mark })).toBe(false);
    expect(await store.markPending(mark)).toEqual({ first: true });
    const second = await other(store);
    expect(await second.markPending({ ...mark, receivedAt: T0 + 99 })).toEqual({ first: false });
    expect(await second.seenEvent({ ...mark })).toBe(true);
    expect(await second.seenEvent({ ...mark, mode: 'test' })).toBe(false);
    expect(await second.pending()).toMatchObject([
      { ...cus(), eventId: 'evt_1', receivedAt: T0, attempts: 0, dueAt: T0 },
    ]);
  });

  it('is settled by a fetch that began after the event, not by one that began before it', async () => {
    const store = await fresh();
    await store.markPending({ ...cus(), eventId: 'evt_1', receivedAt: T0 });
    await store.put(list(T0 - 1));
    expect(await store.pending()).toHaveLength(1);
    await store.put(list(T0 + 1));
    expect(await store.pending()).toEqual([]);
    expect(await store.markPending({ ...cus(), eventId: 'evt_1', receivedAt: T0 })).toEqual({ first: false });
  });

  it('is settled by its ticket, unless a later event has come', async () => {
    const store = await fresh();
    await store.markPending({ ...cus(), eventId: 'evt_1', receivedAt: T0 });
    const [claimed] = await store.claimPending({ now: T0, leaseMs: 1000 });
    await store.markPending({ ...cus(), eventId: 'evt_2', receivedAt: T0 });
    await store.put(list(T0, '{}', { settles: claimed?.ticket as string }));
    const [left] = await store.pending();
    expect(left).toMatchObject({ eventId: 'evt_2', attempts: 0 });
    // The same list again stores nothing, and yet the refetch was made.
    await store.put(list(T0, '{}', { settles: left?.ticket as string }));
    expect(await store.pending()).toEqual([]);
  });

  it('a put that comes too late settles with the list that overtook it', async () => {
    const store = await fresh();
    await store.put(list(T0 + 10));
    await store.markPending({ ...cus(), receivedAt: T0 });
    await store.put(list(T0 + 5, '{"old":1}', { eventId: 'evt_late' }));
    expect(await store.pending()).toEqual([]);
    expect(await store.seenEvent({ ...cus(), eventId: 'evt_late' })).toBe(true);
  });

  it('lends what is due to one worker at a time, and again when the lease has passed', async () => {
    const store = await fresh();
    const second = await other(store);
    for (let i = 0; i < 5; i += 1) await store.markPending({ ...cus(`cus_${i}`), receivedAt: T0 + i });
    expect(await store.claimPending({ now: T0 - 1, leaseMs: 1000 })).toEqual([]);
    const first = await store.claimPending({ now: T0 + 9, leaseMs: 1000, limit: 2 });
    expect(first.map(({ customer }) => customer)).toEqual(['cus_0', 'cus_1']);
    const rest = await second.claimPending({ now: T0 + 9, leaseMs: 1000 });
    expect(rest.map(({ customer }) => customer)).toEqual(['cus_2', 'cus_3', 'cus_4']);
    expect(await second.claimPending({ now: T0 + 1008, leaseMs: 1000 })).toEqual([]);
    const again = await second.claimPending({ now: T0 + 1009, leaseMs: 1000 });
    expect(again.map(({ attempts }) => attempts)).toEqual([2, 2, 2, 2, 2]);
  });

  it('lends once also to workers that ask at the same moment', async () => {
    const store = await fresh();
    for (let i = 0; i < 3; i += 1) await store.markPending({ ...cus(`cus_${i}`), receivedAt: T0 });
    const claim = { now: T0, leaseMs: 1000 };
    const lent = (await Promise.all([1, 2, 3].map(() => store.claimPending(claim)))).flat();
    expect(lent.map(({ customer, attempts }) => `${customer} ${attempts}`).sort()).toEqual([
      'cus_0 1',
      'cus_1 1',
      'cus_2 1',
    ]);
  });

  it('postpones and dismisses by ticket only', async () => {
    const store = await fresh();
    await store.markPending({ ...cus(), receivedAt: T0 });
    const [mine] = await store.claimPending({ now: T0, leaseMs: 10 });
    const held = { ...cus(), ticket: mine?.ticket as string };
    expect(await store.postponePending(held, T0 + 500)).toBe(true);
    expect(await store.claimPending({ now: T0 + 499, leaseMs: 10 })).toEqual([]);
    expect(await store.claimPending({ now: T0 + 500, leaseMs: 10 })).toHaveLength(1);
    await store.markPending({ ...cus(), receivedAt: T0 + 1 });
    expect(await store.postponePending(held, T0 + 900)).toBe(false);
    expect(await store.dismissPending(held)).toBe(false);
    const [now] = await store.pending();
    expect(await store.dismissPending({ ...cus(), ticket: now?.ticket as string })).toBe(true);
    expect(await store.pending()).toEqual([]);
  });

  it('forgets events by age and by number, the oldest first', async () => {
    const store = await fresh({ eventRetentionMs: 10 * DAY, eventRetentionCount: 3 });
    for (let i = 0; i < 6; i += 1) await store.markPending({ ...cus(), eventId: `evt_${i}`, receivedAt: T0 + i * DAY });
    const known = async (): Promise<boolean[]> =>
      Promise.all([0, 1, 2, 3, 4, 5].map((i) => store.seenEvent({ ...cus(), eventId: `evt_${i}` })));
    await store.prune(T0 + 5 * DAY);
    expect(await known()).toEqual([false, false, false, true, true, true]);
    await store.prune(T0 + 14 * DAY);
    expect(await known()).toEqual([false, false, false, false, true, true]);
    expect(await store.pending()).toHaveLength(1);
  });
}

function audit(fresh: Fresh): void {
  const rows = async (store: Store): Promise<void> => {
    await store.put(
      list(T0, '{"n":1}', {
        eventId: 'evt_1',
        changes: [
          { kind: 'granted', key: 'sso' },
          { kind: 'configChanged', key: 'quota', detail: '{"field":"gb","to":5}' },
        ],
      }),
    );
    await store.put({ ...list(T0 + 1, '{"n":2}', { changes: [{ kind: 'granted', key: 'sso' }] }), customer: 'cus_2' });
    await store.put(list(T0 + 2, '{"n":3}', { changes: [{ kind: 'revoked', key: 'sso' }] }));
  };

  it('keeps who got or lost what, when, and from which event', async () => {
    const store = await fresh();
    await rows(store);
    const all = await store.listAudit();
    expect(all.map(({ customer, kind, key }) => [customer, kind, key])).toEqual([
      ['cus_1', 'granted', 'sso'],
      ['cus_1', 'configChanged', 'quota'],
      ['cus_2', 'granted', 'sso'],
      ['cus_1', 'revoked', 'sso'],
    ]);
    const version = (await store.get(cus('cus_2')))?.version;
    expect(all[1]).toMatchObject({ ...cus(), at: T0 + 5, asOf: T0, eventId: 'evt_1', detail: '{"field":"gb","to":5}' });
    expect(all[2]).toMatchObject({ ...cus('cus_2'), asOf: T0 + 1, eventId: null, version });
    expect(all[2]).not.toHaveProperty('detail');
  });

  it('lists by customer and feature, forwards and backwards, in pages', async () => {
    const store = await fresh();
    await rows(store);
    const all = await store.listAudit();
    expect(await store.listAudit({ customer: 'cus_2' })).toEqual([all[2]]);
    expect(await store.listAudit({ key: 'sso' })).toEqual([all[0], all[2], all[3]]);
    expect(await store.listAudit({ customer: 'cus_1', key: 'sso' })).toEqual([all[0], all[3]]);
    expect(await store.listAudit({ mode: 'test' })).toEqual([]);
    expect(await store.listAudit({ limit: 2 })).toEqual(all.slice(0, 2));
    expect(await store.listAudit({ after: all[1]?.id as number })).toEqual(all.slice(2));
    expect(await store.listAudit({ order: 'newest', limit: 2 })).toEqual([all[3], all[2]]);
    expect(await store.listAudit({ order: 'newest', after: all[2]?.id as number, key: 'sso' })).toEqual([all[0]]);
  });

  it('writes nothing for a list that is not stored, and forgets by age only when told to', async () => {
    const store = await fresh({ auditRetentionMs: 10 * DAY });
    await rows(store);
    await store.put(list(T0 - 1, '{}', { changes: [{ kind: 'revoked', key: 'never' }] }));
    expect(await store.listAudit({ key: 'never' })).toEqual([]);
    await store.put(list(T0 + 20 * DAY, '{"n":9}', { changes: [{ kind: 'granted', key: 'late' }] }));
    await store.prune(T0 + 20 * DAY + 6);
    expect((await store.listAudit()).map(({ key }) => key)).toEqual(['late']);
    const lasting = await fresh();
    await rows(lasting);
    await lasting.prune(T0 + 10_000 * DAY);
    expect(await lasting.listAudit()).toHaveLength(4);
  });
}

function changes(fresh: Fresh, other: Other): void {
  it('tells changes from every handle, in order, once, and none from before', async () => {
    const store = await fresh();
    await store.put(list(T0, '{"before":1}'));
    const second = await other(store);
    const heard: ChangeNotice[] = [];
    const stop = await store.subscribe((notice) => heard.push(notice));
    const one = await second.put(list(T0 + 1, '{}', cus('cus_a')));
    await second.put(list(T0, '{"older":1}', cus('cus_a')));
    const two = await store.put(list(T0 + 2, '{}', cus('cus_b', 'test')));
    await until(() => heard.length >= 2, 'two notices');
    expect(heard).toEqual([
      { ...cus('cus_a'), version: (one.current as Entry).version },
      { ...cus('cus_b', 'test'), version: (two.current as Entry).version },
    ]);
    await stop();
    await second.put(list(T0 + 3, '{}', cus('cus_c')));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard).toHaveLength(2);
  });

  it('tells a listener that begins while the last one ends, at whatever step', async () => {
    const store = await fresh();
    for (let steps = 0; steps < 12; steps += 1) {
      const last = await store.subscribe(() => {});
      const heard: ChangeNotice[] = [];
      const beginning = store.subscribe((notice) => heard.push(notice));
      for (let i = 0; i < steps; i += 1) await undefined;
      await last();
      const stop = await beginning;
      await store.put(list(T0 + steps));
      await until(() => heard.length === 1, `a notice after ${steps} steps`);
      await stop();
    }
  });

  it('tells every listener, whatever another one does', async () => {
    const store = await fresh();
    const heard: string[] = [];
    const first = await store.subscribe(({ customer }) => heard.push(`1 ${customer}`));
    await store.subscribe(({ customer }) => heard.push(`2 ${customer}`));
    await store.put(list(T0));
    await until(() => heard.length === 2, 'both listeners');
    await first();
    await store.put(list(T0 + 1));
    await until(() => heard.length === 3, 'the second listener');
    expect(heard).toEqual(['1 cus_1', '2 cus_1', '2 cus_1']);
  });
}

function life(fresh: Fresh, subject: Subject): void {
  it('tells its health, and a clock that is near ours', async () => {
    const store = await fresh();
    await store.markPending({ ...cus(), receivedAt: T0 });
    expect(await store.health()).toMatchObject({ ok: true, kind: subject.kind, pending: 1 });
    expect(Math.abs((await store.clock()) - Date.now())).toBeLessThan(60_000);
  });

  it('is closed when it is closed', async () => {
    const store = await fresh();
    await store.put(list(T0));
    await store.close();
    await store.close();
    for (const use of [() => store.get(cus()), () => store.put(list(T0 + 1)), () => store.subscribe(() => {})]) {
      await expect(use()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    }
    expect(await store.health()).toMatchObject({ ok: false, kind: subject.kind });
  });
}
