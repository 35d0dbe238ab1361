// The local provider with many customers on a file: how long requests take, and how long it takes to begin again.
import { rmSync } from 'node:fs';

import { packaged, work } from '../lib/work.mjs';

const { customers, requests } = JSON.parse(process.argv[2]);
const FEATURES = 20;
const { createProvider } = await packaged('provider.js');
const store = work('provider.db');
for (const file of [store, `${store}-wal`]) rmSync(file, { force: true });

const keys = Array.from({ length: FEATURES }, (_, at) => `feature-${at}`);
const price = (id) => ({ id, amount: 100, every: 'month' });
const seed = {
  features: keys.map((key) => ({ key })),
  products: [
    { id: 'prod_all', name: 'All', features: keys, prices: [price('price_all')] },
    { id: 'prod_one', name: 'One', features: keys.slice(0, 1), prices: [price('price_one')] },
  ],
  customers: Array.from({ length: customers }, (_, at) => ({
    id: `cus_${at}`,
    subscriptions: [{ id: `sub_${at}`, items: [{ id: `si_${at}`, price: 'price_all' }] }],
  })),
};

const options = { store, seed, freezeAt: '2026-01-01T00:00:00Z', apiKey: 'sk_test_bench' };
let provider;

async function timed(action) {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

async function ask(path, init = {}) {
  const headers = { authorization: 'Bearer sk_test_bench', 'content-type': 'application/x-www-form-urlencoded' };
  const response = await provider.fetch(new Request(`http://127.0.0.1${path}`, { ...init, headers }));
  const body = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
}

/** Times `count` of them, each of another customer. */
async function series(request, count = requests) {
  const times = [];
  for (let nth = 0; nth < count; nth += 1) times.push(await timed(() => request((nth * 7919) % customers)));
  return times;
}

async function expectRows(customer, count) {
  const { data } = await ask(`/v1/entitlements/active_entitlements?customer=cus_${customer}&limit=100`);
  if (data.length !== count) throw new Error(`cus_${customer} has ${data.length} entitlements, not ${count}`);
}

/** A page in the midst of everybody's entitlements. */
async function expectPage(offset) {
  const { data, pagination } = await ask(`/v1/entitlements?merchantId=org_local&limit=20&offset=${offset}`);
  if (data.length !== 20 || pagination.total !== customers * FEATURES) throw new Error(JSON.stringify(pagination));
}

const post = (path, body) => ask(path, { method: 'POST', body });
const swap = (at) => post(`/v1/subscriptions/sub_${at}`, `items[0][id]=si_${at}&items[0][price]=price_one`);

const results = {
  begin: [await timed(async () => (provider = await createProvider(options)))],
  list: await series((at) => expectRows(at, FEATURES)),
  paygentic: await series((at) => ask(`/v1/entitlements?customerId=cus_${at}&limit=100`)),
  merchant: await series((at) => expectPage(at * FEATURES), Math.min(requests, 20)),
  page: await series(() => ask('/v1/customers?limit=100')),
  swap: await series(swap),
  advance: [await timed(() => ask('/_plangate/clock', { method: 'POST', body: '{"do":"advance","by":"P1M"}' }))],
};
await expectRows(0, 1);
await provider.close();
results.again = [await timed(async () => (provider = await createProvider({ store, apiKey: 'sk_test_bench' })))];
await expectRows(0, 1);
await provider.close();
for (const file of [store, `${store}-wal`]) rmSync(file, { force: true });
console.log(JSON.stringify(results));
