// The store over any SQL connection.

import { ChangeFeed } from '../changes.js';
import * as common from '../common.js';
import { messageOf, StoreError } from '../errors.js';
import type * as s from '../store.js';
import type { Connection, Sql } from './connection.js';
import { auditOf, customerOf, entryOf, keyParams, noticeOf, ONE_CUSTOMER, pendingOf, Where } from './rows.js';
import { migrateSql, schemaVersion } from './schema.js';
import * as counters from './usage.js';

const PENDING_COLUMNS = 'source, mode, customer, event_id, received_at, ticket, attempts, due_at';
/** Rows of one INSERT into the audit; well below every driver's cap on parameters. */
const AUDIT_CHUNK = 200;

/** All of {@link s.Store} in SQL that SQLite and PostgreSQL both speak. */
export class SqlStore implements s.Store {
  readonly #connection: Connection;
  readonly #retention: common.FullRetention;
  readonly #pruning = new common.PruneClock();
  readonly #feed: ChangeFeed;
  #migrated: Promise<void> | undefined;
  #closed = false;

  constructor(connection: Connection, retention: s.Retention) {
    this.#connection = connection;
    this.#retention = common.retentionOf(retention);
    this.#feed = new ChangeFeed({
      latest: () =>
        this.#read(async (sql) => Number((await sql('SELECT version FROM {sequence}'))[0]?.['version'] ?? 0)),
      after: (version, limit) => this.#changesAfter(version, limit),
      watch: (look) => connection.watch(look),
    });
  }

  async migrate(): Promise<void> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store is closed');
    // A failure is not remembered: the store may be up at the next call.
    this.#migrated ??= migrateSql(this.#connection).catch((error: unknown) => {
      this.#migrated = undefined;
      throw error;
    });
    await this.#migrated;
  }

  async get(key: s.StoreKey): Promise<s.Entry | null> {
    common.checkKey(key);
    return this.#read((sql) => this.#current(sql, key));
  }

  async put(put: s.Put): Promise<s.PutResult> {
    common.checkPut(put);
    const etag = await common.etagOf(put.snapshot);
    const result = await this.#write((sql) => this.#putWithin(sql, put, etag));
    if (result.stored) this.#feed.look();
    return result;
  }

  async listCustomers(query: s.CustomerQuery = {}): Promise<s.CustomerPage> {
    const limit = common.pageSize(query.limit);
    const where = new Where().and('source = ?', query.source).and('mode = ?', query.mode);
    if (query.after !== undefined) {
      const { asOf, source, mode, customer } = common.readCursor(query.after);
      where.and('(as_of, source, mode, customer) > (?, ?, ?, ?)', asOf, source, mode, customer);
    }
    const order = 'ORDER BY as_of, source, mode, customer';
    const text = `SELECT source, mode, customer, as_of, version FROM {entries}${where} ${order} LIMIT ${where.param(limit + 1)}`;
    const rows = await this.#read((sql) => sql(text, where.params));
    const customers = rows.slice(0, limit).map(customerOf);
    const last = customers[customers.length - 1];
    return { customers, next: last && rows.length > limit ? common.writeCursor(last) : null };
  }

  async markPending(mark: s.PendingMark): Promise<{ first: boolean }> {
    common.checkMark(mark);
    const first = await this.#write(async (sql) => {
      if (mark.eventId !== undefined && !(await this.#remember(sql, mark, mark.eventId, mark.receivedAt))) return false;
      await sql(
        `INSERT INTO {pending} AS p (source, mode, customer, event_id, received_at, ticket, attempts, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
         ON CONFLICT (source, mode, customer) DO UPDATE
         SET event_id = excluded.event_id, ticket = excluded.ticket, attempts = 0, due_at = excluded.due_at,
             received_at = CASE WHEN p.received_at < excluded.received_at THEN excluded.received_at ELSE p.received_at END`,
        [...keyParams(mark), mark.eventId ?? null, mark.receivedAt, crypto.randomUUID(), mark.receivedAt],
      );
      return true;
    });
    // Pruning is housekeeping: its failure must not unsay what is kept.
    if (this.#pruning.due(mark.receivedAt)) void this.prune(mark.receivedAt).catch(() => {});
    return { first };
  }

  async seenEvent(event: { source: string; mode: 'live' | 'test'; eventId: string }): Promise<boolean> {
    const params = [event.source, event.mode, event.eventId];
    const text = 'SELECT seen_at FROM {events} WHERE source = $1 AND mode = $2 AND event_id = $3';
    return (await this.#read((sql) => sql(text, params))).length > 0;
  }

  async pending(limit?: number): Promise<readonly s.Pending[]> {
    const size = common.pageSize(limit);
    const text = `SELECT ${PENDING_COLUMNS} FROM {pending} ORDER BY due_at LIMIT $1`;
    return (await this.#read((sql) => sql(text, [size]))).map(pendingOf);
  }

  async claimPending(claim: { now: number; leaseMs: number; limit?: number }): Promise<readonly s.Pending[]> {
    const size = common.pageSize(claim.limit);
    const { skipLocked } = this.#connection.dialect;
    const rows = await this.#write((sql) =>
      sql(
        `WITH due AS MATERIALIZED
           (SELECT source, mode, customer FROM {pending} WHERE due_at <= $2 ORDER BY due_at LIMIT $3${skipLocked})
         UPDATE {pending} SET attempts = attempts + 1, due_at = $1
         WHERE (source, mode, customer) IN (SELECT source, mode, customer FROM due)
         RETURNING ${PENDING_COLUMNS}`,
        [claim.now + claim.leaseMs, claim.now, size],
      ),
    );
    return rows.map(pendingOf).sort((a, b) => a.receivedAt - b.receivedAt);
  }

  async postponePending(pending: s.StoreKey & { ticket: string }, until: number): Promise<boolean> {
    common.checkTime('until', until);
    const text = `UPDATE {pending} SET due_at = $5 WHERE ${ONE_CUSTOMER} AND ticket = $4 RETURNING ticket`;
    return (await this.#write((sql) => sql(text, [...keyParams(pending), pending.ticket, until]))).length > 0;
  }

  async dismissPending(pending: s.StoreKey & { ticket: string }): Promise<boolean> {
    const text = `DELETE FROM {pending} WHERE ${ONE_CUSTOMER} AND ticket = $4 RETURNING ticket`;
    return (await this.#write((sql) => sql(text, [...keyParams(pending), pending.ticket]))).length > 0;
  }

  async listAudit(query: s.AuditQuery = {}): Promise<readonly s.AuditRow[]> {
    const newest = query.order === 'newest';
    const where = new Where()
      .and('source = ?', query.source)
      .and('mode = ?', query.mode)
      .and('customer = ?', query.customer)
      .and('feature_key = ?', query.key)
      .and(newest ? 'id < ?' : 'id > ?', query.after);
    const limit = where.param(common.pageSize(query.limit));
    const text = `SELECT * FROM {audit}${where} ORDER BY id ${newest ? 'DESC' : 'ASC'} LIMIT ${limit}`;
    return (await this.#read((sql) => sql(text, where.params))).map(auditOf);
  }

  async consume(request: s.Consumption): Promise<s.ConsumeResult> {
    common.counterOf(request);
    common.checkConsumption(request);
    return this.#write((sql) => counters.consume(sql, this.#connection.dialect, request, this.#retention));
  }

  async release(request: s.Release): Promise<s.ReleaseResult> {
    common.counterOf(request);
    common.checkRelease(request);
    return this.#write((sql) => counters.release(sql, this.#connection.dialect, request, this.#retention));
  }

  async usage(request: s.CounterKey): Promise<{ used: number }> {
    return this.#read((sql) => counters.usage(sql, request));
  }

  async subscribe(listener: (notice: s.ChangeNotice) => void): Promise<() => Promise<void>> {
    await this.migrate();
    return this.#feed.subscribe(listener);
  }

  async clock(): Promise<number> {
    await this.migrate();
    return this.#connection.clock();
  }

  async prune(now: number): Promise<void> {
    const keep = this.#retention;
    await this.#write(async (sql) => {
      if (keep.eventRetentionMs !== Infinity) {
        await sql('DELETE FROM {events} WHERE seen_at < $1', [now - keep.eventRetentionMs]);
      }
      if (keep.eventRetentionCount !== Infinity) {
        // Events of the same moment as the oldest one kept are kept, too: a few more than the count, never fewer.
        const oldest = '(SELECT seen_at FROM {events} ORDER BY seen_at DESC LIMIT 1 OFFSET $1)';
        await sql(`DELETE FROM {events} WHERE seen_at < ${oldest}`, [Math.max(keep.eventRetentionCount - 1, 0)]);
      }
      if (keep.auditRetentionMs !== Infinity)
        await sql('DELETE FROM {audit} WHERE at < $1', [now - keep.auditRetentionMs]);
      if (keep.usageRetentionMs === Infinity) return;
      await sql('DELETE FROM {counters} WHERE period_end <= $1', [now - keep.usageRetentionMs]);
      await sql('DELETE FROM {usage_keys} WHERE expires <= $1', [now]);
    });
  }

  async health(): Promise<s.Health> {
    const { dialect } = this.#connection;
    try {
      return await this.#read(async (sql) => {
        const schema = await schemaVersion(sql, dialect);
        const [row] = await sql('SELECT COUNT(*) AS n FROM {pending}');
        const durability = await this.#connection.durability();
        return { ok: true, kind: dialect.kind, durability, schema, pending: Number(row?.['n']) };
      });
    } catch (error) {
      return { ok: false, kind: dialect.kind, durability: 'unknown', error: messageOf(error) };
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#feed.stop();
    await this.#connection.close();
  }

  async #read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    await this.migrate();
    return this.#connection.read(work);
  }

  async #write<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    await this.migrate();
    return this.#connection.write(work);
  }

  async #current(sql: Sql, key: s.StoreKey): Promise<s.Entry | null> {
    const [row] = await sql(`SELECT * FROM {entries} WHERE ${ONE_CUSTOMER}`, keyParams(key));
    return row ? entryOf(row) : null;
  }

  async #putWithin(sql: Sql, put: s.Put, etag: string): Promise<s.PutResult> {
    const { forUpdate, notify } = this.#connection.dialect;
    // Holding the sequence's row makes puts follow one another, as their versions do.
    const [ends] = await sql(`SELECT version, audit FROM {sequence} WHERE id = 1${forUpdate}`);
    const current = await this.#current(sql, put);
    const verdict = common.judgePut(current, put, etag);
    if (verdict === 'conflict') return common.unstored(verdict, current);
    const now = put.now ?? Date.now();
    if (put.eventId !== undefined) await this.#remember(sql, put, put.eventId, now);
    const asOf = verdict === 'store' ? put.asOf : (current as s.Entry).asOf;
    await sql(`DELETE FROM {pending} WHERE ${ONE_CUSTOMER} AND (received_at < $4 OR ticket = $5)`, [
      ...keyParams(put),
      asOf,
      put.settles ?? '',
    ]);
    if (verdict !== 'store') return common.unstored(verdict, current);

    const version = Number(ends?.['version']) + 1;
    const auditEnd = Number(ends?.['audit']);
    const changes = put.changes ?? [];
    await sql('UPDATE {sequence} SET version = $1, audit = $2 WHERE id = 1', [version, auditEnd + changes.length]);
    await sql(
      `INSERT INTO {entries} (source, mode, customer, snapshot, as_of, etag, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (source, mode, customer) DO UPDATE
       SET snapshot = excluded.snapshot, as_of = excluded.as_of, etag = excluded.etag, version = excluded.version`,
      [...keyParams(put), put.snapshot, asOf, etag, version],
    );
    await this.#insertAudit(sql, put, { firstId: auditEnd + 1, now, version });
    if (notify !== null) await sql(notify);
    const { source, mode, customer, snapshot } = put;
    return { stored: true, current: { source, mode, customer, snapshot, asOf, etag, version } };
  }

  async #insertAudit(sql: Sql, put: s.Put, at: { firstId: number; now: number; version: number }): Promise<void> {
    const changes = put.changes ?? [];
    for (let from = 0; from < changes.length; from += AUDIT_CHUNK) {
      const values = new Where();
      const rows = changes.slice(from, from + AUDIT_CHUNK).map(({ kind, key, detail }, index) => {
        const facts = [at.firstId + from + index, at.now, ...keyParams(put), kind, key, detail ?? null];
        return `(${[...facts, put.eventId ?? null, put.asOf, at.version].map((value) => values.param(value)).join(', ')})`;
      });
      const columns = 'id, at, source, mode, customer, kind, feature_key, detail, event_id, as_of, version';
      await sql(`INSERT INTO {audit} (${columns}) VALUES ${rows.join(', ')}`, values.params);
    }
  }

  /** False: known already. */
  async #remember(sql: Sql, key: s.StoreKey, eventId: string, at: number): Promise<boolean> {
    const text = `INSERT INTO {events} (source, mode, event_id, seen_at) VALUES ($1, $2, $3, $4)
      ON CONFLICT DO NOTHING RETURNING seen_at`;
    return (await sql(text, [key.source, key.mode, eventId, at])).length > 0;
  }

  async #changesAfter(version: number, limit: number): Promise<s.ChangeNotice[]> {
    const text = 'SELECT source, mode, customer, version FROM {entries} WHERE version > $1 ORDER BY version LIMIT $2';
    return (await this.#read((sql) => sql(text, [version, limit]))).map(noticeOf);
  }
}
