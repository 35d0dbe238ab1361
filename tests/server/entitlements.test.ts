// GET /entitlements: whose list, how fresh, how cached, and nothing internal in it.
import { expect, test } from 'vitest';

import { createPlangate } from '../../js/engine/entries/node.js';
import { memory } from '../../js/stores/memory.js';
import { ask, Billing, CATALOGUE, makeServer, until } from './harness.js';
import { readFileSync } from 'node:fs';

const wasm = readFileSync(new URL('../../js/engine/generated/plangate.wasm', import.meta.url));

test('serves the session customer their own list, and the client reads it', async () => {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  billing.grant('cus_2', { id: 'e2', featureKey: 'secret-of-two' });
  const server = makeServer(billing);
  await server.ready();
  const response = await server.handle(ask('/entitlements', 'cus_1'));
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('private, no-cache');
  const text = await response.text();
  expect(text).not.toContain('cus_2');
  expect(text).not.toContain('Secret');
  const gate = await createPlangate({ bootstrap: text, customer: 'cus_1', wasm });
  expect(gate.hasFeature('reports')).toBe(true);
  expect(gate.unlocks('storage').map(({ productId }) => productId)).toEqual(['prod_basic', 'prod_pro']);
  gate.dispose();
});

test('401 without a customer, 304 for the same list, 200 for another', async () => {
  const billing = new Billing();
  const server = makeServer(billing);
  const nobody = await server.handle(ask('/entitlements'));
  expect([nobody.status, await nobody.json()]).toMatchObject([401, { error: 'UNAUTHENTICATED' }]);
  const first = await server.handle(ask('/entitlements', 'cus_1'));
  const etag = first.headers.get('etag')!;
  const again = { headers: { 'if-none-match': etag } };
  expect((await server.handle(ask('/entitlements', 'cus_1', again))).status).toBe(304);
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  await server.refresh('cus_1');
  const changed = await server.handle(ask('/entitlements', 'cus_1', again));
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).not.toBe(etag);
  expect(billing.calls).toEqual(['cus_1', 'cus_1']);
});

test('a failed fetch keeps the good list; without any list it is 503, and not asked again at once', async () => {
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  let now = Date.now();
  const server = makeServer(billing, { freshFor: 1000, staleFor: 60_000, negativeTtl: 5000, clock: () => now });
  await server.handle(ask('/entitlements', 'cus_1'));
  billing.failure = new Error('down');
  now += 2000;
  const stale = await server.handle(ask('/entitlements', 'cus_1'));
  expect(stale.status).toBe(200);
  await until(() => billing.calls.length === 2);
  expect((await server.for('cus_1')).check('reports')).toMatchObject({ allowed: true, stale: true });
  for (let i = 0; i < 3; i += 1) {
    const unknown = await server.handle(ask('/entitlements', 'cus_2'));
    expect([unknown.status, await unknown.json()]).toMatchObject([503, { error: 'UNAVAILABLE' }]);
    expect(unknown.headers.get('retry-after')).toBe('2');
  }
  expect(billing.calls.filter((customer) => customer === 'cus_2')).toHaveLength(1);
  // Beyond staleFor nothing is granted any more.
  now += 120_000;
  expect((await server.for('cus_1')).check('reports')).toMatchObject({ allowed: false, reason: 'SNAPSHOT_EXPIRED' });
});

test('a stale list answers at once and is fetched again behind it', async () => {
  const billing = new Billing();
  let now = Date.now();
  const server = makeServer(billing, { freshFor: 1000, clock: () => now });
  billing.now = () => now;
  await server.handle(ask('/entitlements', 'cus_1'));
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  now += 1500;
  const gate = await server.for('cus_1');
  expect(gate.hasFeature('reports')).toBe(false);
  await until(() => gate.hasFeature('reports'));
});

test('a restarted server answers from the store without asking the billing system', async () => {
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  const store = memory();
  const before = makeServer(billing, { store });
  await before.for('cus_1');
  await before.close();
  billing.failure = new Error('down');
  expect((await makeServer(billing, { store }).for('cus_1')).hasFeature('reports')).toBe(true);
  expect(billing.calls).toEqual(['cus_1']);
});

test('data of another mode is never stored', async () => {
  const billing = new Billing();
  const store = memory();
  const server = makeServer(billing, { store, mode: 'live' });
  expect((await server.handle(ask('/entitlements', 'cus_1'))).status).toBe(500);
  expect((await store.listCustomers()).customers).toEqual([]);
});

test('many first sights of one customer are one fetch; a full queue refuses', async () => {
  const billing = new Billing();
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  billing.delay = () => gate;
  const server = makeServer(billing, { queue: { concurrency: 1, maxQueued: 2 } });
  const same = Array.from({ length: 20 }, () => server.handle(ask('/entitlements', 'cus_1')));
  await until(() => billing.calls.length === 1);
  const others = ['cus_2', 'cus_3', 'cus_4'].map((customer) => server.handle(ask('/entitlements', customer)));
  const refused = await others[2]!;
  expect([refused.status, await refused.json()]).toMatchObject([503, { error: 'BUSY' }]);
  release();
  const statuses = (await Promise.all([...same, others[0]!, others[1]!])).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(billing.calls).toEqual(['cus_1', 'cus_2', 'cus_3']);
});

test('unknown paths are 404, wrong methods 405, and an inner fault tells nothing', async () => {
  const server = makeServer(new Billing(), {
    customer: () => {
      throw new Error('password=hunter2');
    },
  });
  expect((await server.handle(ask('/nothing'))).status).toBe(404);
  expect(await server.route(ask('/nothing'))).toBeNull();
  const wrong = await server.handle(ask('/entitlements', 'cus_1', { method: 'DELETE' }));
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  const fault = await server.handle(ask('/entitlements', 'cus_1'));
  const text = await fault.text();
  expect(fault.status).toBe(500);
  expect(text).not.toMatch(/hunter2|Error:|\bat /);
});

test('/healthz and /metrics speak of the server and of no customer', async () => {
  const server = makeServer(new Billing(), { metricsAllowed: (request) => request.headers.has('x-scraper') });
  await server.handle(ask('/entitlements', 'cus_1'));
  const health = await server.handle(ask('/healthz'));
  expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok', customersHeld: 1 }]);
  expect((await server.handle(ask('/metrics'))).status).toBe(403);
  const metrics = await server.handle(ask('/metrics', undefined, { headers: { 'x-scraper': '1' } }));
  const text = await metrics.text();
  expect(text).toContain('plangate_refreshes_total{lane="visitor",outcome="kept"} 1');
  expect(text).not.toContain('cus_1');
});
