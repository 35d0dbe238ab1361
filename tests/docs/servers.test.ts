// Short examples of servers, run with the real frameworks: each mounted, listening, and asked over HTTP by nobody, by a
// customer without the feature and by one with it.
import { expect, test } from 'vitest';

import { run } from './program.js';
import { blockWith, example } from './ran.mjs';

const SHOP = '../../../tests/docs/shop.mjs';
/** `server` as the pages have it, and what the tests ask with. */
const given = (options = '{}') => `import { open } from '${SHOP}'; globalThis.server = await open(${options});`;
const listening = `const { once } = await import('node:events');
  const { ask, fetches, keysAt, plans, tell, until, visits } = await import('${SHOP}');
  const { createServer: createNodeServer } = await import('node:http');
  const start = async (http) => { http.listen(0, '127.0.0.1'); await once(http, 'listening'); return 'http://127.0.0.1:' + http.address().port; };`;
const reports = `tell({ visits: await visits(url + '/reports'), keys: await keysAt(url + '/entitlements', 'cus_pro') });`;

/** What the page promises: 401, 402 with the body that it shows, 200; and the server's own routes beside it. */
function promised(type = 'text/plain') {
  const refusal = JSON.parse(blockWith('docs/gate-a-route.md', 'PAYMENT_REQUIRED').text) as object;
  return {
    visits: [
      [401, 'application/problem+json', expect.objectContaining({ error: 'UNAUTHENTICATED', status: 401 })],
      [402, 'application/problem+json', refusal],
      [200, type, 'the report'],
    ],
    keys: ['reports', 'seats'],
  };
}

const PAGE = 'docs/gate-a-route.md';

test('docs/gate-a-route.md: Fastify', async () => {
  example(PAGE, 'PAYMENT_REQUIRED'); // the refusal that promised() compares with
  const after = `${listening} const url = await app.listen({ port: 0, host: '127.0.0.1' }); ${reports}`;
  expect(await run(PAGE, "from 'fastify'", { before: given(), after })).toEqual(promised());
});

test('docs/gate-a-route.md: Hono', async () => {
  const after = `${listening} const { createAdaptorServer } = await import('@hono/node-server');
    const url = await start(createAdaptorServer({ fetch: app.fetch })); ${reports}`;
  expect(await run(PAGE, "from 'hono'", { before: given(), after })).toEqual(promised());
});

test('docs/gate-a-route.md: Next.js', async () => {
  // Next calls the handlers of a route's file by method. (In Next itself: examples/next-app, by npm run test:matrix.)
  const after = `${listening} const { createAdaptorServer } = await import('@hono/node-server');
    const handlers = { GET, POST };
    const app = (request) => new URL(request.url).pathname === '/api/reports' ? guarded(request) : handlers[request.method](request);
    const url = (await start(createAdaptorServer({ fetch: app }))) + '/api'; ${reports}`;
  const before = given(`{ basePath: '/api' }`);
  expect(await run(PAGE, 'adapter.handlers', { before, after })).toEqual(promised());
});

test('docs/gate-a-route.md: node:http', async () => {
  const replace = { 'createHttp(async': 'const http = createHttp(async' };
  const after = `${listening} const url = await start(http); ${reports}`;
  expect(await run(PAGE, 'node:http', { before: given(), after, replace })).toEqual(promised(''));
});

test('docs/gate-a-route.md: a Web Request', async () => {
  const after = `${listening} const { createAdaptorServer } = await import('@hono/node-server');
    const app = async (request) => (await server.route(request)) ?? handler(request);
    const url = await start(createAdaptorServer({ fetch: app })); ${reports}`;
  expect(await run(PAGE, 'function handler', { before: given(), after })).toEqual(promised());
});

test('docs/gate-a-route.md: inside a handler', async () => {
  const before = `${given()} (await import('${SHOP}')).plans.cus_1 = [{ id: 'e1', featureKey: 'reports' },
    { id: 'e2', featureKey: 'seats', type: 'static', config: { max: 4 } }];`;
  // The example drops its answers: ask what it asks, before it disposes of the gate.
  const replace = {
    "gate.hasFeature('reports');": "const told = [gate.hasFeature('reports')];",
    "gate.check('reports').reason;": "told.push(gate.check('reports').reason);",
    "gate.limit('seats', 'max', { used: 3 }).allowed;":
      "told.push(gate.limit('seats', 'max', { used: 3 }).allowed, gate.limit('seats', 'max', { used: 4 }).allowed);",
  };
  const after = `console.log(JSON.stringify(told));`;
  expect(await run(PAGE, "server.for('cus_1')", { before, after, replace })).toEqual([true, 'GRANTED', true, false]);
});

test('docs/after-checkout.md: the way back from the checkout fetches before it answers', async () => {
  const before = `${given()} const { ask, plans, fetches } = await import('${SHOP}');
    globalThis.before = (await server.for('cus_free')).hasFeature('reports'); plans.cus_free = plans.cus_pro;`;
  const after = `${listening} const url = await start(createNodeServer(app));
    const seen = fetches.length;
    const [status] = await ask(url + '/checkout/done', 'cus_free');
    const location = (await fetch(url + '/checkout/done', { redirect: 'manual', headers: { 'x-customer': 'cus_free' } })).headers.get('location');
    tell([globalThis.before, status, location, fetches.length > seen, (await server.for('cus_free')).hasFeature('reports')]);`;
  const told = await run('docs/after-checkout.md', '/checkout/done', { before, after });
  expect(told).toEqual([false, 302, '/app', true, true]);
});

test('docs/server.md: metered use, and giving it back', async () => {
  const usage = `{ balance: 5, usageInPeriod: 0, overage: 0, periodStart: Date.now() - 1000, periodEnd: Date.now() + 1e7 }`;
  const before = `${given()} globalThis.jobId = 'job_1';
    (await import('${SHOP}')).plans.cus_1 = [{ id: 'e1', featureKey: 'api-calls', type: 'metered', usage: ${usage} }];`;
  const replace = {
    'await server.release(': 'const between = (await server.usage("cus_1", "api-calls")).used;\nawait server.release(',
  };
  const after = `const { used } = await server.usage('cus_1', 'api-calls');
    const more = await server.consume('cus_1', 'api-calls', 6);
    console.log(JSON.stringify([accepted, remaining, between, used, more.accepted]));`;
  const told = await run('docs/server.md', 'server.consume(', { before, after, replace });
  expect(told).toEqual([true, 4, 1, 0, false]);
});

const keys = `const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  globalThis.privateJwk = await crypto.subtle.exportKey('jwk', pair.privateKey);
  globalThis.publicJwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: '2026-11' };`;
const LIST = 'http://localhost/entitlements';

test('docs/server.md: signs what it serves', async () => {
  const before = `${keys} const { plans, shop } = await import('${SHOP}'); globalThis.options = shop(); plans.cus_1 = plans.cus_pro;`;
  const after = `const { verifySnapshot } = await import('plangate/signed');
    const response = await signing.handle(new Request('${LIST}', { headers: { 'x-customer': 'cus_1' } }));
    const body = new Uint8Array(await response.arrayBuffer());
    const signature = response.headers.get('plangate-signature');
    const judge = (bytes, customer) => verifySnapshot(bytes, signature, { keys: [publicJwk], customer }).then(() => 'believed', ({ code }) => code);
    const edited = new TextEncoder().encode(new TextDecoder().decode(body).replace('reports', 'rep0rts'));
    console.log(JSON.stringify([await judge(body, 'cus_1'), await judge(body, 'cus_2'), await judge(edited, 'cus_1')]));`;
  const told = await run('docs/server.md', 'keyId', { before, after });
  expect(told).toEqual(['believed', 'WRONG_CUSTOMER', 'WRONG_SIGNATURE']);
});

test('docs/server.md: a client that believes only what is signed', async () => {
  const before = `${keys} import { createServer, signer } from 'plangate/server';
    const { plans, shop } = await import('${SHOP}');
    plans.cus_1 = [...plans.cus_pro];
    const signing = createServer({ ...shop(), signer: signer({ privateKey: privateJwk, keyId: '2026-11' }) });
    globalThis.edit = (text) => text;
    globalThis.refused = []; console.warn = (error) => refused.push(error.code);
    globalThis.fetch = async () => {
      const response = await signing.handle(new Request('${LIST}', { headers: { 'x-customer': 'cus_1' } }));
      return new Response(edit(await response.text()), response);
    };
    globalThis.grant = async (key) => { plans.cus_1.push({ id: key, featureKey: key }); await signing.refresh('cus_1'); };`;
  const after = `const told = [gate.hasFeature('reports')];
    globalThis.edit = (text) => text.replace('"seats"', '"forged"');
    await gate.refresh().catch(() => {});
    told.push(gate.hasFeature('forged'), gate.hasFeature('seats'), refused.length > 0 ? refused[0] : 'nothing refused');
    globalThis.edit = (text) => text;
    await grant('new');
    await gate.refresh();
    console.log(JSON.stringify([...told, gate.hasFeature('new')]));`;
  const told = await run('docs/server.md', 'verifiedFetch', { before, after });
  expect(told).toEqual([true, false, true, 'WRONG_SIGNATURE', true]);
});

test('docs/server.md: OpenFeature', async () => {
  const before = `${given()} const { plans } = await import('${SHOP}'); plans.cus_1 = plans.cus_pro;`;
  const after = `const { fetches } = await import('${SHOP}');
    const details = (key) => OpenFeature.getClient().getBooleanDetails(key, false, { targetingKey: 'cus_1' });
    const { value, reason } = await details('reports');
    console.log(JSON.stringify([fetches.includes('cus_1'), value, reason, (await details('none')).errorCode]));`;
  const told = await run('docs/server.md', 'server-sdk', { before, after });
  expect(told).toEqual([true, true, 'STATIC', 'FLAG_NOT_FOUND']);
});
