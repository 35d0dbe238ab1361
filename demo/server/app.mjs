// The product's own server: the built page under a strict policy, plangate's routes, and a way to the billing side.
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { hono } from 'plangate/server';

/** The strictest policy under which a page that uses plangate runs: no inline script or style, no eval. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** @typedef {{stripe: import('plangate/server').PlangateServer, paygentic: import('plangate/server').PlangateServer}} Gates */

/** Asks the billing side. @param {string} url @param {RequestInit} [init] */
async function billing(url, init) {
  const answer = await fetch(url, init);
  return new Response(await answer.text(), { status: answer.status, headers: { 'content-type': 'application/json' } });
}

const post = (/** @type {string} */ body) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
});

/** Begins again, and returns when the servers know it. @param {string} billingUrl @param {Gates} gates */
async function reset(billingUrl, gates) {
  const { changed } = await (await fetch(`${billingUrl}/control/reset`, post('{}'))).json();
  const servers = new Map((await customersOf(billingUrl)).map(({ id, billing: name }) => [id, gates[name]]));
  await Promise.all(changed.map((/** @type {string} */ id) => servers.get(id)?.refresh(id)));
}

/** @param {string} billingUrl @returns {Promise<{id: string, billing: 'stripe' | 'paygentic'}[]>} */
const customersOf = async (billingUrl) => (await fetch(`${billingUrl}/control/customers`)).json();

/** The app. @param {string} root folder of the built page @param {string} billingUrl @param {Gates} gates */
export function makeApp(root, billingUrl, gates) {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('content-security-policy', POLICY);
    headers.set('x-content-type-options', 'nosniff');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  });
  app.use(hono(gates.stripe).routes);
  app.use(hono(gates.paygentic).routes);
  app.get('/customers', () => billing(`${billingUrl}/control/customers`));
  app.post('/billing/:act', async (context) =>
    billing(`${billingUrl}/control/${encodeURIComponent(context.req.param('act'))}`, post(await context.req.text())),
  );
  app.post('/reset', async (context) => {
    await reset(billingUrl, gates);
    return context.json({ reset: true });
  });
  app.get('*', serveStatic({ root }));
  app.notFound((context) => context.json({ error: 'Not found' }, 404));
  return app;
}
