// `plangate serve` as it is installed: the process from dist/, real HTTP, SQLite on disk.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { EventReader } from '../server/sse.js';
import { until } from '../server/harness.js';
import { API_KEY, as, Billing, deliver, environmentFor, folder, keysOf, Serving, WEBHOOK_SECRET } from './support.js';

test('serves a whole list, and streams what a webhook changed', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 23);
  const serving = new Serving(environmentFor(billing));
  const url = await serving.url();

  const first = await fetch(`${url}/entitlements`, as('cus_1'));
  expect(first.status).toBe(200);
  expect(await keysOf(first)).toHaveLength(23);
  expect((await fetch(`${url}/entitlements`)).status).toBe(401);

  const stream = new EventReader(await fetch(`${url}/entitlements/stream`, as('cus_1')));
  await until(() => stream.latest.length === 23);
  billing.features.set('cus_1', 24);
  expect(await deliver(url, 'cus_1')).toBe(200);
  await until(() => stream.latest.length === 24);

  // A reader that goes is let go.
  const streams = async (): Promise<number> =>
    ((await (await fetch(`${url}/healthz`)).json()) as { streams: number }).streams;
  expect(await streams()).toBe(1);
  await stream.close();
  await until(async () => (await streams()) === 0);
});

test('logs one line per request, webhook, fetch and change, with the request id and without secrets', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 2);
  const serving = new Serving(environmentFor(billing));
  const url = await serving.url();
  const answer = await fetch(
    `${url}/entitlements`,
    as('cus_1', { headers: { authorization: 'Bearer t0ken', 'x-request-id': 'req-7' } }),
  );
  expect(answer.headers.get('x-request-id')).toBe('req-7');
  billing.features.set('cus_1', 3);
  await deliver(url, 'cus_1');

  const request = await serving.line('request', (line) => line['requestId'] === 'req-7');
  expect(request).toMatchObject({ level: 'info', method: 'GET', path: '/entitlements', status: 200 });
  expect(await serving.line('refresh')).toMatchObject({
    source: 'stripe',
    customer: 'cus_1',
    entries: 2,
    requestId: 'req-7',
  });
  const webhook = await serving.line('webhook');
  expect(webhook).toMatchObject({ provider: 'stripe', customer: 'cus_1' });
  expect((await serving.line('request', (line) => line['path'] === '/webhooks/stripe'))['requestId']).toBe(
    webhook['requestId'],
  );
  const news = await serving.line('change', (line) => String(line['features']).includes('0002'));
  expect(news).toMatchObject({ customer: 'cus_1', features: ['feature-0002'] });
  await fetch(`${url}/healthz`);
  serving.child.kill('SIGTERM');
  expect(await serving.closed).toBe(0);
  const all = JSON.stringify(serving.log) + serving.errors;
  for (const secret of [API_KEY, WEBHOOK_SECRET, 't0ken', '/healthz']) expect(all).not.toContain(secret);
});

test('a YAML file with references sets it up, and the environment is above it', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  billing.features.set('pay_1', 1);
  const cwd = folder();
  writeFileSync(join(cwd, 'key'), 'pk_paygentic\n');
  writeFileSync(
    join(cwd, 'plangate.yaml'),
    [
      'port: 4',
      'mode: test',
      'basePath: /api',
      'stripe: { apiKey: "${MY_KEY}", baseUrl: "${BILLING}" }',
      'paygentic: { baseUrl: "${BILLING}", customers: { cus_1: pay_1 } }',
      'customer: { from: header, header: x-customer }',
      'store: { url: "sqlite:data.db" }',
      'metrics: { token: "${METRICS}" }',
      'cors: { origins: ["https://app.example.com"] }',
      'rules: { defaults: {} }',
    ].join('\n'),
  );
  const serving = new Serving(
    {
      MY_KEY: API_KEY,
      BILLING: billing.url,
      METRICS: 'm3trics',
      PLANGATE_PORT: '0',
      PLANGATE_PAYGENTIC_API_KEY_FILE: join(cwd, 'key'),
    },
    { cwd },
  );
  const url = await serving.url();
  expect(await keysOf(await fetch(`${url}/api/entitlements`, as('cus_1')))).toEqual(['feature-0000', 'paygentic0000']);
  expect((await fetch(`${url}/entitlements`, as('cus_1'))).status).toBe(404);

  expect((await fetch(`${url}/api/metrics`)).status).toBe(403);
  const metrics = await fetch(`${url}/api/metrics`, { headers: { authorization: 'Bearer m3trics' } });
  expect(await metrics.text()).toContain('plangate_customers_held 1');
});

test('pages of the named origins may read, others may not', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  const serving = new Serving({
    ...environmentFor(billing),
    PLANGATE_CORS_ORIGINS: 'https://a.example, https://b.example',
  });
  const url = await serving.url();
  const ask = (origin: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/entitlements`, {
      ...init,
      headers: { origin, 'x-customer': 'cus_1', 'access-control-request-method': 'GET' },
    });
  for (const origin of ['https://a.example', 'https://b.example']) {
    const preflight = await ask(origin, { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    const answer = await ask(origin);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toMatch(/origin/i);
  }
  expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  // Who may name the customer by a header is not a page.
  const preflight = await ask('https://a.example', { method: 'OPTIONS' });
  expect(preflight.headers.get('access-control-allow-headers')).not.toContain('x-customer');
});
