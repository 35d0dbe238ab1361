// From rows to the store's types, and the clauses that several statements share.

import type { AuditRow, Change, Entry, Pending, StoreKey } from '../store.js';
import type { Row, SqlValue } from './connection.js';

/** `WHERE` for one customer: parameters $1 to $3. */
export const ONE_CUSTOMER = 'source = $1 AND mode = $2 AND customer = $3';

export function keyParams(key: StoreKey): [string, string, string] {
  return [key.source, key.mode, key.customer];
}

function keyOf(row: Row): StoreKey {
  const { source, mode, customer } = row as { source: string; mode: 'live' | 'test'; customer: string };
  return { source, mode, customer };
}

export function entryOf(row: Row): Entry {
  return {
    ...keyOf(row),
    snapshot: row['snapshot'] as string,
    asOf: Number(row['as_of']),
    etag: row['etag'] as string,
    version: Number(row['version']),
  };
}

export function customerOf(row: Row): StoreKey & { asOf: number; version: number } {
  return { ...keyOf(row), asOf: Number(row['as_of']), version: Number(row['version']) };
}

export function noticeOf(row: Row): StoreKey & { version: number } {
  return { ...keyOf(row), version: Number(row['version']) };
}

export function pendingOf(row: Row): Pending {
  return {
    ...keyOf(row),
    eventId: row['event_id'] as string | null,
    receivedAt: Number(row['received_at']),
    ticket: row['ticket'] as string,
    attempts: Number(row['attempts']),
    dueAt: Number(row['due_at']),
  };
}

export function auditOf(row: Row): AuditRow {
  const detail = row['detail'] as string | null;
  return {
    id: Number(row['id']),
    at: Number(row['at']),
    ...keyOf(row),
    kind: row['kind'] as Change['kind'],
    key: row['feature_key'] as string,
    ...(detail === null ? {} : { detail }),
    asOf: Number(row['as_of']),
    version: Number(row['version']),
    eventId: row['event_id'] as string | null,
  };
}

/** Conditions joined by AND, with their parameters numbered as they come. */
export class Where {
  readonly params: SqlValue[] = [];
  readonly #parts: string[] = [];

  /** Adds `text` with each `?` bound to a value; a single undefined value adds nothing. */
  and(text: string, ...values: (SqlValue | undefined)[]): this {
    if (values.length === 1 && values[0] === undefined) return this;
    this.#parts.push(text.replace(/\?/g, () => this.param(values.shift() as SqlValue)));
    return this;
  }

  param(value: SqlValue): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }

  toString(): string {
    return this.#parts.length === 0 ? '' : ` WHERE ${this.#parts.join(' AND ')}`;
  }
}
