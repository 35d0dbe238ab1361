#!/usr/bin/env node
// `npm run demo [-- --port N]`: builds the page and starts, in one process, the two local billing systems and the product's
// server, on 127.0.0.1.
// Without --port: 4173, or the next free port.
import { parseArgs } from 'node:util';

import { createAdaptorServer } from '@hono/node-server';

import { startBilling } from './billing/providers.mjs';
import { buildPage } from './build.mjs';
import { makeApp } from './server/app.mjs';
import { startGates } from './server/gates.mjs';
import { makeStore } from './server/store.mjs';

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

/** Said and ended, without a stack: whoever started it can do something about it. @param {number} code @param {string} what @param {string} hint @returns {never} */
function end(code, what, hint) {
  console.error(`error: ${what}\n  do: ${hint}`);
  process.exit(code);
}

/** The port that was asked for; undefined: whichever is free. */
function askedPort() {
  const hint = 'npm run demo -- --port 8080, or without: 4173, or the next free port';
  try {
    const { port } = parseArgs({ options: { port: { type: 'string' } } }).values;
    if (port === undefined) return undefined;
    const number = Number(port);
    if (/^\d+$/.test(port) && number <= 65_535) return number;
    return end(2, `--port is 0 to 65535, not '${port}'`, hint);
  } catch (error) {
    return end(2, /** @type {Error} */ (error).message, hint);
  }
}

const asked = askedPort();
/** @type {(request: Request) => Response | Promise<Response>} */
let answer = () => new Response('Starting', { status: 503 });
const server = /** @type {import('node:http').Server} */ (createAdaptorServer({ fetch: (request) => answer(request) }));
await listenSomewhere(server, asked).catch((error) => {
  const taken = error.code === 'EADDRINUSE';
  const what = taken ? `port ${asked ?? `${FIRST_PORT} to ${FIRST_PORT + TRIES}`} is taken` : error.message;
  end(1, what, 'stop the other process, or give another port: npm run demo -- --port 0 takes a free one');
});
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const origin = `http://127.0.0.1:${port}`;
const root = await buildPage();
const billing = await startBilling(origin);
const gates = startGates(billing);
const app = makeApp(root, gates, makeStore(billing, gates));
answer = (request) => app.fetch(request);
console.log(`Fathomline, a product gated by plangate: ${origin}/`);
console.log(`Stripe, the local provider: ${billing.providers.stripe.url}/`);
console.log(`Paygentic, the local provider: ${billing.providers.paygentic.url}/`);

async function stop() {
  // Event streams end first; then nothing is under way.
  await Promise.all(Object.values(gates).map((gate) => gate.close()));
  server.close();
  server.closeAllConnections();
  await billing.close();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
