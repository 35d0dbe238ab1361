// `plangate serve` as a real process, from dist/, and the billing system it reads.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { onTestFinished } from 'vitest';

import { constructTestWebhook } from '../../js/server/index.js';
import { paygenticList, paygenticRows, send, stripeList, stripeRows } from '../support/misbehaving-upstream.mjs';

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
export const WEBHOOK_SECRET = 'whsec_c2lnbmluZy1zZWNyZXQtb2YtdGhlLXRlc3Rz';
export const API_KEY = 'sk_test_of_the_cli_tests';

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'plangate-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A billing system on loopback: Stripe's and Paygentic's paths, with as many features per customer as it is told. */
export class Billing {
  /** How many features each customer has; who is not here is unknown. */
  readonly features = new Map<string, number>();
  /** Answers wait for this, where it is set. */
  hold: Promise<void> | undefined;
  /** The same, for what there is to buy. */
  holdCatalogue: Promise<void> | undefined;
  calls = 0;
  /** Lists that were asked for. */
  lists = 0;
  url = '';

  async start(): Promise<this> {
    const http = createServer((request, response) => void this.#answer(request, response)).listen(0, '127.0.0.1');
    await once(http, 'listening');
    onTestFinished(() => {
      http.closeAllConnections();
      http.close();
    });
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    return this;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    const url = new URL(request.url ?? '/', this.url);
    const named = url.searchParams.get('customer') ?? url.searchParams.get('customerId') ?? '';
    if (/^\/v1\/(products|prices|entitlements\/features)/.test(url.pathname)) {
      await this.holdCatalogue;
      return send(response, stripeList([], url));
    }
    this.lists += 1;
    await this.hold;
    const count = this.features.get(named);
    if (count === undefined)
      return send(response, { error: { type: 'invalid_request_error', message: 'No such customer' } }, 404);
    if (url.pathname === '/v1/entitlements') {
      return send(response, paygenticList(paygenticRows(count, { customer: named, prefix: 'paygentic' }), url));
    }
    return send(response, stripeList(stripeRows(count), url));
  }
}

/** A line of the log. */
export type LogLine = Record<string, unknown> & { readonly message: string };

/** A running process. */
export class Serving {
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  errors = '';
  readonly closed: Promise<number | null>;

  constructor(environment: Record<string, string>, { args = [], cwd = folder(), cli = CLI }: StartOptions = {}) {
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, [cli, 'serve', ...args], {
      cwd,
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines.map((line) => JSON.parse(line) as LogLine));
      this.child.emit('log');
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.closed = once(this.child, 'close').then(([code, signal]) => (code as number | null) ?? signalCode(signal));
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.closed;
    });
  }

  /** The first line with this message; waits for it. */
  async line(message: string, found: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    for (;;) {
      const line = this.log.find((one) => one.message === message && found(one));
      if (line) return line;
      const ended = await Promise.race([once(this.child, 'log').then(() => false), this.closed.then(() => true)]);
      if (ended) throw new Error(`it ended without "${message}": ${this.errors}${JSON.stringify(this.log.slice(-3))}`);
    }
  }

  /** Its address, once it listens. */
  async url(): Promise<string> {
    return String((await this.line('listening'))['url']);
  }
}

interface StartOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly cli?: string;
}

const signalCode = (signal: unknown): number | null => (signal === 'SIGKILL' ? 137 : null);

/** What most tests run by: Stripe at the stand-in, a header for the customer, a free port. */
export const environmentFor = (billing: Billing): Record<string, string> => ({
  PLANGATE_STRIPE_API_KEY: API_KEY,
  PLANGATE_STRIPE_BASE_URL: billing.url,
  PLANGATE_STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
  PLANGATE_CUSTOMER_FROM: 'header',
  PLANGATE_CUSTOMER_HEADER: 'x-customer',
  PLANGATE_PORT: '0',
  PLANGATE_RECONCILE_ENABLED: 'false',
});

/** A request as the customer. */
export const as = (customer: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { 'x-customer': customer, ...(init.headers as Record<string, string>) },
});

/** The feature keys that a customer is served. */
export async function keysOf(response: Response): Promise<string[]> {
  const { entitlements } = (await response.json()) as { entitlements: { featureKey: string }[] };
  return entitlements.map(({ featureKey }) => featureKey);
}

/** Delivers a Stripe webhook; the status, or 0 where nobody answered. */
export async function deliver(url: string, customer: string): Promise<number> {
  const request = await constructTestWebhook({
    provider: 'stripe',
    secret: WEBHOOK_SECRET,
    customer,
    url: `${url}/webhooks/stripe`,
  });
  const body = new Uint8Array(await request.arrayBuffer());
  return fetch(request.url, { method: 'POST', headers: request.headers, body }).then(
    async (response) => {
      await response.arrayBuffer().catch(() => undefined);
      return response.status;
    },
    () => 0,
  );
}
