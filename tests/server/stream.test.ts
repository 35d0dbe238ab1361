// GET /entitlements/stream: every new list of the customer, resumed by event id, on real connections.
import { expect, test } from 'vitest';

import { Billing, makeServer, until } from './harness.js';
import { listen } from './listen.js';
import { EventReader } from './sse.js';

const open = async (url: string, customer: string, headers: Record<string, string> = {}): Promise<EventReader> =>
  new EventReader(await fetch(`${url}/entitlements/stream`, { headers: { 'x-customer': customer, ...headers } }));

test('the list at once, then each change of this customer and of no other', async () => {
  const billing = new Billing();
  const server = makeServer(billing);
  const url = await listen(server);
  const mine = await open(url, 'cus_1');
  const theirs = await open(url, 'cus_2');
  await until(() => mine.events.length === 1 && theirs.events.length === 1);
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  await server.refresh('cus_1');
  await until(() => mine.latest.includes('reports'));
  expect(mine.events.map(({ event }) => event)).toEqual(['snapshot', 'snapshot']);
  expect(theirs.events).toHaveLength(1);
  await mine.close();
  await theirs.close();
  await until(async () => (await server.health()).streams === 0);
});

test('resumes by event id: nothing again, or what was missed', async () => {
  const billing = new Billing();
  const server = makeServer(billing, { stream: { heartbeatMs: 30 } });
  const url = await listen(server);
  const first = await open(url, 'cus_1');
  const { id } = await until(() => first.events[0]);
  await first.close();
  const same = await open(url, 'cus_1', { 'last-event-id': id! });
  await until(() => same.comments > 2);
  expect(same.events).toEqual([]);
  await same.close();
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  await server.refresh('cus_1');
  const missed = await open(url, 'cus_1', { 'last-event-id': id! });
  await until(() => missed.latest.includes('reports'));
  await missed.close();
});

test('nobody gets 401, too many 503, and closing the server ends all', async () => {
  const server = makeServer(new Billing(), { stream: { maxStreams: 2 } });
  const url = await listen(server);
  expect((await fetch(`${url}/entitlements/stream`)).status).toBe(401);
  const one = await open(url, 'cus_1');
  const two = await open(url, 'cus_1');
  expect((await fetch(`${url}/entitlements/stream`, { headers: { 'x-customer': 'cus_1' } })).status).toBe(503);
  await until(() => one.events.length === 1 && two.events.length === 1);
  await server.close();
  await until(() => one.ended && two.ended);
});

test('an old connection must come again', async () => {
  const server = makeServer(new Billing(), { stream: { maxStreams: 1, maxAgeMs: 300 } });
  const url = await listen(server);
  for (let visit = 0; visit < 2; visit += 1) {
    const reader = await open(url, 'cus_1');
    await until(() => reader.ended);
    expect(reader.events).toHaveLength(1);
  }
});

test('a reader that does not read is cut off instead of filling the memory', async () => {
  const billing = new Billing();
  const big = 'x'.repeat(60_000);
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports', type: 'static', config: { big, n: 0 } });
  const server = makeServer(billing);
  // Not through a socket, whose buffers would take some of it.
  const request = new Request('http://localhost/entitlements/stream', { headers: { 'x-customer': 'cus_1' } });
  const response = await server.handle(request);
  for (let n = 1; n < 40 && (await server.health()).streams > 0; n += 1) {
    billing.rows.set('cus_1', [{ id: 'e1', featureKey: 'reports', type: 'static', config: { big, n } }]);
    await server.refresh('cus_1');
  }
  expect((await server.health()).streams).toBe(0);
  expect(response.status).toBe(200);
});
