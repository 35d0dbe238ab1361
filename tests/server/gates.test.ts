// Gates on real servers of every framework: 401, 402 with what to buy, 503, and pass.
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve as serveHono } from '@hono/node-server';
import expressApp from 'express';
import fastifyApp from 'fastify';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';

import { express, fastify, hono, next, node } from '../../js/server/index.js';
import type { PlangateServer } from '../../js/server/index.js';
import { Billing, CATALOGUE, makeServer } from './harness.js';

type Mount = (server: PlangateServer) => Promise<string>;

/** `/reports` needs the feature, `/upload?used=n` the limit; the server's own routes beside them. */
const mounts: Record<string, Mount> = {
  async express(server) {
    const { routes, requireFeature, requireLimit } = express(server);
    const app = expressApp();
    app.use(routes as never);
    app.use(expressApp.json());
    app.get('/reports', requireFeature('reports') as never, (_, response) => void response.send('report'));
    const usage = (request: Request): number => Number(new URL(request.url).searchParams.get('used'));
    app.get('/upload', requireLimit('storage', 'limitGB', usage) as never, (_, response) => void response.send('up'));
    return listening(app.listen(0, '127.0.0.1'));
  },
  async fastify(server) {
    const { routes, requireFeature, requireLimit } = fastify(server);
    const app = fastifyApp();
    app.addHook('onRequest', routes as never);
    app.get('/reports', { preHandler: requireFeature('reports') as never }, async () => 'report');
    const usage = (request: Request): number => Number(new URL(request.url).searchParams.get('used'));
    app.get('/upload', { preHandler: requireLimit('storage', 'limitGB', usage) as never }, async () => 'up');
    onTestFinished(() => app.close());
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
  async hono(server) {
    const { routes, requireFeature, requireLimit } = hono(server);
    const app = new Hono();
    app.use(routes as never);
    app.get('/reports', requireFeature('reports') as never, (context) => context.text('report'));
    const usage = (request: Request): number => Number(new URL(request.url).searchParams.get('used'));
    app.get('/upload', requireLimit('storage', 'limitGB', usage) as never, (context) => context.text('up'));
    return listening(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as never);
  },
  async node(server) {
    const { routes, requireFeature, requireLimit } = node(server);
    const reports = requireFeature('reports');
    const upload = requireLimit('storage', 'limitGB', (request) => ({
      used: Number(new URL(request.url).searchParams.get('used')),
    }));
    const http = createHttp((request, response) => {
      void (async () => {
        if (await routes(request as never, response as never)) return;
        const report = request.url === '/reports';
        const gate = report ? reports : upload;
        if (await gate(request as never, response as never)) response.end(report ? 'report' : 'up');
      })();
    });
    return listening(http.listen(0, '127.0.0.1'));
  },
  async next(server) {
    const { handlers, requireFeature, requireLimit } = next(server);
    const usage = (request: Request): number => Number(new URL(request.url).searchParams.get('used'));
    const reports = requireFeature('reports')(() => new Response('report'));
    const upload = requireLimit('storage', 'limitGB', usage)(() => new Response('up'));
    const app = new Hono();
    app.get('/reports', (context) => reports(context.req.raw, {}));
    app.get('/upload', (context) => upload(context.req.raw, {}));
    app.all('*', (context) => handlers.GET(context.req.raw, {}));
    return listening(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as never);
  },
};

async function listening(http: ReturnType<typeof createHttp>): Promise<string> {
  if (!http.listening) await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const as = (customer: string) => ({ headers: { 'x-customer': customer } });

test.each(Object.keys(mounts))('%s: routes and gates', async (name) => {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  billing.grant('cus_pro', { id: 'e1', featureKey: 'reports' });
  billing.grant('cus_pro', { id: 'e2', featureKey: 'storage', type: 'static', config: { limitGB: 10 } });
  const server = makeServer(billing);
  await server.ready();
  const url = await mounts[name]!(server);

  const list = await fetch(`${url}/entitlements`, as('cus_pro'));
  expect([list.status, (await list.json()).customer]).toEqual([200, 'cus_pro']);

  const nobody = await fetch(`${url}/reports`);
  expect([nobody.status, nobody.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
  const denied = await fetch(`${url}/reports`, as('cus_free'));
  expect(denied.status).toBe(402);
  expect(denied.headers.get('content-type')).toBe('application/problem+json');
  expect(await denied.json()).toMatchObject({
    status: 402,
    error: 'PAYMENT_REQUIRED',
    feature: 'reports',
    reason: 'NOT_ENTITLED',
    unlocks: [{ productId: 'prod_pro', prices: [{ id: 'price_pro', unitAmount: 2000 }] }],
  });
  const passed = await fetch(`${url}/reports`, as('cus_pro'));
  expect([passed.status, await passed.text()]).toEqual([200, 'report']);

  expect(await (await fetch(`${url}/upload?used=9`, as('cus_pro'))).text()).toBe('up');
  const full = await fetch(`${url}/upload?used=10`, as('cus_pro'));
  expect([full.status, await full.json()]).toMatchObject([
    402,
    { feature: 'storage', reason: 'LIMIT_REACHED', limit: 10, used: 10, unlocks: [{ productId: 'prod_pro' }] },
  ]);

  billing.failure = new Error('down');
  const unknown = await fetch(`${url}/reports`, as('cus_never_seen'));
  expect([unknown.status, (await unknown.json()).error]).toEqual([503, 'UNAVAILABLE']);
});

test('a session callback that fails lets nobody pass; the hot path asks nobody', async () => {
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  let fails = false;
  const server = makeServer(billing, {
    customer: () => {
      if (fails) throw new Error('session store is down');
      return 'cus_1';
    },
  });
  const gate = server.requireFeature('reports');
  const request = new Request('http://localhost/reports');
  for (let i = 0; i < 100; i += 1) expect(await gate(request)).toBeNull();
  expect(billing.calls).toEqual(['cus_1']);
  fails = true;
  expect((await gate(request))?.status).toBe(500);
});
