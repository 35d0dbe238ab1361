// Metered use: the engine says how much is allowed and of which period, the store counts, atomically for all processes.

import type { Reason } from '../engine/codes.generated.js';
import type { Counter } from '../engine/server-engine.js';
import type { LimitResult } from '../engine/types.js';
import type { CounterKey } from '../stores/store.js';
import { ServerError } from './errors.js';
import type { Held } from './holdings.js';
import type { ServerState } from './state.js';

/** What is counted, when not the metered balance of the whole feature. */
export interface MeterOptions {
  /** A limit of the feature's config instead of the metered balance; it has no period, so it is counted until released. */
  readonly field?: string;
  /** Only entitlements of this product; they are counted apart. */
  readonly product?: string;
}

/** How something is consumed. */
export interface ConsumeOptions extends MeterOptions {
  /** The same key again gives the first answer again and counts nothing: the id of the job, order or request. */
  readonly idempotencyKey?: string;
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

/** Counts an amount against the customer's balance, if it fits. */
export async function consume(
  state: ServerState,
  customer: string,
  key: string,
  amount: number,
  { idempotencyKey, ...what }: ConsumeOptions,
): Promise<Consumed> {
  const held = await state.ensure(customer);
  const meter = meterOf(state, held, key, what);
  const { allowance } = meter;
  const done = (consumed: Consumed): Consumed => {
    state.metrics.count('plangate_consumptions_total', { outcome: consumed.accepted ? 'accepted' : consumed.reason });
    return consumed;
  };
  // Denied for another reason than the balance: there is nothing to count against.
  if (!allowance.countable) {
    return done({ accepted: false, reason: allowance.reason, used: allowance.used, over: false, replayed: false });
  }
  const { accepted, used, over, replayed } = await state.options.store.consume({
    ...meter.counter,
    limit: allowance.limit ?? null,
    soft: allowance.soft,
    amount,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
  // Counted is counted: that there is no list any more must not become an error.
  const latest = await state.latest(held).catch(() => held);
  const after = limitOf(state, latest, meter, used, accepted ? 0 : amount);
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
export type ReleaseOptions = MeterOptions &
  ({ readonly consumed: string } | { readonly amount: number; readonly idempotencyKey?: string });

/** Gives back a consumption by its idempotency key, or an amount. */
export async function release(
  state: ServerState,
  customer: string,
  key: string,
  options: ReleaseOptions,
): Promise<{ readonly released: number; readonly used: number }> {
  const held = await state.ensure(customer);
  const { field, product, ...what } = options;
  const { counter } = meterOf(state, held, key, { ...(field && { field }), ...(product && { product }) });
  const { released, used } = await state.options.store.release({ ...counter, ...what });
  return { released, used };
}

/** What is used and left in this period, over all processes. */
export async function usage(
  state: ServerState,
  customer: string,
  key: string,
  options: MeterOptions,
): Promise<LimitResult> {
  const held = await state.ensure(customer);
  const meter = meterOf(state, held, key, options);
  const { used } = await state.options.store.usage(meter.counter);
  return limitOf(state, await state.latest(held), meter, used, 0);
}

function limitOf(
  state: ServerState,
  held: Held,
  { key, field, product }: Metered,
  used: number,
  requested: number,
): LimitResult {
  return state.host.ask(held.engine, (engine) =>
    engine.limit(held.handle, key, field, { used, requested, product }, state.now()),
  );
}

/** What is counted: a feature's metered balance, or a limit of its config. */
interface Metered {
  readonly key: string;
  readonly field: string;
  readonly product: string;
}

/** The engine's word on it, and the counter as the store names it. */
interface Meter extends Metered {
  readonly allowance: Counter;
  readonly counter: CounterKey;
}

function meterOf(state: ServerState, held: Held, key: string, options: Partial<Omit<Metered, 'key'>>): Meter {
  if (typeof key !== 'string' || key === '') throw new ServerError('INVALID_OPTION', 'Name the feature.');
  const { field = '', product = '' } = options;
  const now = Math.round(state.now());
  const allowance = state.host.ask(held.engine, (engine) => engine.counter(held.handle, key, field, product, now));
  const { name, pool, periodStart, periodEnd, used: base } = allowance;
  const counter = { ...state.keyOf(held.customer), now, key: name, periodStart, periodEnd, base };
  return { key, field, product, allowance, counter: { ...counter, ...(pool !== undefined && { pool }) } };
}
