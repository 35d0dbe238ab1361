// The store is down: who is in memory is answered, who is not is fetched from the billing system and kept when the store
// is back; nothing is acknowledged that is not kept. A real Redis is stopped and started.
import { expect, onTestFinished, test } from 'vitest';

import { constructTestWebhook } from '../../js/server/index.js';
import { resilient } from '../../js/stores/index.js';
import type { Store } from '../../js/stores/index.js';
import { redis } from '../../js/stores/redis.js';
import { WAIT_MS } from '../support/patience.js';
import { startRedis } from '../support/redis.mjs';
import { ask, Billing, makeServer, SECRET, until } from './harness.js';

type Redis = Awaited<ReturnType<typeof startRedis>>;

const key = (customer: string) => ({ source: 'stripe', mode: 'test' as const, customer });
// A stopped Redis is noticed at once, a slow one is not taken for it.
const quick = { timeoutMs: WAIT_MS, tries: 1, retryMaxMs: 300 };

async function setup(wrap: (store: Store) => Store, options = {}) {
  const database: Redis = await startRedis();
  const inner = redis(database.url, { timeoutMs: WAIT_MS });
  const store = wrap(inner);
  onTestFinished(async () => {
    await store.close();
    await database.remove();
  });
  const billing = new Billing();
  for (const customer of ['cus_known', 'cus_new', 'cus_old'])
    billing.grant(customer, { id: 'e1', featureKey: 'reports' });
  const server = makeServer(billing, { store, freshFor: 400, negativeTtl: 100, ...options });
  const get = (customer: string) => server.handle(ask('/entitlements', customer));
  return { database, store, inner, billing, server, get };
}

const keysIn = async (response: Response): Promise<string[]> =>
  ((await response.json()) as { entitlements: { featureKey: string }[] }).entitlements.map((row) => row.featureKey);

test('with resilient(): first sight is answered from the billing system, marked, and kept when the store is back', async () => {
  const { database, inner, server, get } = await setup((store) => resilient(store, quick));
  expect((await get('cus_known')).headers.get('plangate-store')).toBeNull();
  await database.stop();
  const known = await get('cus_known');
  expect([known.status, await keysIn(known)]).toEqual([200, ['reports']]);
  const fresh = await get('cus_new');
  expect([fresh.status, fresh.headers.get('plangate-store')]).toEqual([200, 'unavailable']);
  expect(await keysIn(fresh)).toEqual(['reports']);
  expect(await server.requireFeature('reports')(ask('/', 'cus_new'))).toBeNull();
  // Not kept, not acknowledged: Stripe sends it again.
  const webhook = await constructTestWebhook({ provider: 'stripe', secret: SECRET, customer: 'cus_new' });
  const answer = await server.handle(new Request('http://localhost/webhooks/stripe', webhook));
  expect(answer.status).toBe(503);
  await database.start();
  await until(async () => (await inner.get(key('cus_new')).catch(() => null))?.snapshot.includes('reports'));
  await until(async () => (await get('cus_new')).headers.get('plangate-store') === null);
  const audit = await inner.listAudit({ customer: 'cus_new' });
  expect(audit.map(({ kind, key: feature }) => [kind, feature])).toEqual([['granted', 'reports']]);
});

test('a list that the store held all along is overtaken in memory, and its audit is true in the end', async () => {
  const { database, inner, billing, server, get } = await setup((store) => resilient(store, quick));
  const before = makeServer(billing, { store: inner });
  await before.for('cus_old');
  await before.close();
  billing.rows.set('cus_old', [{ id: 'e2', featureKey: 'storage' }]);
  await database.stop();
  expect(await keysIn(await get('cus_old'))).toEqual(['storage']);
  await database.start();
  await until(async () => (await inner.get(key('cus_old')).catch(() => null))?.snapshot.includes('storage'));
  const audit = await inner.listAudit({ customer: 'cus_old' });
  expect(audit.map(({ kind, key: feature }) => `${kind} ${feature}`).sort()).toEqual([
    'granted reports',
    'granted storage',
    'revoked reports',
  ]);
  expect((await server.for('cus_old')).hasFeature('reports')).toBe(false);
});

test('without resilient() it is answered as well, and kept when it is next fetched', async () => {
  const { database, inner, billing, get, server } = await setup((store) => store);
  await get('cus_known');
  await database.stop();
  const fresh = await get('cus_new');
  expect([fresh.status, fresh.headers.get('plangate-store')]).toEqual([200, 'unavailable']);
  billing.failure = new Error('down');
  expect((await get('cus_old')).status).toBe(503); // neither knows
  billing.failure = undefined;
  await database.start();
  await until(async () => {
    await get('cus_new');
    return (await inner.get(key('cus_new')).catch(() => null))?.snapshot.includes('reports');
  });
  await until(async () => (await get('cus_new')).headers.get('plangate-store') === null);
  expect((await (await server.handle(ask('/metrics'))).text()).includes('outcome="unconfirmed"')).toBe(true);
});
