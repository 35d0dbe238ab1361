// createTestPlangate(): a client for users' own tests. The engine is the real one; only the server and the time are the test's.
import type { PlangateClient } from '../client/api.js';
import type { PlangateOptions } from '../client/options.js';
import type { EngineOptions, JsonObject } from '../engine/types.js';
import { constructTestWebhook } from '../server/webhooks/test-webhook.js';
import type { TestWebhookOptions } from '../server/webhooks/test-webhook.js';
import { delegate } from '../telemetry/delegate.js';
import { Backend } from './backend.js';
import { settle, TestClock } from './clock.js';
import type { TestFeatures } from './features.js';

/** The state a test begins with. */
export interface TestPlangateOptions extends Omit<EngineOptions, 'caps'>, Pick<PlangateOptions, 'onError'> {
  /** The customer's features. */
  features?: TestFeatures;
  /** Default `cus_test`. */
  customer?: string;
  /** The features of others, for setCustomer(). */
  customers?: { readonly [customer: string]: TestFeatures };
  /** Default `test`. */
  source?: string;
  /** Default `live`. */
  mode?: 'live' | 'test';
  /** What there is to buy (docs/wire-format.md), for unlocks(). */
  catalogue?: JsonObject;
  /** Where the clock starts: ms since 1970-01-01 UTC, or a date. Default 2026-01-01. */
  now?: number | Date;
  /** No list is there until `test.load()`: for what a page shows meanwhile. */
  loading?: boolean;
}

/** What a test does to its client. Each resolves when the client has heard of it. */
export interface TestControls {
  readonly clock: TestClock;
  /** How often the list was asked for since the client was made. */
  readonly requests: number;
  /** Lets time pass: trials end, lists grow stale, timers run. */
  advance(ms: number): Promise<void>;
  /** Gives, changes (a value) and takes (false) features; the others stay. */
  set(features: TestFeatures): Promise<void>;
  /** A downgrade: from here on the customer has these features and no others. */
  downgrade(features: TestFeatures): Promise<void>;
  /**
   * A checkout: the server knows of the new features after `afterMs` (default 0), and nothing tells the client: it must ask, as with
   * `refreshUntil`.
   */
  checkout(features: TestFeatures, options?: { afterMs?: number }): Promise<void>;
  /** A payment failed: these features, or all, lose access (ACCESS_DENIED). */
  paymentFailed(keys?: readonly string[]): Promise<void>;
  /** A cancellation at the end of the period: these features, or all, end in so many ms. */
  cancel(options: { endsIn: number; keys?: readonly string[] }): Promise<void>;
  /** Goes on to the moment at which time next changes the feature, or any: the end of a trial, the begin of a grant. */
  trialEnd(key?: string): Promise<void>;
  /** Requests fail from here on, as without a network. */
  offline(): void;
  /** Requests are answered with a status, 503 unless told. */
  failing(status?: number): void;
  /** Requests are answered again; the client is not told. */
  online(): void;
  /** Ends `loading`. */
  load(): Promise<void>;
  /** A signed webhook "this customer's entitlements changed", for tests of a server's receiver. */
  webhook(options: Omit<TestWebhookOptions, 'customer'>): Promise<Request>;
}

/** A client, and the controls of its test. */
export interface TestPlangate extends PlangateClient {
  readonly test: TestControls;
}

/** Makes a client that is ready, unless it is to be `loading`. */
export type CreateTestPlangate = (options?: TestPlangateOptions) => Promise<TestPlangate>;

class Controls implements TestControls {
  readonly clock: TestClock;
  readonly #backend: Backend;
  readonly #client: PlangateClient;

  constructor(clock: TestClock, backend: Backend, client: PlangateClient) {
    this.clock = clock;
    this.#backend = backend;
    this.#client = client;
  }

  get requests(): number {
    return this.#backend.requests;
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  async set(features: TestFeatures): Promise<void> {
    this.#backend.put(this.#customer, features);
    await this.#hear();
  }

  async downgrade(features: TestFeatures): Promise<void> {
    this.#backend.clear(this.#customer);
    await this.set(features);
  }

  async checkout(features: TestFeatures, { afterMs = 0 }: { afterMs?: number } = {}): Promise<void> {
    const customer = this.#customer;
    const paid = (): void => this.#backend.put(customer, features);
    if (afterMs > 0) this.clock.setTimeout(paid, afterMs);
    else paid();
    await settle();
  }

  async paymentFailed(keys?: readonly string[]): Promise<void> {
    this.#backend.change(this.#customer, keys, { hasAccess: false });
    await this.#hear();
  }

  async cancel({ endsIn, keys }: { endsIn: number; keys?: readonly string[] }): Promise<void> {
    this.#backend.change(this.#customer, keys, { activeTo: this.clock.now() + endsIn });
    await this.#hear();
  }

  async trialEnd(key?: string): Promise<void> {
    const keys = key === undefined ? this.#backend.keys(this.#customer) : [key];
    const ends = keys.flatMap((each) => this.#client.check(each as never).validUntil ?? []);
    if (ends.length === 0) throw new Error(`Nothing ${key === undefined ? '' : `of "${key}" `}changes with time.`);
    await this.clock.advanceTo(Math.min(...ends));
  }

  offline(): void {
    this.#backend.weather = { kind: 'offline' };
  }

  failing(status = 503): void {
    this.#backend.weather = { kind: 'status', status };
  }

  online(): void {
    this.#backend.weather = { kind: 'fine' };
  }

  async load(): Promise<void> {
    this.online();
    await settle();
  }

  async webhook(options: Omit<TestWebhookOptions, 'customer'>): Promise<Request> {
    const timestamp = Math.floor(this.clock.now() / 1000);
    return constructTestWebhook({ timestamp, ...options, customer: this.#customer });
  }

  get #customer(): string {
    return this.#client.customer ?? '';
  }

  async #hear(): Promise<void> {
    const { requests } = this.#backend;
    await this.#client.refresh();
    // It may have joined a request that was answered before.
    if (this.#backend.requests === requests) await this.#client.refresh();
    await settle();
  }
}

/** Makes createTestPlangate of a way to make clients. */
export function testing(create: (options: PlangateOptions) => Promise<PlangateClient>): CreateTestPlangate {
  return async (options = {}) => {
    const { features = {}, customers = {}, customer = 'cus_test', source = 'test', mode = 'live', ...more } = options;
    const { catalogue, now, loading = false, ...rules } = more;
    const clock = new TestClock(now);
    const backend = new Backend(clock, { source, mode, catalogue });
    for (const [id, theirs] of Object.entries({ ...customers, [customer]: features })) backend.put(id, theirs);
    // Loading is what a change of customer brings about: no answers, and a request under way.
    const begin = loading ? 'cus_nobody' : customer;
    const client = await create({
      ...rules,
      url: (id) => `https://plangate.test/entitlements?customer=${encodeURIComponent(id ?? customer)}`,
      bootstrap: backend.snapshot(begin),
      customer: begin,
      clock,
      logger: null,
      fetch: backend.fetch as typeof fetch,
    });
    await settle();
    backend.requests = 0;
    if (loading) {
      backend.weather = { kind: 'held' };
      client.setCustomer(customer).catch(() => {});
    }
    return delegate(client as TestPlangate, { test: new Controls(clock, backend, client) });
  };
}
