// The server of a test client: lists in memory, behind the client's own `fetch`. No network, no Response of the host.
import type { JsonObject } from '../engine/types.js';
import type { TestClock } from './clock.js';
import { rowsOf } from './features.js';
import type { Row, TestFeature, TestFeatures } from './features.js';

/** What the snapshots say beside the features. */
export interface BackendOptions {
  source: string;
  mode: 'live' | 'test';
  catalogue?: JsonObject | undefined;
}

/** How requests end. */
type Weather = { readonly kind: 'fine' | 'offline' | 'held' } | { readonly kind: 'status'; readonly status: number };

/** Holds each customer's rows and answers requests with snapshots. */
export class Backend {
  readonly #clock: TestClock;
  readonly #options: BackendOptions;
  readonly #lists = new Map<string, Map<string, Row[]>>();
  #weather: Weather = { kind: 'fine' };
  #held: (() => void)[] = [];
  /** Counts up. */
  requests = 0;

  constructor(clock: TestClock, options: BackendOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Puts features into a customer's list; false takes one out. */
  put(customer: string, features: TestFeatures): void {
    const list = this.#listOf(customer);
    for (const [key, feature] of Object.entries(features)) {
      list.set(key, rowsOf(key, feature as TestFeature, this.#clock.now()));
    }
  }

  clear(customer: string): void {
    this.#listOf(customer).clear();
  }

  /** Changes the rows of these features, of all without keys. Throws when a key has no row. */
  change(customer: string, keys: readonly string[] | undefined, fields: Row): void {
    const list = this.#listOf(customer);
    for (const key of keys ?? [...list.keys()]) {
      const rows = list.get(key);
      if (!rows?.length) throw new Error(`The customer has no feature "${key}": give it with features or set() first.`);
      list.set(
        key,
        rows.map((row) => ({ ...row, ...fields })),
      );
    }
  }

  /** Keys that have rows. */
  keys(customer: string): string[] {
    return [...this.#listOf(customer)].filter(([, rows]) => rows.length > 0).map(([key]) => key);
  }

  snapshot(customer: string): string {
    const { source, mode, catalogue } = this.#options;
    const entitlements = [...this.#listOf(customer).values()].flat();
    const asOf = this.#clock.now();
    return JSON.stringify({ plangate: 1, customer, source, mode, asOf, entitlements, catalogue });
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather.kind !== 'held') for (const go of this.#held.splice(0)) go();
  }

  /** The client's `fetch`. */
  fetch = async (input: unknown, init: { signal?: AbortSignal | null } = {}): Promise<Response> => {
    this.requests++;
    const { signal } = init;
    while (this.#weather.kind === 'held') await this.#wait(signal);
    if (signal?.aborted) throw new Error('The request was given up.');
    if (this.#weather.kind === 'offline') throw new TypeError('The test client is offline.');
    const status = this.#weather.kind === 'status' ? this.#weather.status : 200;
    const customer = decodeURIComponent(String(input).slice(String(input).lastIndexOf('=') + 1));
    const body = new TextEncoder().encode(status === 200 ? this.snapshot(customer) : '');
    return reply(status, body);
  };

  #wait(signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#held.push(resolve);
      signal?.addEventListener('abort', () => {
        this.#held = this.#held.filter((go) => go !== resolve);
        resolve();
      });
    }).then(() => {
      if (signal?.aborted) throw new Error('The request was given up.');
    });
  }

  #listOf(customer: string): Map<string, Row[]> {
    let list = this.#lists.get(customer);
    if (!list) this.#lists.set(customer, (list = new Map<string, Row[]>()));
    return list;
  }
}

/** What the client uses of a Response: some test environments (jsdom under Jest) have none. */
function reply(status: number, body: Uint8Array): Response {
  const headers = { get: () => null, has: () => false };
  const answer = { ok: status === 200, status, headers, body: null, arrayBuffer: async () => body.slice().buffer };
  return answer as unknown as Response;
}
