// A store in this process's memory: for development, tests and single processes that may refetch everything at start.

import { ChangeFeed } from './changes.js';
import * as common from './common.js';
import { StoreError } from './errors.js';
import type * as s from './store.js';

interface Used {
  readonly consumer: string;
  readonly counter: string;
  readonly amount: number;
  readonly accepted: boolean;
  readonly over: boolean;
  readonly used: number;
  readonly expires: number;
  released: boolean;
}

interface CounterState {
  used: number;
  end: number | null;
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compareCustomers(a: common.CustomerCursor, b: common.CustomerCursor): number {
  return a.asOf - b.asOf || byCodePoint(common.keyText(a), common.keyText(b));
}

/** Options of {@link memory}. */
export interface MemoryOptions extends s.Retention {}

/** A store that forgets everything when the process ends: an acknowledged webhook is lost with it. */
export function memory(options: MemoryOptions = {}): s.Store {
  return new MemoryStore(options);
}

// Each method decides and writes without an await in between, so that calls never interleave.
class MemoryStore implements s.Store {
  readonly #retention: common.FullRetention;
  readonly #entries = new Map<string, s.Entry>();
  readonly #pending = new Map<string, s.Pending>();
  readonly #events = new Map<string, number>();
  readonly #counters = new Map<string, CounterState>();
  readonly #keys = new Map<string, Used>();
  readonly #pruning = new common.PruneClock();
  readonly #feed: ChangeFeed;
  #audit: s.AuditRow[] = [];
  #version = 0;
  #auditId = 0;
  #closed = false;

  constructor(options: s.Retention) {
    this.#retention = common.retentionOf(options);
    this.#feed = new ChangeFeed({
      latest: async () => this.#version,
      after: async (version, limit) => this.#changesAfter(version, limit),
      watch: async () => async () => {},
    });
  }

  async migrate(): Promise<void> {
    this.#open();
  }

  async get(key: s.StoreKey): Promise<s.Entry | null> {
    this.#open();
    common.checkKey(key);
    return this.#entries.get(common.keyText(key)) ?? null;
  }

  async put(put: s.Put): Promise<s.PutResult> {
    common.checkPut(put);
    const etag = await common.etagOf(put.snapshot);
    this.#open();
    const id = common.keyText(put);
    const current = this.#entries.get(id) ?? null;
    const verdict = common.judgePut(current, put, etag);
    if (verdict === 'conflict') return common.unstored(verdict, current);
    const now = put.now ?? Date.now();
    if (put.eventId !== undefined) this.#remember(put, put.eventId, now);
    const { source, mode, customer, snapshot, asOf } = put;
    const entry =
      verdict === 'store'
        ? Object.freeze({ source, mode, customer, snapshot, asOf, etag, version: ++this.#version })
        : (current as s.Entry);
    this.#settle(id, entry.asOf, put.settles);
    if (verdict !== 'store') return common.unstored(verdict, entry);
    this.#entries.set(id, entry);
    for (const { kind, key, detail } of put.changes ?? []) {
      const row = { id: ++this.#auditId, at: now, source, mode, customer, kind, key, asOf, version: entry.version };
      this.#audit.push({ ...row, ...(detail === undefined ? {} : { detail }), eventId: put.eventId ?? null });
    }
    this.#feed.look();
    return { stored: true, current: entry };
  }

  async listCustomers(query: s.CustomerQuery = {}): Promise<s.CustomerPage> {
    this.#open();
    const limit = common.pageSize(query.limit);
    const after = query.after === undefined ? undefined : common.readCursor(query.after);
    const found = [...this.#entries.values()]
      .filter((entry) => query.source === undefined || entry.source === query.source)
      .filter((entry) => query.mode === undefined || entry.mode === query.mode)
      .filter((entry) => after === undefined || compareCustomers(entry, after) > 0)
      .sort(compareCustomers);
    const customers = found
      .slice(0, limit)
      .map(({ source, mode, customer, asOf, version }) => ({ source, mode, customer, asOf, version }));
    const last = customers[customers.length - 1];
    return { customers, next: last && found.length > limit ? common.writeCursor(last) : null };
  }

  async markPending(mark: s.PendingMark): Promise<{ first: boolean }> {
    this.#open();
    common.checkMark(mark);
    if (mark.eventId !== undefined && !this.#remember(mark, mark.eventId, mark.receivedAt)) return { first: false };
    const { source, mode, customer, receivedAt } = mark;
    const id = common.keyText(mark);
    this.#pending.set(id, {
      source,
      mode,
      customer,
      eventId: mark.eventId ?? null,
      receivedAt: Math.max(receivedAt, this.#pending.get(id)?.receivedAt ?? receivedAt),
      ticket: crypto.randomUUID(),
      attempts: 0,
      dueAt: receivedAt,
    });
    if (this.#pruning.due(receivedAt)) await this.prune(receivedAt);
    return { first: true };
  }

  async seenEvent(event: { source: string; mode: 'live' | 'test'; eventId: string }): Promise<boolean> {
    this.#open();
    return this.#events.has(common.keyText({ ...event, customer: event.eventId }));
  }

  async pending(limit?: number): Promise<readonly s.Pending[]> {
    this.#open();
    return this.#waiting(limit);
  }

  async claimPending(claim: { now: number; leaseMs: number; limit?: number }): Promise<readonly s.Pending[]> {
    this.#open();
    const claimed = this.#waiting(claim.limit)
      .filter((pending) => pending.dueAt <= claim.now)
      .map((pending) => ({ ...pending, attempts: pending.attempts + 1, dueAt: claim.now + claim.leaseMs }));
    for (const pending of claimed) this.#pending.set(common.keyText(pending), pending);
    return claimed;
  }

  async postponePending(pending: s.StoreKey & { ticket: string }, until: number): Promise<boolean> {
    this.#open();
    const held = this.#pending.get(common.keyText(pending));
    if (held?.ticket !== pending.ticket) return false;
    this.#pending.set(common.keyText(pending), { ...held, dueAt: until });
    return true;
  }

  async dismissPending(pending: s.StoreKey & { ticket: string }): Promise<boolean> {
    this.#open();
    const held = this.#pending.get(common.keyText(pending));
    return held?.ticket === pending.ticket && this.#pending.delete(common.keyText(pending));
  }

  async listAudit(query: s.AuditQuery = {}): Promise<readonly s.AuditRow[]> {
    this.#open();
    const newest = query.order === 'newest';
    const rows = this.#audit.filter(
      (row) =>
        (query.source === undefined || row.source === query.source) &&
        (query.mode === undefined || row.mode === query.mode) &&
        (query.customer === undefined || row.customer === query.customer) &&
        (query.key === undefined || row.key === query.key) &&
        (query.after === undefined || (newest ? row.id < query.after : row.id > query.after)),
    );
    return (newest ? rows.reverse() : rows).slice(0, common.pageSize(query.limit));
  }

  async consume(request: s.Consumption): Promise<s.ConsumeResult> {
    this.#open();
    const counter = common.counterOf(request);
    common.checkConsumption(request);
    const customer = common.keyText(request);
    const id = `${customer}\0${counter.name}\0${counter.period}`;
    const key = request.idempotencyKey;
    const before = key === undefined ? undefined : this.#keys.get(`${customer}\0${key}`);
    if (before && key !== undefined) {
      if (before.amount !== request.amount || before.consumer !== counter.name) throw common.keyReused(key);
      return { accepted: before.accepted, used: before.used, over: before.over, replayed: true };
    }
    const state = this.#counter(id, counter);
    const after = state.used + request.amount;
    const fits = request.limit === null || after <= request.limit;
    const accepted = fits || request.soft === true;
    if (accepted) state.used = after;
    const answer = { accepted, used: state.used, over: accepted && !fits };
    if (key !== undefined) this.#keep(`${customer}\0${key}`, id, counter, request, answer);
    return { ...answer, replayed: false };
  }

  async release(request: s.Release): Promise<s.ReleaseResult> {
    this.#open();
    const counter = common.counterOf(request);
    common.checkRelease(request);
    const customer = common.keyText(request);
    const id = `${customer}\0${counter.name}\0${counter.period}`;
    if (request.consumed !== undefined) return this.#releaseConsumed(`${customer}\0${request.consumed}`, id, counter);
    const key = request.idempotencyKey;
    const before = key === undefined ? undefined : this.#keys.get(`${customer}\0${key}`);
    if (before && key !== undefined) {
      if (before.amount !== -request.amount || before.consumer !== counter.name) throw common.keyReused(key);
      return { released: 0, used: before.used, replayed: true };
    }
    const state = this.#counter(id, counter);
    const released = Math.min(state.used, request.amount);
    state.used -= released;
    const answer = { accepted: true, used: state.used, over: false };
    const record = { amount: -request.amount, now: request.now };
    if (key !== undefined) this.#keep(`${customer}\0${key}`, id, counter, record, answer);
    return { released, used: state.used, replayed: false };
  }

  async usage(request: s.CounterKey): Promise<{ used: number }> {
    this.#open();
    const counter = common.counterOf(request);
    const id = `${common.keyText(request)}\0${counter.name}\0${counter.period}`;
    return { used: Math.max(this.#counters.get(id)?.used ?? 0, counter.base) };
  }

  async subscribe(listener: (notice: s.ChangeNotice) => void): Promise<() => Promise<void>> {
    this.#open();
    return this.#feed.subscribe(listener);
  }

  async clock(): Promise<number> {
    return Date.now();
  }

  async prune(now: number): Promise<void> {
    this.#open();
    const keep = this.#retention;
    let surplus = this.#events.size - keep.eventRetentionCount;
    for (const [id, at] of [...this.#events].sort((a, b) => a[1] - b[1])) {
      if (surplus-- > 0 || at < now - keep.eventRetentionMs) this.#events.delete(id);
    }
    this.#audit = this.#audit.filter((row) => row.at >= now - keep.auditRetentionMs);
    for (const [id, { end }] of this.#counters) {
      if (end !== null && end + keep.usageRetentionMs <= now) this.#counters.delete(id);
    }
    for (const [id, { expires }] of this.#keys) if (expires <= now) this.#keys.delete(id);
  }

  async health(): Promise<s.Health> {
    const state = { kind: 'memory', durability: 'none', pending: this.#pending.size } as const;
    return this.#closed ? { ok: false, ...state, error: 'closed' } : { ok: true, ...state };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#feed.stop();
  }

  #open(): void {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store is closed');
  }

  /** False: known already. */
  #remember(key: s.StoreKey, eventId: string, at: number): boolean {
    const id = common.keyText({ ...key, customer: eventId });
    if (this.#events.has(id)) return false;
    this.#events.set(id, at);
    return true;
  }

  #waiting(limit: number | undefined): s.Pending[] {
    const all = [...this.#pending.values()].sort((a, b) => a.dueAt - b.dueAt);
    return all.slice(0, common.pageSize(limit));
  }

  #settle(id: string, asOf: number, ticket: string | undefined): void {
    const pending = this.#pending.get(id);
    if (pending && (pending.receivedAt < asOf || pending.ticket === ticket)) this.#pending.delete(id);
  }

  #changesAfter(version: number, limit: number): s.ChangeNotice[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.version > version)
      .sort((a, b) => a.version - b.version)
      .slice(0, limit)
      .map(({ source, mode, customer, version: at }) => ({ source, mode, customer, version: at }));
  }

  /** The counter, made if it is not there, and never below what the billing system counted. */
  #counter(id: string, counter: common.Counter): CounterState {
    const state = this.#counters.get(id) ?? { used: 0, end: counter.end };
    state.used = Math.max(state.used, counter.base);
    state.end = counter.end ?? state.end;
    this.#counters.set(id, state);
    return state;
  }

  #keep(
    id: string,
    counterId: string,
    counter: common.Counter,
    request: { amount: number; now: number },
    answer: { accepted: boolean; used: number; over: boolean },
  ): void {
    const expires = common.expiryOf(counter, request.now, this.#retention);
    const { amount } = request;
    this.#keys.set(id, { consumer: counter.name, counter: counterId, amount, ...answer, expires, released: false });
  }

  #releaseConsumed(keyId: string, counterId: string, counter: common.Counter): s.ReleaseResult {
    const record = this.#keys.get(keyId);
    if (!record || !record.accepted || record.amount < 0 || record.consumer !== counter.name) {
      return { released: 0, used: this.#counter(counterId, counter).used, replayed: false };
    }
    const state = this.#counters.get(record.counter) ?? { used: 0, end: null };
    if (record.released) return { released: 0, used: state.used, replayed: true };
    record.released = true;
    const released = Math.min(state.used, record.amount);
    state.used -= released;
    return { released, used: state.used, replayed: false };
  }
}
