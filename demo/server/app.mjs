// The product's own server: the built pages under a strict policy, plangate's routes, and the product's backend.
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { hono } from 'plangate/server';

import { Refused } from './store.mjs';

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

/** The app. @param {string} root folder of the built page @param {Gates} gates @param {ReturnType<typeof import('./store.mjs').makeStore>} store */
export function makeApp(root, gates, store) {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('content-security-policy', POLICY);
    headers.set('x-content-type-options', 'nosniff');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  });
  app.onError((error, context) => {
    const asked = error instanceof Refused || error instanceof SyntaxError;
    if (!asked) console.error(error);
    return context.json({ error: asked ? error.message : 'That did not work' }, asked ? 400 : 502);
  });
  app.use(hono(gates.stripe).routes);
  app.use(hono(gates.paygentic).routes);
  app.get('/customers', async (context) => context.json(await store.customers()));
  app.get('/checkout/offer', (context) => {
    const { customer, price } = context.req.query();
    return context.json(store.offer(customer, price));
  });
  app.post('/checkout', async (context) => {
    const { customer, price } = await context.req.json();
    await store.buy(customer, price);
    return context.json({ paid: true });
  });
  app.post('/use', async (context) => {
    const { customer, feature, amount } = await context.req.json();
    return context.json(await store.use(customer, feature, amount));
  });
  app.post('/billing/:act', async (context) => {
    const { customer } = await context.req.json();
    await store.act(context.req.param('act'), customer);
    return context.json({ done: true });
  });
  app.post('/time', async (context) => {
    const { customer, by } = await context.req.json();
    return context.json(await store.move(by, customer));
  });
  app.post('/reset', async (context) => {
    await store.reset();
    return context.json({ reset: true });
  });
  app.get('*', serveStatic({ root }));
  app.notFound((context) => context.json({ error: 'Not found' }, 404));
  return app;
}
