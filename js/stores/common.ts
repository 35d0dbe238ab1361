// What every store does alike: checks of arguments, the order of two fetches, periods, retention, cursors.

import { StoreError } from './errors.js';
import type {
  CounterKey,
  Entry,
  PendingMark,
  Put,
  PutResult,
  Release,
  Consumption,
  Retention,
  StoreKey,
} from './store.js';

const DAY = 86_400_000;
const MAX_TEXT_BYTES = 512;
const MAX_PAGE = 1000;
const encoder = new TextEncoder();

/** Retention with its defaults filled in. Infinity: never removed. */
export type FullRetention = Required<Retention>;

export function retentionOf(options: Retention): FullRetention {
  return {
    eventRetentionMs: options.eventRetentionMs ?? 30 * DAY,
    eventRetentionCount: options.eventRetentionCount ?? 100_000,
    auditRetentionMs: options.auditRetentionMs ?? Infinity,
    usageRetentionMs: options.usageRetentionMs ?? 35 * DAY,
  };
}

function invalid(message: string): never {
  throw new StoreError('INVALID_ARGUMENT', message);
}

/** Refuses text that some store could not keep, or keep apart from other text. */
export function checkText(name: string, text: string): void {
  if (typeof text !== 'string' || text === '') invalid(`${name} must be a non-empty string`);
  if (text.includes('\0')) invalid(`${name} must not contain NUL`);
  if (/\p{Surrogate}/u.test(text)) invalid(`${name} must be well-formed Unicode`);
  if (encoder.encode(text).length > MAX_TEXT_BYTES) invalid(`${name} is longer than ${MAX_TEXT_BYTES} bytes`);
}

export function checkTime(name: string, time: number): void {
  if (!Number.isSafeInteger(time)) invalid(`${name} must be a whole number of milliseconds`);
}

function checkAmount(name: string, amount: number): void {
  if (!Number.isFinite(amount) || amount < 0) invalid(`${name} must be a finite number, not negative`);
}

export function checkKey(key: StoreKey): void {
  checkText('source', key.source);
  checkText('customer', key.customer);
  if (key.mode !== 'live' && key.mode !== 'test') invalid("mode must be 'live' or 'test'");
}

export function checkPut(put: Put): void {
  checkKey(put);
  checkTime('asOf', put.asOf);
  if (typeof put.snapshot !== 'string' || put.snapshot.includes('\0')) invalid('snapshot must be JSON text');
  if (put.base !== undefined && !Number.isSafeInteger(put.base)) invalid('base must be a version');
  if (put.eventId !== undefined) checkText('eventId', put.eventId);
  for (const change of put.changes ?? []) checkText('key', change.key);
}

export function checkMark(mark: PendingMark): void {
  checkKey(mark);
  checkTime('receivedAt', mark.receivedAt);
  if (mark.eventId !== undefined) checkText('eventId', mark.eventId);
}

function checkCounter(counter: CounterKey): void {
  checkKey(counter);
  checkText('key', counter.key);
  if (counter.pool) checkText('pool', counter.pool);
  checkTime('periodStart', counter.periodStart);
  checkTime('now', counter.now);
  if (counter.periodEnd != null) {
    checkTime('periodEnd', counter.periodEnd);
    if (counter.periodEnd <= counter.periodStart) invalid('periodEnd must be after periodStart');
  }
  if (counter.base !== undefined) checkAmount('base', counter.base);
}

/** A counter as the stores address it. */
export interface Counter {
  /** Feature or pool, told apart. */
  readonly name: string;
  readonly period: number;
  /** When the period ends; null: unknown or never. */
  readonly end: number | null;
  /** The least the counter may stand at. */
  readonly base: number;
}

/**
 * Which counter a call speaks of. After `periodEnd` that is the next period's, from zero: the caller's snapshot is of
 * the old period, so its `base` no longer counts. A later snapshot with that periodStart meets the same counter.
 */
export function counterOf(key: CounterKey): Counter {
  checkCounter(key);
  const name = key.pool ? `pool:${key.pool}` : `key:${key.key}`;
  const end = key.periodEnd ?? null;
  if (end !== null && key.now >= end) return { name, period: end, end: null, base: 0 };
  return { name, period: key.periodStart, end, base: key.base ?? 0 };
}

/** When an idempotency key may be forgotten. A safe integer, whatever the retention. */
export function expiryOf(counter: Counter, now: number, retention: FullRetention): number {
  return Math.min(Math.max(counter.end ?? now, now) + retention.usageRetentionMs, Number.MAX_SAFE_INTEGER);
}

export function checkConsumption(request: Consumption): void {
  checkAmount('amount', request.amount);
  if (request.limit !== null) checkAmount('limit', request.limit);
  if (request.idempotencyKey !== undefined) checkText('idempotencyKey', request.idempotencyKey);
}

export function checkRelease(request: Release): void {
  if (request.consumed !== undefined) checkText('consumed', request.consumed);
  else checkAmount('amount', request.amount);
  if (request.idempotencyKey !== undefined) checkText('idempotencyKey', request.idempotencyKey);
}

/** The answer to an idempotency key that was used before, for something else. */
export function keyReused(idempotencyKey: string): StoreError {
  return new StoreError('STORE_CONFLICT', `idempotency key "${idempotencyKey}" was used before, for another call`);
}

/** Digest of a snapshot's text: the same in every store, and an order on lists of one moment that all processes share. */
export async function etagOf(snapshot: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(snapshot)));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a put comes to, given what is there. `same`: exactly this is there already. */
export type PutVerdict = 'store' | 'same' | 'older' | 'conflict';

/** The one rule of order. The Redis script says the same in Lua; the contract test holds both. */
export function judgePut(current: Entry | null, put: Put, etag: string): PutVerdict {
  if (current) {
    if (put.asOf < current.asOf) return 'older';
    if (put.asOf === current.asOf && etag === current.etag) return 'same';
    if (put.asOf === current.asOf && etag < current.etag) return 'older';
  }
  if (put.base !== undefined && put.base !== (current?.version ?? 0)) return 'conflict';
  return 'store';
}

/** The result of a put whose verdict stored nothing new. */
export function unstored(verdict: 'same' | 'older' | 'conflict', current: Entry | null): PutResult {
  return verdict === 'same' ? { stored: true, current } : { stored: false, reason: verdict, current };
}

/** The page size asked for, within bounds. */
export function pageSize(limit: number | undefined, fallback = 100): number {
  if (limit === undefined) return fallback;
  if (!Number.isInteger(limit) || limit < 1) invalid('limit must be a positive whole number');
  return Math.min(limit, MAX_PAGE);
}

/** Where a page of customers ended. */
export interface CustomerCursor extends StoreKey {
  readonly asOf: number;
}

export function writeCursor(last: CustomerCursor): string {
  return JSON.stringify([last.asOf, last.source, last.mode, last.customer]);
}

export function readCursor(cursor: string): CustomerCursor {
  try {
    const [asOf, source, mode, customer] = JSON.parse(cursor) as [number, string, 'live' | 'test', string];
    checkTime('asOf', asOf);
    checkKey({ source, mode, customer });
    return { asOf, source, mode, customer };
  } catch (cause) {
    throw new StoreError('INVALID_ARGUMENT', 'after is not a cursor of listCustomers', { cause });
  }
}

/** One string per customer, unique because no part contains NUL. */
export function keyText(key: StoreKey): string {
  return `${key.source}\0${key.mode}\0${key.customer}`;
}

/** Says now and then that it is time to prune: at most once an hour, or after many webhook events. */
export class PruneClock {
  #events = 0;
  #last = -Infinity;

  due(now: number): boolean {
    this.#events += 1;
    if (this.#events < 1000 && now - this.#last < 3_600_000) return false;
    this.#events = 0;
    this.#last = now;
    return true;
  }
}
