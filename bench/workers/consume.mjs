// Counts uses as fast as a store lets one process: server.consume() with 32 under way, of many customers and of one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from '../../tests/support/postgres.mjs';
import { startRedis } from '../../tests/support/redis.mjs';
import { expectSame } from '../lib/measure.mjs';
import { options, packaged, report } from '../lib/work.mjs';

const { kind, seconds, rounds } = options();
const { createServer, memory, upstream } = await packaged('server.js');
const LANES = 32;
const CUSTOMERS = 200;
const HARD = 500;

/** Store name -> how it is started: the store, and what ends it. */
const STORES = {
  memory: async () => ({ store: memory(), end: async () => {} }),
  async SQLite() {
    const folder = mkdtempSync(join(tmpdir(), 'plangate-bench-'));
    const { sqlite } = await packaged('store-sqlite.js');
    return { store: sqlite(join(folder, 'db')), end: async () => rmSync(folder, { recursive: true, force: true }) };
  },
  async PostgreSQL() {
    const cluster = await startPostgres();
    const { postgres } = await packaged('store-postgres.js');
    return { store: postgres(cluster.url), end: () => cluster.remove() };
  },
  async Redis() {
    const redis = await startRedis();
    const { redis: redisStore } = await packaged('store-redis.js');
    return { store: redisStore(redis.url), end: () => redis.remove() };
  },
};

/** Everybody may make a great many calls, and `cus_hard` exactly so many. */
function listOf(customer) {
  const balance = customer === 'cus_hard' ? HARD : 1e12;
  const row = { id: 'e1', featureKey: 'calls', type: 'metered', usage: { balance, usageInPeriod: 0 } };
  return { plangate: 1, customer, source: 'bench', asOf: Date.now(), entitlements: [row] };
}

async function inLanes(work) {
  await Promise.all(Array.from({ length: LANES }, work));
}

/** Consumptions a second; what was accepted must be what is counted. */
async function throughput(server, customerOf, counted) {
  let done = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  await inLanes(async () => {
    while (performance.now() < until) {
      const customer = customerOf((done += 1));
      const { accepted } = await server.consume(customer, 'calls', 1);
      if (!accepted) throw new Error(`${customer} was refused`);
      counted.set(customer, (counted.get(customer) ?? 0) + 1);
    }
  });
  return (done * 1000) / (performance.now() - began);
}

const { store, end } = await STORES[kind]();
const server = createServer({
  upstream: upstream({ source: 'bench', fetch: listOf }),
  store,
  customer: () => null,
  reconcile: false,
  logger: null,
});
try {
  const counted = new Map();
  const result = { many: [], one: [] };
  for (let c = 0; c < CUSTOMERS; c++) await server.usage(`cus_${c}`, 'calls');
  for (let round = 0; round < rounds; round++) {
    result.many.push(await throughput(server, (n) => `cus_${n % CUSTOMERS}`, counted));
    result.one.push(await throughput(server, () => 'cus_one', counted));
  }
  for (const [customer, count] of counted) {
    expectSame((await server.usage(customer, 'calls')).used, count, `counted for ${customer} in ${kind}`);
  }
  let accepted = 0;
  let tries = 0;
  await inLanes(async () => {
    while (tries < HARD * 1.5) {
      tries += 1;
      if ((await server.consume('cus_hard', 'calls', 1)).accepted) accepted += 1;
    }
  });
  expectSame(accepted, HARD, `accepted of a hard limit in ${kind}`);
  report(result);
} finally {
  await server.close();
  await store.close();
  await end();
}
