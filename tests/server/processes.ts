// Real server processes and the billing system they read, for tests.
import { copyFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { constructTestWebhook } from '../../js/server/index.js';
import { bundle, firstLine, kill, start } from '../support/child.mjs';
import { WAIT_MS } from '../support/patience.js';
import type { Billing } from './harness.js';
import { SECRET } from './harness.js';

/** A billing system on loopback: GET /<customer> answers with their list. */
export async function serveBilling(billing: Billing) {
  const http = createHttp((request, response) => {
    const customer = decodeURIComponent(request.url!.slice(1));
    billing.calls.push(customer);
    response.writeHead(billing.failure ? 500 : 200);
    const list = billing.list(customer);
    void billing.past().then(() => response.end(list));
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const close = (): void => {
    http.closeAllConnections();
    http.close();
  };
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, close };
}

/** The worker as a program, its engine beside it as in the package. */
export async function workerProgram() {
  const program = await bundle(new URL('./worker.ts', import.meta.url));
  const wasm = new URL('../../js/engine/generated/plangate-server.wasm', import.meta.url);
  copyFileSync(fileURLToPath(wasm), join(dirname(program.outfile), 'plangate-server.wasm'));
  return program;
}

/** A running server process. */
export interface ServerRun {
  readonly url: string;
  /** SIGKILL by its own id; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a server process and waits until it listens. */
export async function startServer(outfile: string, kind: string, where: string, billing: string): Promise<ServerRun> {
  const run = start(outfile, kind, where, billing, SECRET);
  return { url: await firstLine(run), kill: () => kill(run) };
}

/** Delivers a webhook; the status, or 0 where nobody answered in time. */
export async function deliver(url: string, customer: string, eventId?: string, patienceMs = WAIT_MS): Promise<number> {
  const request = await constructTestWebhook({
    provider: 'stripe',
    secret: SECRET,
    customer,
    url: `${url}/webhooks/stripe`,
    ...(eventId !== undefined && { eventId }),
  });
  const body = new Uint8Array(await request.arrayBuffer());
  const init = { method: 'POST', headers: request.headers, body, signal: AbortSignal.timeout(patienceMs) };
  return fetch(request.url, init).then(
    async (response) => {
      // Killed in between: the status was seen, which is what counts for a provider.
      await response.arrayBuffer().catch(() => undefined);
      return response.status;
    },
    () => 0,
  );
}
