// Metered use: counted in the store, never oversold, given back, reset at the period.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { memory } from '../../js/stores/memory.js';
import { sqlite } from '../../js/stores/sqlite.js';
import { Billing, makeServer } from './harness.js';

const HOUR = 3_600_000;

function metered(now: number, usage: object = {}, row: object = {}): Billing {
  const billing = new Billing();
  billing.now = () => now;
  const period = { periodStart: now - HOUR, periodEnd: now + HOUR };
  billing.grant('cus_1', {
    id: 'e1',
    featureKey: 'calls',
    type: 'metered',
    usage: { balance: 10, usageInPeriod: 0, ...period, ...usage },
    ...row,
  });
  return billing;
}

test('counts to the hard limit and no further; a key counts once; what is given back can be used again', async () => {
  const now = Date.now();
  const server = makeServer(metered(now, { balance: 6, usageInPeriod: 4 }), { clock: () => now });
  expect(await server.consume('cus_1', 'calls', 5, { idempotencyKey: 'a' })).toEqual({
    accepted: true,
    reason: 'GRANTED',
    used: 9,
    limit: 10,
    remaining: 1,
    over: false,
    replayed: false,
  });
  expect(await server.consume('cus_1', 'calls', 5, { idempotencyKey: 'a' })).toMatchObject({
    accepted: true,
    replayed: true,
  });
  expect(await server.consume('cus_1', 'calls', 2)).toMatchObject({
    accepted: false,
    reason: 'LIMIT_REACHED',
    used: 9,
    remaining: 1,
  });
  expect(await server.usage('cus_1', 'calls')).toMatchObject({ used: 9, limit: 10, remaining: 1 });
  expect(await server.release('cus_1', 'calls', { consumed: 'a' })).toEqual({ released: 5, used: 4 });
  expect(await server.consume('cus_1', 'calls', 6)).toMatchObject({ accepted: true, used: 10, remaining: 0 });
});

test('two servers on one database never oversell', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-consume-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const now = Date.now();
  const stores = [0, 1].map(() => sqlite(join(folder, 'db')));
  const servers = stores.map((store) => makeServer(metered(now), { store, clock: () => now }));
  const results = await Promise.all(Array.from({ length: 40 }, (_, i) => servers[i % 2]!.consume('cus_1', 'calls', 1)));
  expect(results.filter(({ accepted }) => accepted)).toHaveLength(10);
  expect((await servers[0]!.usage('cus_1', 'calls')).used).toBe(10);
  await Promise.all(servers.map((server) => server.close()));
  await Promise.all(stores.map((store) => store.close()));
});

test('a soft limit lets pass and says so; unlimited has no limit; what is not entitled counts nothing', async () => {
  const now = Date.now();
  const soft = makeServer(metered(now, { soft: true }), { clock: () => now });
  expect(await soft.consume('cus_1', 'calls', 12)).toMatchObject({
    accepted: true,
    over: true,
    reason: 'SOFT_LIMIT_EXCEEDED',
  });
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'seats', type: 'static', config: { seats: 'unlimited', rooms: 2 } });
  const server = makeServer(billing);
  expect(await server.consume('cus_1', 'seats', 1e6, { field: 'seats' })).toMatchObject({ accepted: true, used: 1e6 });
  expect(await server.consume('cus_1', 'seats', 2, { field: 'rooms' })).toMatchObject({ accepted: true, limit: 2 });
  expect(await server.consume('cus_1', 'seats', 1, { field: 'rooms' })).toMatchObject({ accepted: false });
  expect(await server.consume('cus_1', 'calls', 1)).toMatchObject({ accepted: false, reason: 'NOT_ENTITLED', used: 0 });
});

test('one product is counted apart, and what was consumed is given back after the feature was lost', async () => {
  const now = Date.now();
  const store = memory();
  const billing = metered(now, {}, { productId: 'p1' });
  const server = makeServer(billing, { store, clock: () => now });
  const ofProduct = { product: 'p1' };
  const taken = await server.consume('cus_1', 'calls', 7, { ...ofProduct, idempotencyKey: 'job' });
  expect(taken).toMatchObject({ accepted: true, used: 7, remaining: 3 });
  expect(await server.usage('cus_1', 'calls', ofProduct)).toMatchObject({ used: 7 });
  expect(await server.usage('cus_1', 'calls')).toMatchObject({ used: 0 });
  expect(await server.consume('cus_1', 'calls', 1, { product: 'p2' })).toMatchObject({ reason: 'NOT_ENTITLED' });
  billing.grant('cus_1', { ...billing.rows.get('cus_1')![0], status: 'canceled' });
  billing.rows.get('cus_1')!.shift();
  billing.now = () => now + 1; // two lists of one millisecond have no order
  await server.refresh('cus_1');
  expect(await server.consume('cus_1', 'calls', 1, ofProduct)).toMatchObject({ accepted: false, reason: 'CANCELED' });
  expect(await server.release('cus_1', 'calls', { ...ofProduct, consumed: 'job' })).toEqual({ released: 7, used: 0 });
});

test('features of one pool share one counter, and the next period begins at zero', async () => {
  let now = Date.now();
  const store = memory();
  const billing = metered(now, { pool: 'credits' });
  const [row] = billing.rows.get('cus_1')!;
  billing.grant('cus_1', { ...row, id: 'e2', featureKey: 'images' });
  const server = makeServer(billing, { store, clock: () => now });
  expect(await server.consume('cus_1', 'calls', 7)).toMatchObject({ accepted: true, remaining: 3 });
  expect(await server.consume('cus_1', 'images', 4)).toMatchObject({ accepted: false, used: 7 });
  now += HOUR;
  expect(await server.consume('cus_1', 'images', 4)).toMatchObject({ accepted: true, used: 4 });
});
