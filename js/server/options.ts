// Options of createServer.

import type { EngineOptions } from '../engine/types.js';
import type { Store } from '../stores/store.js';
import type { EngineFactory } from './engine-host.js';
import type { QueueOptions } from './refresh/queue.js';
import type { ReconcileOptions } from './refresh/reconcile.js';
import type { Signer } from './signed/sign.js';
import type { EventSource } from './upstreams/engine-port.js';
import type { Upstream } from './upstreams/upstream.js';
import type { Secrets } from './webhooks/verify.js';

/**
 * Who is asking: the id of the customer in the billing system, from your session. Null: nobody is signed in. `native` is
 * the framework's own request where an adapter made the Request (Express's `req`, Hono's context, …).
 */
export type CustomerOf = (
  request: Request,
  native?: unknown,
) => string | null | undefined | Promise<string | null | undefined>;

/** Webhooks of one provider. */
export interface WebhookOptions {
  readonly secrets: Secrets;
  /** Deliveries older than this are refused; default 300. */
  readonly toleranceSeconds?: number;
  /** Your id of a customer the provider names, where upstream customers are named differently; null: none of yours. */
  readonly customer?: (customer: string) => string | null | Promise<string | null>;
}

/** Server-sent events. */
export interface StreamOptions {
  /** A comment at least this often, so that proxies keep the connection; default 20,000 ms. */
  readonly heartbeatMs?: number;
  /** Connections of this process; default 10,000. */
  readonly maxStreams?: number;
  /** Then the client must connect, and be recognised, again; default 30 min. */
  readonly maxAgeMs?: number;
}

/** OpenFeature's remote evaluation protocol. */
export interface OfrepOptions {
  /**
   * Keys for backends (sent as `Authorization: Bearer` or `X-API-Key`). Whoever has one may ask about any customer, named by the
   * context's targetingKey. Without a key the customer is the session's, whatever the context says.
   */
  readonly apiKeys?: readonly string[];
}

/** Where warnings go. They never hold keys, bodies or lists. */
export interface ServerLogger {
  warn(...data: unknown[]): void;
  error(...data: unknown[]): void;
}

/** How a server is made. */
export interface ServerOptions extends Omit<EngineOptions, 'caps' | 'staleAfter' | 'expireAfter'> {
  readonly upstream: Upstream;
  readonly store: Store;
  readonly customer: CustomerOf;
  /** The endpoint's signing secret, or several: of Stripe, or of Paygentic where that is the upstream. */
  readonly webhookSecret?: Secrets;
  /** The same by provider, for more than one, or with more to say. */
  readonly webhooks?: Readonly<Partial<Record<EventSource, WebhookOptions>>>;
  /** Live or test; default what the upstream's key says, else live. Data of the other is refused. */
  readonly mode?: 'live' | 'test';
  /** A list is good for so long, ms; then it is fetched again in the background. Default 5 min. */
  readonly freshFor?: number;
  /** After that it still answers for so long, ms; then it denies (SNAPSHOT_EXPIRED). Default 7 days. */
  readonly staleFor?: number;
  /** A customer that could not be fetched is not asked about again for so long, ms. Default 5 s. */
  readonly negativeTtl?: number;
  /** A customer's fetch may take so long, retries included, ms. Default 30 s. */
  readonly refreshTimeoutMs?: number;
  /** A visitor waits at most so long for a first list, ms; then 503. Default 10 s. */
  readonly visitorTimeoutMs?: number;
  /** A request is answered with 503 after so long, ms, however slowly its body arrives; default 30 s. */
  readonly requestTimeoutMs?: number;
  /** How often the catalogue is fetched, ms; default 1 h. */
  readonly catalogueEveryMs?: number;
  readonly queue?: QueueOptions;
  /** The slow walk over all customers; false: none. */
  readonly reconcile?: ReconcileOptions | false;
  /** Customers held in memory; default 10,000. */
  readonly maxCustomers?: number;
  /** How often the store is asked for work that other processes left, ms; default 1 s. */
  readonly pollMs?: number;
  /** For how long work that this process took is its own, ms; default 60 s. */
  readonly leaseMs?: number;
  /** Where the routes begin, e.g. `/api`; default ''. */
  readonly basePath?: string;
  /** Larger request bodies are refused; default 1 MiB. */
  readonly maxBodyBytes?: number;
  readonly stream?: StreamOptions;
  readonly ofrep?: OfrepOptions;
  /** Who may read /metrics; default everybody who reaches it: it holds counts, no customer. */
  readonly metricsAllowed?: (request: Request) => boolean | Promise<boolean>;
  /** Signs what is served; see plangate/signed. */
  readonly signer?: Signer;
  /** Default console; null: nowhere. */
  readonly logger?: ServerLogger | null;
  /** Default: the engine of the entry. */
  readonly engines?: EngineFactory;
  /** Time, for tests. */
  readonly clock?: () => number;
}

/** What the core is told: rules, and how old a list may be. */
export function rulesOf(options: ServerOptions): EngineOptions {
  const {
    freshFor = 300_000,
    staleFor = 7 * 86_400_000,
    merge,
    unlimitedValue,
    onExpired,
    defaults,
    overrides,
  } = options;
  const rules = { merge, unlimitedValue, onExpired, defaults, overrides };
  return {
    ...Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)),
    staleAfter: freshFor,
    expireAfter: freshFor + staleFor,
  };
}

/** The webhooks to receive, by provider. */
export function webhooksOf({
  webhookSecret,
  webhooks = {},
  upstream,
}: ServerOptions): Map<EventSource, WebhookOptions> {
  const all = new Map(Object.entries(webhooks) as [EventSource, WebhookOptions][]);
  const own: EventSource = upstream.source === 'paygentic' ? 'paygentic' : 'stripe';
  if (webhookSecret !== undefined && !all.has(own)) all.set(own, { secrets: webhookSecret });
  return all;
}

/** Refuses what would only be noticed in production. */
export function checkOptions(options: ServerOptions): void {
  const fail = (message: string): never => {
    throw new TypeError(`createServer: ${message}`);
  };
  if (!options || typeof options.upstream?.fetch !== 'function')
    fail('upstream must be one of stripe(), paygentic(), upstream(), combine()');
  if (typeof options.store?.get !== 'function') fail('store must be a store, e.g. memory() or sqlite(file)');
  if (typeof options.customer !== 'function') fail('customer must be a function that says who is asking');
  for (const name of ['freshFor', 'staleFor', 'negativeTtl'] as const) {
    const value = options[name];
    if (value !== undefined && !(value >= 0)) fail(`${name} must be a number of milliseconds`);
  }
  if (options.basePath !== undefined && !/^(\/[^/?#]+)*$/.test(options.basePath)) {
    fail("basePath must begin with '/' and not end with one");
  }
}
