#!/usr/bin/env node
// `npm run demo [-- --port N]`: builds the page and starts its server and a stand-in for the billing systems, on 127.0.0.1.
// Without --port: 4173, or the next free port.
import { parseArgs } from 'node:util';

import { createAdaptorServer } from '@hono/node-server';

import { startBilling } from './billing/server.mjs';
import { buildPage } from './build.mjs';
import { makeApp } from './server/app.mjs';
import { startGates } from './server/gates.mjs';

const FIRST_PORT = 4173;
const TRIES = 20;

/** @param {import('node:http').Server} server @param {number} port @returns {Promise<void>} */
const listen = (server, port) =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

/** Listens on the port, or on the first free one. @param {import('node:http').Server} server @param {number | undefined} port */
async function listenSomewhere(server, port) {
  if (port !== undefined) return listen(server, port);
  for (let next = FIRST_PORT; ; next++) {
    try {
      return await listen(server, next);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE' || next >= FIRST_PORT + TRIES) throw error;
    }
  }
}

/** @param {string | undefined} text */
function readPort(text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port must be 0 to 65535, not ${text}`);
  return port;
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const asked = readPort(values.port);
const root = await buildPage();
let origin = '';
const billing = await startBilling(() => ({
  stripe: `${origin}/stripe/webhooks/stripe`,
  paygentic: `${origin}/paygentic/webhooks/paygentic`,
}));
const gates = startGates(billing.url);
const { fetch } = makeApp(root, billing.url, gates);
const server = /** @type {import('node:http').Server} */ (createAdaptorServer({ fetch }));
await listenSomewhere(server, asked);
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
origin = `http://127.0.0.1:${port}`;
console.log(`Fathomline, a product gated by plangate: ${origin}/`);
console.log(`The billing systems it is fed by: ${billing.url}/`);

async function stop() {
  // Event streams end first; then nothing is under way.
  await Promise.all(Object.values(gates).map((gate) => gate.close()));
  for (const http of [server, billing.http]) {
    http.close();
    http.closeAllConnections();
  }
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
