// createServer: everything a backend needs to read, keep, serve and gate entitlements.

import type { LimitResult, Unlock } from '../engine/types.js';
import type { UnlockQuestion } from '../client/api.js';
import { unlockQueryOf } from '../client/questions.js';
import { changedKeys } from '../openfeature/flags.js';
import { consume, release, usage } from './consume.js';
import type { Consumed, ConsumeOptions, MeterOptions, ReleaseOptions } from './consume.js';
import { ServerError } from './errors.js';
import { ForCustomer } from './for-customer.js';
import type { CustomerClient } from './for-customer.js';
import { featureGate, limitGate } from './gates/decide.js';
import type { Gate, UsageOf } from './gates/decide.js';
import type { HealthReport } from './http/health.js';
import { problem, respond } from './http/problem.js';
import { Router } from './http/router.js';
import { checkOptions } from './options.js';
import type { ServerOptions } from './options.js';
import { ServerState } from './state.js';

/** A gate for handlers of Web requests: null lets pass, else it is the answer (401, 402, 503). */
export type RequestGate = (request: Request, native?: unknown) => Promise<Response | null>;

/** A running server: routes, gates, and the questions behind them. */
export interface PlangateServer {
  /** Answers the server's routes; 404 for every other path. Mount it, or use an adapter. */
  readonly handle: (request: Request, native?: unknown) => Promise<Response>;
  /** The same, but null for paths that are not the server's: for frameworks that go on then. */
  readonly route: (request: Request, native?: unknown) => Promise<Response | null>;
  /** Whether a path is one of the server's, so that an adapter need not read the body of others. */
  readonly owns: (pathname: string) => boolean;
  /** Lets only customers with the feature pass. */
  requireFeature(key: string, options?: { product?: string }): RequestGate;
  /** Lets pass while the limit is not reached; `usage` says how much is used. */
  requireLimit(key: string, field: string, usage?: UsageOf): RequestGate;
  /** The gates without HTTP, for adapters. */
  featureGate(key: string, options?: { product?: string }): Gate;
  limitGate(key: string, field: string, usage?: UsageOf): Gate;
  /** The client's API for one customer. Resolves when the customer's list is in memory; rejects with ServerError. */
  for(customer: string): Promise<CustomerClient>;
  /** Counts an amount, if it fits; many processes together never exceed a hard limit. */
  consume(customer: string, key: string, amount: number, options?: ConsumeOptions): Promise<Consumed>;
  /** Gives back what was consumed. */
  release(
    customer: string,
    key: string,
    options: ReleaseOptions,
  ): Promise<{ readonly released: number; readonly used: number }>;
  /** What is used and left, over all processes. */
  usage(customer: string, key: string, options?: MeterOptions): Promise<LimitResult>;
  /** The products that would grant it. */
  unlocks(question: UnlockQuestion<string>): Promise<readonly Unlock[]>;
  /** Whether a feature of this name is in the catalogue; undefined: there is no catalogue. */
  readonly knows: (key: string) => boolean | undefined;
  /** Calls back when a customer's list in this process became another one, or time changed it, with the features that changed. */
  onChange(listener: (customer: string, keys: readonly string[]) => void): () => void;
  /** Fetches the customer again, now; e.g. after a checkout. Rejects with the reason. */
  refresh(customer: string): Promise<void>;
  health(): Promise<HealthReport>;
  /** Resolves when the catalogue was asked for and changes of other processes are listened to. Requests need not wait for it. */
  ready(): Promise<void>;
  /** Ends streams, timers and the engine. The store is yours to close. */
  close(): Promise<void>;
}

/** Makes a server. A wrong option throws here; a store or billing system that is down does not. */
export function createServer(options: ServerOptions): PlangateServer {
  checkOptions(options);
  const state = new ServerState(options);
  const router = new Router(state);
  const asResponse =
    (gate: Gate): RequestGate =>
    async (request, native) => {
      const refusal = await gate(request, native);
      return refusal && respond(refusal);
    };
  const route: PlangateServer['route'] = (request, native) => router.route(request, native);
  return {
    route,
    handle: async (request, native) => (await route(request, native)) ?? problem(404, 'NOT_FOUND'),
    owns: (pathname) => router.find(pathname) !== undefined,
    featureGate: (key, narrowed) => featureGate(state, key, narrowed),
    limitGate: (key, field, usageOf) => limitGate(state, key, field, usageOf),
    requireFeature: (key, narrowed) => asResponse(featureGate(state, key, narrowed)),
    requireLimit: (key, field, usageOf) => asResponse(limitGate(state, key, field, usageOf)),
    for: async (customer) => new ForCustomer(state, await state.ensure(checkCustomer(customer))),
    consume: async (customer, key, amount, more = {}) => consume(state, checkCustomer(customer), key, amount, more),
    release: async (customer, key, what) => release(state, checkCustomer(customer), key, what),
    usage: async (customer, key, options = {}) => usage(state, checkCustomer(customer), key, options),
    unlocks: (question) => state.catalogue.unlocks(unlockQueryOf(question)),
    knows: (key) => state.catalogue.current?.features.has(key),
    onChange: (listener) =>
      state.holdings.onAny(({ customer }, diff) => listener(customer, diff ? changedKeys(diff) : [])),
    refresh: async (customer) => {
      await state.refresh(checkCustomer(customer), 'visitor');
    },
    health: () => router.health(),
    ready: () => state.started,
    close: async () => {
      router.close();
      await state.close();
    },
  };
}

function checkCustomer(customer: string): string {
  if (typeof customer === 'string' && customer !== '') return customer;
  throw new ServerError('INVALID_OPTION', 'The customer must be a non-empty string.');
}
