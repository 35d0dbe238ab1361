// What comes over real connections of node:http and no well-behaved client sends: it must never end the process.
import { once } from 'node:events';
import { connect } from 'node:net';

import expressApp from 'express';
import { expect, onTestFinished, test } from 'vitest';

import { constructTestWebhook, express } from '../../js/server/index.js';
import { Billing, makeServer, SECRET } from './harness.js';
import { listen } from './listen.js';

/** Sends bytes as they are; answers what came back until the connection ended. */
async function raw(url: string, head: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(`${head}\r\nx-customer: cus_1\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

/** Failures that nobody caught: in an application each of them would end the process. */
function uncaught(): unknown[] {
  const found: unknown[] = [];
  const note = (reason: unknown): void => void found.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  return found;
}

test.each([
  ['GET // HTTP/1.1\r\nHost: a', 404],
  ['GET ///a:b:c HTTP/1.1\r\nHost: a', 404],
  ['GET http:// HTTP/1.1\r\nHost: a', 404],
  ['GET /entitlements HTTP/1.1\r\nHost: a b[', 404],
  ['TRACE /entitlements HTTP/1.1\r\nHost: a', 405],
  ['TRACE /other HTTP/1.1\r\nHost: a', 404],
  ['OPTIONS * HTTP/1.1\r\nHost: a', 404],
  ['GET /entitlements?% HTTP/1.1\r\nHost: a', 200],
])('%j is answered with %i', async (head, status) => {
  const found = uncaught();
  const billing = new Billing();
  const url = await listen(makeServer(billing));
  expect(statusOf(await raw(url, head))).toBe(status);
  expect(found).toEqual([]);
});

test("Express goes on with requests that are none of the server's, however odd", async () => {
  const { routes } = express(makeServer(new Billing()));
  const app = expressApp();
  app.use(routes as never);
  app.use((_, response) => void response.send('the application'));
  const http = app.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const url = `http://127.0.0.1:${(http.address() as { port: number }).port}`;
  for (const head of ['GET // HTTP/1.1\r\nHost: a', 'TRACE /other HTTP/1.1\r\nHost: a']) {
    expect(statusOf(await raw(url, head)), head).toBe(200);
  }
});

test('who goes while the first list is fetched leaves no stream behind', async () => {
  const billing = new Billing();
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  billing.delay = () => held;
  const server = makeServer(billing);
  const { hostname, port } = new URL(await listen(server));
  const socket = connect(Number(port), hostname);
  socket.write('GET /entitlements/stream HTTP/1.1\r\nHost: a\r\nx-customer: cus_1\r\n\r\n');
  await expect.poll(() => billing.calls).toEqual(['cus_1']);
  socket.destroy();
  await once(socket, 'close');
  // The server has heard of it when it has answered someone who came later.
  await raw(`http://${hostname}:${port}`, 'GET /healthz HTTP/1.1\r\nHost: a');
  answer();
  await server.for('cus_1');
  const metrics = async () => (await fetch(`http://${hostname}:${port}/metrics`)).text();
  await expect.poll(metrics).toMatch(/^plangate_requests_total\{route="stream",status="\d+"\} 1$/m);
  expect((await server.health()).streams).toBe(0);
});

test('a webhook that a body parser has read is refused with what to do', async () => {
  const { routes } = express(makeServer(new Billing(), { webhookSecret: SECRET }));
  const app = expressApp();
  app.use(expressApp.json());
  app.use(routes as never);
  const http = app.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const response = await fetch(`http://127.0.0.1:${(http.address() as { port: number }).port}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":"evt_1"}',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: 'EMPTY_BODY', message: expect.stringContaining('before the parser') as string },
  });
});

test('why a webhook could not be kept is in the log, and not in the answer', async () => {
  const warnings: string[] = [];
  const logger = { warn: (text: string) => void warnings.push(text), error: () => {} };
  const customer = (): never => {
    throw new Error('the user table is locked');
  };
  const server = makeServer(new Billing(), { logger, webhooks: { stripe: { secrets: SECRET, customer } } });
  const delivery = await constructTestWebhook({ provider: 'stripe', secret: SECRET, url: 'http://x/webhooks/stripe' });
  const response = await server.handle(delivery);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain('locked');
  expect(warnings.join('\n')).toContain('a webhook could not be kept: UNKNOWN the user table is locked');
});
