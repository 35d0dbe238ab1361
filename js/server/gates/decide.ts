// The gates' common part: who asks, is it allowed, and the typed refusal when it is not.

import type { Reason } from '../../engine/codes.generated.js';
import type { LimitQuery, Unlock } from '../../engine/types.js';
import { isServerError } from '../errors.js';
import { decisionOf } from '../for-customer.js';
import type { Held } from '../holdings.js';
import { failureOf, problemOf } from '../http/problem.js';
import type { Problem } from '../http/problem.js';
import type { ServerState } from '../state.js';

/** Body of a 402. */
export interface PaymentRequired extends Problem {
  readonly status: 402;
  readonly error: 'PAYMENT_REQUIRED';
  readonly feature: string;
  readonly reason: Reason;
  /** What the customer could buy, cheapest first. */
  readonly unlocks: readonly Unlock[];
}

/** What a gate says: nothing (go on), or the refusal. */
export type GateAnswer = Problem | null;

/** A gate, asked with the Web request and the framework's own. */
export type Gate = (request: Request, native?: unknown) => Promise<GateAnswer>;

/** How much is used, for requireLimit: what the limit counts is the application's to know. */
export type UsageOf = (
  request: Request,
  customer: string,
  native?: unknown,
) => number | LimitQuery | Promise<number | LimitQuery>;

type Judge = (held: Held, request: Request, native: unknown) => Promise<PaymentRequired | null>;

/** A gate that lets only customers with the feature pass. */
export function featureGate(state: ServerState, key: string, { product = '' }: { product?: string } = {}): Gate {
  return gate(state, async (held) => {
    const { allowed, reason } = decisionOf(state, held, key, product);
    return allowed ? null : paymentRequired(state, key, reason, { keys: [key] });
  });
}

/** A gate that lets pass while the limit is not reached. Without a usage function: one more of the metered balance. */
export function limitGate(state: ServerState, key: string, field: string, usage?: UsageOf): Gate {
  return gate(state, async (held, request, native) => {
    const said = usage ? await usage(request, held.customer, native) : {};
    const query = typeof said === 'number' ? { used: said } : said;
    // The list may have been replaced while the application counted.
    const { engine, handle } = await state.latest(held);
    const result = state.host.ask(engine, () => engine.limit(handle, key, field, query, state.now()));
    if (result.allowed) return null;
    const { reason, limit, used, remaining } = result;
    // More of the same, where it can be said how much: else whoever has the feature at all.
    const { requested = 1 } = query;
    const atLeast = field !== '' && limit !== undefined ? { field, atLeast: used + requested } : {};
    const refusal = paymentRequired(state, key, reason, { keys: [key], ...atLeast });
    return { ...refusal, used, ...(limit !== undefined && { limit }), ...(remaining !== undefined && { remaining }) };
  });
}

/** Who asks; null: nobody. A callback that fails is a failure, never a pass. */
export async function customerOf(state: ServerState, request: Request, native?: unknown): Promise<string | null> {
  const customer = await state.options.customer(request, native);
  return typeof customer === 'string' && customer !== '' ? customer : null;
}

function gate(state: ServerState, judge: Judge): Gate {
  return async (request, native) => {
    const answer = await pass(state, judge, request, native);
    state.metrics.count('plangate_gates_total', { outcome: answer ? String(answer.status) : 'passed' });
    return answer;
  };
}

async function pass(state: ServerState, judge: Judge, request: Request, native: unknown): Promise<GateAnswer> {
  try {
    const customer = await customerOf(state, request, native);
    if (customer === null) return problemOf(401, 'UNAUTHENTICATED');
    return await judge(await state.ensure(customer), request, native);
  } catch (error) {
    if (!isServerError(error) || error.code === 'INVALID_OPTION') state.report('a gate failed', error);
    return failureOf(error);
  }
}

function paymentRequired(
  state: ServerState,
  feature: string,
  reason: Reason,
  query: { keys: string[]; field?: string; atLeast?: number },
): PaymentRequired {
  const unlocks = state.catalogue.unlocksNow(query);
  return problemOf(402, 'PAYMENT_REQUIRED', { feature, reason, unlocks }) as PaymentRequired;
}
