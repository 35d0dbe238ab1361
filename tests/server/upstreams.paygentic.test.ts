// Paygentic's lists in its three wire generations, from a server that misbehaves.
import { afterEach, expect } from 'vitest';

import { paygentic } from '../../js/server/upstreams/paygentic.js';
import type { PaygenticOptions } from '../../js/server/upstreams/paygentic.js';
import type { Upstream } from '../../js/server/upstreams/upstream.js';
import { behaviours, misbehavingUpstream, paygenticList, paygenticRows } from '../support/misbehaving-upstream.mjs';
import type { Behaviour, MisbehavingUpstream } from '../support/misbehaving-upstream.mjs';
import { patientUpstream } from '../support/patience.js';
import { engine, keysOf, test } from './support.js';

const open: MisbehavingUpstream[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

type Row = { [member: string]: unknown };

async function serving(rows: Row[], { behave, pagination = true }: { behave?: Behaviour; pagination?: boolean } = {}) {
  const list = (url: URL, options?: object) =>
    url.pathname === '/v1/entitlements' ? paygenticList(rows, url, { pagination, ...options }) : undefined;
  const server = await misbehavingUpstream({ list, ...(behave && { behave }) });
  open.push(server);
  return server;
}

const reader = ({ url }: MisbehavingUpstream, options: Partial<PaygenticOptions> = {}): Upstream =>
  paygentic({
    apiKey: 'sk_paygentic',
    baseUrl: url,
    engine,
    initialDelayMs: 5,
    maxDelayMs: 20,
    ...patientUpstream,
    ...options,
  });

const keys = (rows: Row[]): string[] => rows.map((row) => row.featureKey as string);

const GENERATIONS: [string, Row[], boolean][] = [1, 99, 100, 101, 250].flatMap((count): [string, Row[], boolean][] => [
  [`first generation, ${count} rows`, paygenticRows(count), false],
  [`second generation, ${count} rows`, paygenticRows(count), true],
  [`third generation, ${count} rows`, paygenticRows(count, { generation: 'third' }), true],
]);

test.each(GENERATIONS)('%s: whole', async (_, rows, pagination) => {
  const server = await serving(rows, { pagination });
  const snapshot = await reader(server).fetch('cus_1');
  expect(keysOf(snapshot)).toEqual(keys(rows));
  expect(snapshot).toMatchObject({ customer: 'cus_1', source: 'paygentic', mode: 'live', entries: rows.length });
});

test('an empty list is a list', async () => {
  for (const pagination of [true, false]) {
    expect(await reader(await serving([], { pagination })).fetch('cus_1')).toMatchObject({
      entries: 0,
      customer: 'cus_1',
    });
  }
});

test('what is asked: 100 at a time by offset, with the key in its header', async () => {
  const server = await serving(paygenticRows(150));
  await reader(server, { productId: 'prod_1', merchantId: 'org_1' }).fetch('cus_1');
  const base = { customerId: 'cus_1', productId: 'prod_1', merchantId: 'org_1', limit: '100' };
  expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
    { ...base, offset: '0' },
    { ...base, offset: '100' },
  ]);
  expect(server.requests[0]!.headers.authorization).toBe('Bearer sk_paygentic');
});

test('a server that gives 10 at a time is read to the end', async () => {
  const rows = paygenticRows(95);
  const server = await serving(rows, { behave: behaviours.pagesOf(10) });
  expect(keysOf(await reader(server).fetch('cus_1'))).toEqual(keys(rows));
  expect(server.requests).toHaveLength(10);
});

test('a list that changes between two pages is read again, until it stands still', async () => {
  const rows = paygenticRows(250);
  // A row goes while page two is asked for: what stood at its border would be lost, and what went would stay.
  const shrinking: Behaviour = (call) => {
    if (call.url.searchParams.get('offset') === '100' && rows.length === 250) rows.shift();
    call.honest();
  };
  const server = await serving(rows, { behave: shrinking });
  expect(keysOf(await reader(server).fetch('cus_1'))).toEqual(keys(rows));
  expect(rows).toHaveLength(249);
});

test('a list that never stands still is an error, not a part', async () => {
  const rows = paygenticRows(250);
  const server = await serving(rows, {
    behave: (call) => {
      if (call.url.searchParams.get('offset') === '100')
        rows.unshift(...paygenticRows(1, { prefix: `n${rows.length}` }));
      call.honest();
    },
  });
  await expect(reader(server).fetch('cus_1')).rejects.toMatchObject({ code: 'INCOMPLETE_LIST', retryable: true });
});

test('a total that is never reached is an error', async () => {
  const rows = paygenticRows(20);
  const server = await serving(rows, {
    behave: (call) => {
      const page = call.page()!;
      call.response.end(JSON.stringify({ ...page, pagination: { limit: 100, offset: 0, total: 500 } }));
    },
  });
  await expect(reader(server).fetch('cus_1')).rejects.toMatchObject({ code: 'INCOMPLETE_LIST' });
});

test("another customer's rows are refused", async () => {
  const server = await serving(paygenticRows(5, { generation: 'third', customer: 'cus_other' }));
  await expect(reader(server).fetch('cus_1')).rejects.toMatchObject({
    code: 'INVALID_RESPONSE',
    cause: { code: 'CUSTOMER_MISMATCH' },
  });
});

test("errors in Paygentic's own shapes are told in its words", async () => {
  for (const body of [
    { error: 'BadRequest', message: 'customerId is malformed', details: {} },
    { error: 'ValidationError', message: 'customerId is malformed', errors: [{ path: 'customerId' }] },
  ]) {
    const server = await serving([], { behave: behaviours.status(400, {}, body) });
    await expect(reader(server).fetch('cus_1')).rejects.toMatchObject({
      code: 'REQUEST_REFUSED',
      message: expect.stringContaining('customerId is malformed'),
    });
  }
});

test('faults are waited out', async () => {
  const rows = paygenticRows(150);
  const faults = [
    behaviours.status(429, { 'retry-after': '0' }),
    behaviours.status(503),
    behaviours.html(),
    behaviours.hangsUp(),
  ];
  const server = await serving(rows, { behave: behaviours.inTurn(faults.slice(0, 3)) });
  expect(keysOf(await reader(server).fetch('cus_1'))).toEqual(keys(rows));
  server.behave = behaviours.inTurn(faults.slice(3));
  expect(keysOf(await reader(server).fetch('cus_1'))).toEqual(keys(rows));
});

test('the sandbox is test mode; customers may be named by our own ids', async () => {
  const seen: string[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    seen.push(String(input));
    return new Response(
      JSON.stringify(
        paygenticList(paygenticRows(2, { generation: 'third', customer: 'cus_9' }), new URL(String(input))),
      ),
    );
  };
  const sandbox = { apiKey: 'k', baseUrl: 'https://api.sandbox.paygentic.io', fetch, engine };
  expect(await paygentic(sandbox).fetch('cus_9')).toMatchObject({ mode: 'test', customer: 'cus_9' });
  expect(await paygentic({ ...sandbox, externalCustomerId: true }).fetch('user 1')).toMatchObject({
    customer: 'user 1',
  });
  expect(seen[1]).toBe('https://api.sandbox.paygentic.io/v1/entitlements?externalCustomerId=user+1&limit=100&offset=0');
});
