// OFREP: OpenFeature's own clients against our server, and every answer against the published schema.
import { readFileSync } from 'node:fs';

import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { OpenFeature as WebOpenFeature } from '@openfeature/web-sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

import { Billing, CATALOGUE, makeServer } from './harness.js';
import { listen } from './listen.js';

const API_KEY = 'ofrep-key-1';
const specification = parse(readFileSync(new URL('./conformance/ofrep-openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(specification, 'ofrep');

function expectSchema(name: string, body: unknown): void {
  // The schema's oneOf has integers match `number` as well, and a flag with a value match the one without: judged apart.
  const valid = ajv.validate(`ofrep#/components/schemas/${name}`, body);
  expect(valid, ajv.errorsText()).toBe(true);
}

async function start() {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  const config = { limitGB: 10, price: 1.5, tier: 'gold', extra: { colour: 'red' }, list: [1], nothing: null };
  billing.grant('cus_1', { id: 'e2', featureKey: 'storage', type: 'static', config });
  const server = makeServer(billing, { ofrep: { apiKeys: ['other', API_KEY] } });
  await server.ready();
  return { url: await listen(server), billing, server };
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': API_KEY, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const CONTEXT = { context: { targetingKey: 'cus_1' } };

test('the server-side provider resolves booleans, numbers, strings and objects', async () => {
  const { url } = await start();
  const provider = new OFREPProvider({ baseUrl: url, headers: [['authorization', `Bearer ${API_KEY}`]] });
  await OpenFeature.setProviderAndWait('ofrep', provider);
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient('ofrep');
  const context = { targetingKey: 'cus_1' };
  expect(await client.getBooleanDetails('reports', false, context)).toMatchObject({
    value: true,
    reason: 'STATIC',
    variant: 'on',
  });
  expect(await client.getBooleanDetails('seats', true, context)).toMatchObject({ value: false, reason: 'DISABLED' });
  expect(await client.getNumberValue('storage:limitGB', 1, context)).toBe(10);
  expect(await client.getNumberValue('storage:price', 1, context)).toBe(1.5);
  expect(await client.getStringValue('storage:tier', 'none', context)).toBe('gold');
  expect(await client.getObjectValue('storage:extra', {}, context)).toEqual({ colour: 'red' });
  expect(await client.getObjectValue('storage:', {}, context)).toMatchObject({ limitGB: 10 });
  const missing = { value: true, errorCode: 'FLAG_NOT_FOUND' };
  expect(await client.getBooleanDetails('reportz', true, context)).toMatchObject(missing);
  expect(await client.getStringDetails('reports', 'x', context)).toMatchObject({
    value: 'x',
    errorCode: 'TYPE_MISMATCH',
  });
  expect(await client.getBooleanValue('reports', false, { targetingKey: 'cus_2' })).toBe(false);
});

test('the browser provider resolves the same for the customer of the session', async () => {
  const { url } = await start();
  const fetchImplementation = ((input: RequestInfo, init: RequestInit) =>
    fetch(input, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), 'x-customer': 'cus_1' },
    })) as typeof fetch;
  const provider = new OFREPWebProvider({ baseUrl: url, fetchImplementation, pollInterval: -1 } as never);
  await WebOpenFeature.setContext({ targetingKey: 'whoever' });
  await WebOpenFeature.setProviderAndWait(provider);
  onTestFinished(() => WebOpenFeature.clearProviders());
  const client = WebOpenFeature.getClient();
  expect(client.getBooleanValue('reports', false)).toBe(true);
  expect(client.getBooleanValue('seats', true)).toBe(false);
  expect(client.getNumberValue('storage:limitGB', 1)).toBe(10);
  expect(client.getStringValue('storage:tier', 'none')).toBe('gold');
  expect(client.getObjectValue('storage:extra', {})).toEqual({ colour: 'red' });
});

test('every kind of answer is as the specification says', async () => {
  const { url } = await start();
  const flags = `${url}/ofrep/v1/evaluate/flags`;
  const one = await post(`${flags}/reports`, CONTEXT);
  expect(one.status).toBe(200);
  const body = await one.json();
  expect(body).toMatchObject({
    key: 'reports',
    value: true,
    reason: 'STATIC',
    metadata: { plangateReason: 'GRANTED' },
  });
  const { reason, metadata } = specification.components.schemas.evaluationSuccess.allOf[0].properties;
  expect(reason.enum).toContain(body.reason);
  expect(metadata).toBeDefined();
  const missing = await post(`${flags}/reportz`, CONTEXT);
  expect(missing.status).toBe(404);
  expectSchema('flagNotFound', await missing.json());
  for (const [sent, code] of [
    ['{', 'PARSE_ERROR'],
    ['{}', 'INVALID_CONTEXT'],
    [{ context: {} }, 'TARGETING_KEY_MISSING'],
  ] as const) {
    const single = await post(`${flags}/reports`, sent);
    expect(single.status).toBe(400);
    const refused = await single.json();
    expect(refused.errorCode).toBe(code);
    expectSchema('evaluationFailure', refused);
    const bulk = await post(flags, sent);
    expect(bulk.status).toBe(400);
    expectSchema('bulkEvaluationFailure', await bulk.json());
  }
  const list = await post(`${flags}/storage%3Alist`, CONTEXT);
  expect(list.status).toBe(400);
  expectSchema('evaluationFailure', await list.json());
});

test('all flags at once: valid, cacheable, and other for another customer', async () => {
  const { url, billing, server } = await start();
  const flags = `${url}/ofrep/v1/evaluate/flags`;
  const response = await post(flags, CONTEXT);
  const etag = response.headers.get('etag')!;
  const body = await response.json();
  const values = Object.fromEntries(body.flags.map(({ key, value }: { key: string; value: unknown }) => [key, value]));
  expect(values).toMatchObject({ reports: true, seats: false, 'storage:limitGB': 10, 'storage:tier': 'gold' });
  expect(Object.keys(values)).not.toContain('storage:nothing');
  const { reason } = specification.components.schemas.evaluationSuccess.allOf[0].properties;
  for (const flag of body.flags) {
    expect(reason.enum).toContain(flag.reason);
    expectSchema('key', flag.key);
    expectSchema('metadata', flag.metadata);
  }
  expect((await post(flags, CONTEXT, { 'if-none-match': etag })).status).toBe(304);
  billing.rows.set('cus_1', []);
  await server.refresh('cus_1');
  expect((await post(flags, CONTEXT, { 'if-none-match': etag })).status).toBe(200);
  const other = await (await post(flags, { context: { targetingKey: 'cus_2' } })).json();
  expect(other.flags.find(({ key }: { key: string }) => key === 'reports').value).toBe(false);
});

test('without a key the session decides; a wrong key opens nothing', async () => {
  const { url } = await start();
  const flags = `${url}/ofrep/v1/evaluate/flags/reports`;
  expect((await post(flags, CONTEXT, { 'x-api-key': 'wrong' })).status).toBe(401);
  // The session's customer, whatever the context claims.
  const claimed = await post(flags, CONTEXT, { 'x-api-key': 'wrong', 'x-customer': 'cus_2' });
  expect(await claimed.json()).toMatchObject({ value: false });
  expect((await post(flags, 'x'.repeat(70_000))).status).toBe(413);
});
