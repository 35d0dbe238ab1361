// Metered use: the engine says how much is allowed and of which period, the store counts, atomically for all processes.

import type { Reason } from '../engine/codes.generated.js';
import type { Decision, JsonObject, LimitResult } from '../engine/types.js';
import type { CounterKey, StoreKey } from '../stores/store.js';
import { ServerError } from './errors.js';
import { decisionOf } from './for-customer.js';
import type { Held } from './holdings.js';
import type { ServerState } from './state.js';

/** How something is consumed. */
export interface ConsumeOptions {
  /** The same key again gives the first answer again and counts nothing: the id of the job, order or request. */
  readonly idempotencyKey?: string;
  /** A limit of the feature's config instead of the metered balance; it has no period, so it is counted until released. */
  readonly field?: string;
}

/** What became of a consumption. */
export interface Consumed {
  readonly accepted: boolean;
  readonly reason: Reason;
  /** The counter after it. */
  readonly used: number;
  /** Absent: unlimited, or none is known. */
  readonly limit?: number;
  readonly remaining?: number;
  /** Accepted beyond a soft limit. */
  readonly over: boolean;
  /** This is the answer to an earlier call with the same idempotency key. */
  readonly replayed: boolean;
}

interface Meter {
  readonly allowance: LimitResult;
  readonly soft: boolean;
  readonly counter: CounterKey;
}

interface UsageRow {
  readonly id?: string;
  readonly featureKey: string;
  readonly usage?: { readonly periodStart?: number; readonly periodEnd?: number; readonly pool?: string };
}

// More than any real request: whether even this is allowed tells a soft limit from a hard one.
const FAR_BEYOND = Number.MAX_SAFE_INTEGER;

/** Counts an amount against the customer's balance, if it fits. */
export async function consume(
  state: ServerState,
  customer: string,
  key: string,
  amount: number,
  { idempotencyKey, field = '' }: ConsumeOptions,
): Promise<Consumed> {
  const held = await state.ensure(customer);
  const meter = meterOf(state, held, key, field);
  const { allowance } = meter;
  const done = (consumed: Consumed): Consumed => {
    state.metrics.count('plangate_consumptions_total', { outcome: consumed.accepted ? 'accepted' : consumed.reason });
    return consumed;
  };
  // Denied for another reason than the balance: there is nothing to count against.
  if (allowance.limit === undefined && !allowance.unlimited) {
    return done({ accepted: false, reason: allowance.reason, used: allowance.used, over: false, replayed: false });
  }
  const { accepted, used, over, replayed } = await state.options.store.consume({
    ...meter.counter,
    limit: allowance.unlimited ? null : allowance.limit!,
    soft: meter.soft,
    amount,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
  const after = limitOf(state, held, key, field, used, accepted ? 0 : amount);
  const reason = accepted ? (over ? 'SOFT_LIMIT_EXCEEDED' : 'GRANTED') : 'LIMIT_REACHED';
  const { limit, remaining } = after;
  return done({
    accepted,
    reason,
    used,
    over,
    replayed,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
  });
}

/** What to give back. */
export type ReleaseOptions =
  | { readonly consumed: string; readonly field?: string }
  | { readonly amount: number; readonly idempotencyKey?: string; readonly field?: string };

/** Gives back a consumption by its idempotency key, or an amount. */
export async function release(
  state: ServerState,
  customer: string,
  key: string,
  options: ReleaseOptions,
): Promise<{ readonly released: number; readonly used: number }> {
  const held = await state.ensure(customer);
  const { field = '', ...what } = options;
  const { counter } = meterOf(state, held, key, field);
  const { released, used } = await state.options.store.release({ ...counter, ...what });
  return { released, used };
}

/** What is used and left in this period, over all processes. */
export async function usage(state: ServerState, customer: string, key: string, field = ''): Promise<LimitResult> {
  const held = await state.ensure(customer);
  const { counter } = meterOf(state, held, key, field);
  const { used } = await state.options.store.usage(counter);
  return limitOf(state, held, key, field, used, 0);
}

function limitOf(
  state: ServerState,
  held: Held,
  key: string,
  field: string,
  used: number,
  requested: number,
): LimitResult {
  return state.host.ask(held.engine, (engine) =>
    engine.limit(held.handle, key, field, { used, requested }, state.now()),
  );
}

/** What the engine allows, and which counter stands for it. */
function meterOf(state: ServerState, held: Held, key: string, field: string): Meter {
  if (typeof key !== 'string' || key === '') throw new ServerError('INVALID_OPTION', 'Name the feature.');
  const ask = (requested: number): LimitResult =>
    state.host.ask(held.engine, (engine) => engine.limit(held.handle, key, field, { requested }, state.now()));
  const allowance = ask(0);
  const soft = ask(FAR_BEYOND).allowed;
  const id: StoreKey = state.keyOf(held.customer);
  const at = { ...id, now: Math.round(state.now()) };
  if (field !== '') return { allowance, soft, counter: { ...at, key: `${key}#${field}`, periodStart: 0 } };
  const period = periodOf(state, held, decisionOf(state, held, key), key);
  return { allowance, soft, counter: { ...at, key, base: allowance.used, ...period } };
}

/** The period and pool that name the counter: of the row that the period ends first of. */
function periodOf(
  state: ServerState,
  held: Held,
  { grants }: Decision,
  key: string,
): Pick<CounterKey, 'periodStart' | 'periodEnd' | 'pool'> {
  const text = state.host.ask(held.engine, (engine) => engine.encode(held.handle, false));
  const { entitlements } = JSON.parse(text) as { entitlements: (UsageRow & JsonObject)[] };
  const metered = entitlements.filter((row) => row.featureKey === key && row.usage);
  const granting = metered.filter(({ id = '' }) => grants.includes(id));
  const rows = granting.length > 0 ? granting : metered;
  const end = ({ usage: { periodEnd = Infinity } = {} }: UsageRow): number => periodEnd;
  const first = [...rows].sort((a, b) => end(a) - end(b))[0];
  const { periodStart = 0, periodEnd, pool } = first?.usage ?? {};
  // Rows of different pools have no counter in common but the feature's own.
  const shared = rows.every(({ usage: { pool: other } = {} }) => other === pool);
  return { periodStart, ...(periodEnd !== undefined && { periodEnd }), ...(shared && pool && { pool }) };
}
