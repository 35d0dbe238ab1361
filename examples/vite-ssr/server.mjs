// The page's server: one plangate server for the process, one render per request. `npm run build && npm start`.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

import { createServer as createPlangateServer, memory, node, upstream } from 'plangate/server';
import { pageState, stateTag } from 'plangate/ssr';

import { catalogue, entitlementsOf } from './billing.mjs';
import { render } from './dist/server/entry-server.js';

const CLIENT = join(import.meta.dirname, 'dist', 'client');
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

/** Who is signed in: here a cookie says it, in an application its session does. */
const customerOf = (headers) => /(?:^|; )customer=([\w-]+)/.exec(headers.get('cookie') ?? '')?.[1] ?? null;

const entitlements = createPlangateServer({
  // With Stripe: upstream: stripe({ apiKey: process.env.STRIPE_KEY })
  upstream: upstream({ source: 'example', mode: 'test', fetch: entitlementsOf, catalogue: () => catalogue }),
  store: memory(),
  customer: (request) => customerOf(request.headers),
});
await entitlements.ready();
const { listener } = node(entitlements);
const html = readFileSync(join(CLIENT, 'index.html'), 'utf8');

async function page(request, response) {
  const customer = customerOf(new Headers(Object.entries(request.headers))) ?? 'guest';
  const gate = await entitlements.for(customer);
  const state = pageState(gate);
  gate.dispose();
  const body = html.replace('<!--page-->', () => render(state)).replace('<!--state-->', () => stateTag(state));
  // One customer's answers: no shared cache may keep them.
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-store' };
  response.writeHead(200, { ...headers, 'content-security-policy': POLICY }).end(body);
}

async function file(path, response) {
  const body = await readFile(join(CLIENT, path));
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  try {
    if (entitlements.owns(pathname)) await listener(request, response);
    else if (/^\/assets\/[\w.-]+$/.test(pathname)) await file(pathname, response);
    else if (pathname === '/') await page(request, response);
    else response.writeHead(404).end();
  } catch (error) {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
});
server.listen(Number(process.env.PORT ?? 5173), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
