// Usage counters in SQL. The limit is compared inside the UPDATE that counts, under the row's lock: two processes
// cannot both take the last one.

import * as common from '../common.js';
import type * as s from '../store.js';
import type { Dialect, Row, Sql, SqlValue } from './connection.js';
import { keyParams, ONE_CUSTOMER } from './rows.js';

const ONE_COUNTER = `${ONE_CUSTOMER} AND counter = $4 AND period = $5`;
const ONE_USE = `${ONE_CUSTOMER} AND idempotency_key = $4`;

type CounterParams = [string, string, string, string, number];

/** Makes the counter, or lifts it to what the billing system counted. Holds its lock from here on. */
async function lift(sql: Sql, at: CounterParams, counter: common.Counter): Promise<number> {
  const [row] = await sql(
    `INSERT INTO {counters} AS c (source, mode, customer, counter, period, used, period_end)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (source, mode, customer, counter, period) DO UPDATE
     SET used = CASE WHEN c.used < excluded.used THEN excluded.used ELSE c.used END,
         period_end = COALESCE(excluded.period_end, c.period_end)
     RETURNING used`,
    [...at, counter.base, counter.end],
  );
  return Number(row?.['used']);
}

/** Adds if it fits; null: it does not. */
async function addWithin(
  sql: Sql,
  dialect: Dialect,
  at: CounterParams,
  request: s.Consumption,
): Promise<number | null> {
  const hard = request.limit !== null && request.soft !== true;
  const params: SqlValue[] = [...at, request.amount];
  if (hard) params.push(request.limit);
  const amount = `CAST($6 AS ${dialect.real})`;
  const fits = hard ? ` AND used + ${amount} <= CAST($7 AS ${dialect.real})` : '';
  const [row] = await sql(
    `UPDATE {counters} SET used = used + ${amount} WHERE ${ONE_COUNTER}${fits} RETURNING used`,
    params,
  );
  return row ? Number(row['used']) : null;
}

async function subtract(
  sql: Sql,
  dialect: Dialect,
  at: CounterParams,
  used: number,
  amount: number,
): Promise<s.ReleaseResult> {
  const released = Math.min(used, amount);
  const text = `UPDATE {counters} SET used = used - CAST($6 AS ${dialect.real}) WHERE ${ONE_COUNTER} RETURNING used`;
  const [row] = await sql(text, [...at, released]);
  return { released, used: Number(row?.['used'] ?? 0), replayed: false };
}

interface Use {
  readonly key: string;
  readonly counter: common.Counter;
  readonly amount: number;
  readonly expires: number;
}

/** Reserves an idempotency key. A row: it was used before, for that. Waits for another transaction that is using it. */
async function reserve(sql: Sql, customer: s.StoreKey, use: Use): Promise<Row | undefined> {
  const { counter } = use;
  const reserved = await sql(
    `INSERT INTO {usage_keys} (source, mode, customer, idempotency_key, counter, period, amount, expires, accepted, past_limit, used, released)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING counter`,
    [...keyParams(customer), use.key, counter.name, counter.period, use.amount, use.expires],
  );
  if (reserved.length > 0) return undefined;
  const [row] = await sql(`SELECT * FROM {usage_keys} WHERE ${ONE_USE}`, [...keyParams(customer), use.key]);
  if (row && (row['counter'] !== counter.name || Number(row['amount']) !== use.amount)) throw common.keyReused(use.key);
  return row;
}

async function recordUse(
  sql: Sql,
  customer: s.StoreKey,
  key: string,
  answer: Omit<s.ConsumeResult, 'replayed'>,
): Promise<void> {
  await sql(`UPDATE {usage_keys} SET accepted = $5, past_limit = $6, used = $7 WHERE ${ONE_USE}`, [
    ...keyParams(customer),
    key,
    answer.accepted ? 1 : 0,
    answer.over ? 1 : 0,
    answer.used,
  ]);
}

/** {@link s.Store.consume}, within a transaction. */
export async function consume(
  sql: Sql,
  dialect: Dialect,
  request: s.Consumption,
  keep: common.FullRetention,
): Promise<s.ConsumeResult> {
  const counter = common.counterOf(request);
  const key = request.idempotencyKey;
  if (key !== undefined) {
    const expires = common.expiryOf(counter, request.now, keep);
    const before = await reserve(sql, request, { key, counter, amount: request.amount, expires });
    if (before) {
      const { accepted, past_limit: over, used } = before;
      return { accepted: Number(accepted) === 1, used: Number(used), over: Number(over) === 1, replayed: true };
    }
  }
  const at: CounterParams = [...keyParams(request), counter.name, counter.period];
  const standing = await lift(sql, at, counter);
  const after = await addWithin(sql, dialect, at, request);
  const used = after ?? standing;
  const answer = {
    accepted: after !== null,
    used,
    over: after !== null && request.limit !== null && used > request.limit,
  };
  if (key !== undefined) await recordUse(sql, request, key, answer);
  return { ...answer, replayed: false };
}

async function releaseUse(sql: Sql, dialect: Dialect, request: s.Release, consumed: string): Promise<s.ReleaseResult> {
  const counter = common.counterOf(request);
  const customer = keyParams(request);
  const [use] = await sql(`SELECT * FROM {usage_keys} WHERE ${ONE_USE}${dialect.forUpdate}`, [...customer, consumed]);
  const amount = Number(use?.['amount']);
  if (!use || Number(use['accepted']) !== 1 || amount < 0 || use['counter'] !== counter.name) {
    return {
      released: 0,
      used: await lift(sql, [...customer, counter.name, counter.period], counter),
      replayed: false,
    };
  }
  // Back to the period it was taken from, which may be over by now.
  const at: CounterParams = [...customer, counter.name, Number(use['period'])];
  const used = await lift(sql, at, { ...counter, end: null, base: 0 });
  if (Number(use['released']) === 1) return { released: 0, used, replayed: true };
  await sql(`UPDATE {usage_keys} SET released = 1 WHERE ${ONE_USE}`, [...customer, consumed]);
  return subtract(sql, dialect, at, used, amount);
}

/** {@link s.Store.release}, within a transaction. */
export async function release(
  sql: Sql,
  dialect: Dialect,
  request: s.Release,
  keep: common.FullRetention,
): Promise<s.ReleaseResult> {
  if (request.consumed !== undefined) return releaseUse(sql, dialect, request, request.consumed);
  const counter = common.counterOf(request);
  const key = request.idempotencyKey;
  if (key !== undefined) {
    const expires = common.expiryOf(counter, request.now, keep);
    // Negative: told apart from a consumption of the same amount.
    const before = await reserve(sql, request, { key, counter, amount: -request.amount, expires });
    if (before) return { released: 0, used: Number(before['used']), replayed: true };
  }
  const at: CounterParams = [...keyParams(request), counter.name, counter.period];
  const result = await subtract(sql, dialect, at, await lift(sql, at, counter), request.amount);
  if (key !== undefined) await recordUse(sql, request, key, { accepted: true, used: result.used, over: false });
  return result;
}

/** {@link s.Store.usage}. */
export async function usage(sql: Sql, request: s.CounterKey): Promise<{ used: number }> {
  const counter = common.counterOf(request);
  const [row] = await sql(`SELECT used FROM {counters} WHERE ${ONE_COUNTER}`, [
    ...keyParams(request),
    counter.name,
    counter.period,
  ]);
  return { used: Math.max(Number(row?.['used'] ?? 0), counter.base) };
}
