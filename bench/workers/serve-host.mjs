// A plangate server as applications run it: node:http, Stripe as upstream, customers in memory. Started by serve.mjs with
// an IPC channel; needs --expose-gc. Told `{upstream, customers, entitlements}`, it answers with its port and its memory.
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';

import { lists, rowsOf } from '../lib/lists.mjs';
import { expectSame } from '../lib/measure.mjs';
import { memoryProbe, packaged } from '../lib/work.mjs';

const memoryNow = memoryProbe();
const { createServer, memory, node, stripe } = await packaged('server.js');

/** Customers of this many kinds, so that lists differ from one to the next. */
const FEATURES = 60;
const catalogue = rowsOf(FEATURES);
const rowsFor = (c, count) => Array.from({ length: count }, (_, i) => catalogue[(c * 17 + i * 3) % FEATURES]);

/** A store that has a list of every customer `cus_<n>` below `customers`, as a full database would; the rest is a real one. */
function fullStore(customers, entitlements) {
  const store = memory();
  const get = store.get.bind(store);
  const began = Date.now();
  store.get = async (key) => {
    const c = /^cus_(\d+)$/.exec(key.customer)?.[1];
    if (c === undefined || Number(c) >= customers) return get(key);
    const { pages } = lists.snapshot(rowsFor(Number(c), entitlements), key.customer);
    const snapshot = JSON.stringify({ ...JSON.parse(pages[0]), source: 'stripe', mode: 'test', asOf: began });
    return { ...key, snapshot, asOf: began, etag: `${key.customer}-${began}`, version: Number(c) + 1 };
  };
  return store;
}

async function start({ upstream, customers, entitlements, secret }) {
  const server = createServer({
    upstream: stripe({ apiKey: 'sk_test_bench', baseUrl: upstream }),
    store: fullStore(customers, entitlements),
    webhookSecret: secret,
    customer: (request) => request.headers.get('x-customer'),
    maxCustomers: customers + 1000,
    reconcile: false,
    logger: null,
  });
  await server.for('cus_0');
  const before = memoryNow();
  const expected = [];
  for (let c = 0; c < customers; c++) {
    const asked = await server.for(`cus_${c}`);
    const rows = rowsFor(c, entitlements);
    if (c % 97 === 0) expected.push(rows.every(({ key, allowed }) => asked.hasFeature(key) === allowed));
    asked.dispose();
  }
  expectSame(expected.every(Boolean), true, 'decisions of held customers');
  const after = memoryNow();
  const http = createHttp(node(server).listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address();
  process.send({ port, before, after });
}

process.once('message', (settings) => {
  start(settings).catch((error) => {
    process.send({ error: error.stack });
  });
});
process.once('disconnect', () => process.exit());
