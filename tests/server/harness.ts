// What the tests of the server share: a billing system in a map, the real engine, and servers that end with the test.
import { onTestFinished } from 'vitest';

import { createServer, memory, upstream } from '../../js/server/index.js';
import type { PlangateServer, ServerOptions } from '../../js/server/index.js';
import { WAIT_MS } from '../support/patience.js';
import './engine.js';

type Row = Readonly<Record<string, unknown>>;

/** Rows by customer; a customer without rows is known, and entitled to nothing. */
export class Billing {
  readonly rows = new Map<string, Row[]>();
  readonly calls: string[] = [];
  /** Thrown instead of an answer. */
  failure: Error | undefined;
  /** Before each answer. */
  delay: (customer: string) => Promise<void> = async () => {};
  catalogue: string | undefined;
  /** Its clock: two lists of one millisecond have no order, so each is dated later than the one before. */
  now = (): number => (this.#told = Math.max(Date.now(), this.#told + 1));
  #told = 0;

  /**
   * Ends when the moment of the last list is over, by the machine's clock: a server dates a list no earlier than the store's
   * clock was before it asked, and maybe no later.
   */
  async past(): Promise<void> {
    const end = performance.now() + Math.max(this.#told - Date.now(), 0) + 1;
    while (performance.now() < end) await new Promise((resolve) => void setImmediate(resolve));
  }

  grant(customer: string, ...rows: Row[]): void {
    this.rows.set(customer, [...(this.rows.get(customer) ?? []), ...rows]);
  }

  list(customer: string): string {
    const entitlements = this.rows.get(customer) ?? [];
    return JSON.stringify({ plangate: 1, customer, source: 'stripe', mode: 'test', asOf: this.now(), entitlements });
  }

  upstream() {
    const { catalogue } = this;
    return upstream({
      source: 'stripe',
      mode: 'test',
      fetch: async (customer) => {
        this.calls.push(customer);
        await this.delay(customer);
        if (this.failure) throw this.failure;
        const list = this.list(customer);
        await this.past();
        return list;
      },
      ...(catalogue !== undefined && { catalogue: () => catalogue }),
    });
  }
}

export const SECRET = 'whsec_test_secret';

/** What there is to buy in these tests: Pro has both features, Basic one; Secret is not for sale. */
export const CATALOGUE = JSON.stringify({
  features: [{ key: 'reports' }, { key: 'storage' }, { key: 'seats' }],
  products: [
    {
      id: 'prod_pro',
      name: 'Pro',
      prices: [{ id: 'price_pro', unitAmount: 2000, currency: 'usd', interval: 'month' }],
      features: [{ key: 'reports' }, { key: 'storage', config: { limitGB: 500 } }],
    },
    {
      id: 'prod_basic',
      name: 'Basic',
      prices: [{ id: 'price_basic', unitAmount: 500, currency: 'usd', interval: 'month' }],
      features: [{ key: 'storage', config: { limitGB: 10 } }],
    },
    { id: 'prod_secret', name: 'Secret', active: false, features: [{ key: 'reports' }] },
  ],
});

/** A server that ends with the test. The customer is who the header x-customer says. */
export function makeServer(billing: Billing, options: Partial<ServerOptions> = {}): PlangateServer {
  const server = createServer({
    upstream: billing.upstream(),
    store: memory(),
    customer: (request) => request.headers.get('x-customer'),
    webhookSecret: SECRET,
    reconcile: false,
    logger: null,
    pollMs: 50,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

/** A request to a server, as a customer. */
export function ask(path: string, customer?: string, init: RequestInit = {}): Request {
  const headers = new Headers(init.headers);
  if (customer !== undefined) headers.set('x-customer', customer);
  return new Request(`http://localhost${path}`, { ...init, headers });
}

/** Waits until something holds. */
export async function until<T>(what: () => T | Promise<T>, timeoutMs = WAIT_MS): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await what();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
