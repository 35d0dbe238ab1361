// A server as a process of its own: arguments are the store, the address of the billing system, and the webhook secret.
// It writes its address on one line, and ends with its standard input.
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createServer, node, resilient, upstream } from '../../js/server/entries/node.js';
import { postgres } from '../../js/stores/postgres.js';
import { redis } from '../../js/stores/redis.js';
import { sqlite } from '../../js/stores/sqlite.js';
import type { Store } from '../../js/stores/store.js';

const [kind = '', where = '', billing = '', secret = ''] = process.argv.slice(2);

const stores: Record<string, () => Store> = {
  sqlite: () => sqlite(where, { pollMs: 50 }),
  postgres: () => postgres(where, { pollMs: 500 }),
  redis: () => redis(where),
};

const server = createServer({
  upstream: upstream({
    source: 'stripe',
    mode: 'test',
    fetch: (customer, { signal }) => fetch(`${billing}/${encodeURIComponent(customer)}`, { signal }),
  }),
  store: resilient(stores[kind]!()),
  customer: (request) => request.headers.get('x-customer'),
  webhookSecret: secret,
  reconcile: false,
  logger: null,
  pollMs: 100,
  leaseMs: 2000,
});

await server.ready();
const http = createHttp(node(server).listener as never).listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
});
