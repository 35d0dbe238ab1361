#!/usr/bin/env node
// `npm run demo [-- --port N]`: builds the page and serves it with its customers on 127.0.0.1. Without --port: 4173, or
// the next free port.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { buildPage } from './build.mjs';
import { handler } from './server/http.mjs';

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
const server = createServer(handler(await buildPage()));
await listenSomewhere(server, readPort(values.port));
const address = /** @type {import('node:net').AddressInfo} */ (server.address());
console.log(`Fathomline, a product gated by plangate: http://127.0.0.1:${address.port}/`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
