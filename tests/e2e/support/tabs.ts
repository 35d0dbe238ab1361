// A page of its own beside a real plangate server, for tests with several tabs: counts requests and open streams.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';

import { constructTestWebhook, createServer, memory, node } from '../../../js/server/index.js';
import '../../server/engine.js';
import { Billing, SECRET } from '../../server/harness.js';
import type { PlangateClient } from '../../../js/client/api.js';

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";

const PAGE =
  '<!doctype html><title>waiting</title><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>';

/** What the page runs; `?customer=` says whose it is, `?store=indexeddb` and `?page=storage` choose parts. */
const APP = `
import { createPlangate } from '/dist/browser.js';
import { cache, indexedDb, webStorage } from '/dist/cache.js';
import { live, storagePage } from '/dist/live.js';

const asked = new URLSearchParams(location.search);
const customer = asked.get('customer');
const store = asked.get('store') === 'indexeddb' ? indexedDb() : webStorage();
globalThis.kept = async () => String(await store.get('plangate/1/index'));
globalThis.heard = [];
globalThis.gate = await createPlangate({
  url: (whose) => '/entitlements?customer=' + whose,
  customer,
  onError: ({ code }) => heard.push(code),
  use: [
    cache({ freshFor: 0, store }),
    live({ gapMs: 200, ...(asked.get('page') === 'storage' && { page: storagePage() }) }),
  ],
});
globalThis.first = { ready: gate.ready, reports: gate.hasFeature('reports') };
document.title = 'ready';
`;

declare global {
  // The page's globals.
  var gate: PlangateClient;
  var kept: () => Promise<string>;
  var heard: string[];
  var first: { ready: boolean; reports: boolean };
}

export class TabsApp {
  readonly billing = new Billing();
  readonly server = createServer({
    upstream: this.billing.upstream(),
    store: memory(),
    customer: (request) => new URL(request.url).searchParams.get('customer'),
    webhookSecret: SECRET,
    reconcile: false,
    logger: null,
    pollMs: 50,
    stream: { heartbeatMs: 1000 },
  });
  streams = 0;
  lists = 0;
  url = '';
  #http = createHttp((request, response) => this.#answer(request, response));

  async start(): Promise<void> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  /** The customer's features from now on, told by a signed webhook. */
  async sell(customer: string, ...features: string[]): Promise<void> {
    this.billing.rows.set(
      customer,
      features.map((featureKey) => ({ id: `ent_${featureKey}`, featureKey })),
    );
    const delivery = await constructTestWebhook({
      provider: 'stripe',
      secret: SECRET,
      customer,
      url: `${this.url}webhooks/stripe`,
    });
    const { status } = await fetch(delivery);
    if (status !== 200) throw new Error(`the webhook was answered with ${status}`);
  }

  async open(context: BrowserContext, query: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${this.url}?${query}`);
    await page.waitForFunction(() => document.title === 'ready');
    return page;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url!, 'http://x');
    if (pathname === '/entitlements') this.lists++;
    if (pathname === '/entitlements/stream') {
      this.streams++;
      response.on('close', () => this.streams--);
    }
    if (/^\/(entitlements|webhooks)/.test(pathname)) return void node(this.server).listener(request, response as never);
    const found = /^\/dist\/[\w.-]+$/.exec(pathname);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('content-type', TYPES[extname(pathname)] ?? 'text/html');
    response.end(
      pathname === '/app.js' ? APP : found ? readFileSync(new URL(`../../..${found[0]}`, import.meta.url)) : PAGE,
    );
  }
}

/** Whether each page allows the feature. */
export const allowedIn = (pages: readonly Page[], feature: string): Promise<boolean[]> =>
  Promise.all(pages.map((page) => page.evaluate((key) => gate.hasFeature(key), feature)));
