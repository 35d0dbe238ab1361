// `plangate doctor`, from dist/: what it finds in order, and each thing that is out of order, with what to do.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

import { plangate, startDev } from './running.js';
import { folder, Serving } from './support.js';

const PLANS = fileURLToPath(new URL('./plans.yaml', import.meta.url));
const KEY = 'rk_test_doctorsOwnKey1234';
const SECRET = 'whsec_c2lnbmluZy1zZWNyZXQtb2YtdGhlLXRlc3Rz';

interface Check {
  readonly id: string;
  readonly status: string;
  readonly what: string;
  readonly where?: string;
  readonly hint?: string;
}

/** Runs it; answers the checks by id, the exit code, and all that was said. */
async function doctor(env: Record<string, string>, args: string[] = [], cwd = folder()) {
  const ran = await plangate(['doctor', '--json', ...args], { env, cwd });
  const { ok, checks } = JSON.parse(ran.stdout) as { ok: boolean; checks: Check[] };
  expect(ran.status).toBe(ok ? 0 : 1);
  expect(ran.stderr === '').toBe(ok);
  for (const { status, hint } of checks) if (status === 'warn' || status === 'fail') expect(hint).toBeTruthy();
  return { ok, said: ran.stdout + ran.stderr, checks, found: Object.fromEntries(checks.map((one) => [one.id, one])) };
}

const statuses = (checks: readonly Check[]): Record<string, string> =>
  Object.fromEntries(checks.map(({ id, status }) => [id, status]));

/** Something that listens on loopback until the test ends. */
async function listening(listener: RequestListener): Promise<string> {
  const http = createServer(listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const settings = (baseUrl: string, more: Record<string, string> = {}): Record<string, string> => ({
  PLANGATE_STRIPE_API_KEY: KEY,
  PLANGATE_STRIPE_BASE_URL: baseUrl,
  PLANGATE_STRIPE_WEBHOOK_SECRETS: SECRET,
  PLANGATE_CUSTOMER_FROM: 'header',
  PLANGATE_STORE_URL: 'memory:',
  // Nothing listens there.
  PLANGATE_PORT: '9',
  ...more,
});

test('finds everything in order beside a running provider and server, and changes nothing there', async () => {
  const { url, apiKey, webhookSecret } = await startDev(['--seed', PLANS]);
  const cwd = folder();
  const env = settings(url, {
    PLANGATE_STRIPE_API_KEY: apiKey,
    PLANGATE_STRIPE_WEBHOOK_SECRETS: webhookSecret,
    PLANGATE_PAYGENTIC_API_KEY: apiKey,
    PLANGATE_PAYGENTIC_BASE_URL: url,
    PLANGATE_PAYGENTIC_WEBHOOK_SECRETS: webhookSecret,
    PLANGATE_STORE_URL: 'sqlite:doctor.db',
    PLANGATE_MODE: 'test',
  });
  const serving = new Serving({ ...env, PLANGATE_PORT: '0' }, { cwd });
  const server = await serving.url();
  const { ok, checks, found, said } = await doctor(env, ['--server', server, '--customer', 'cus_trial'], cwd);
  expect(statuses(checks)).toEqual(
    Object.fromEntries(
      [
        'node',
        'config',
        'stripe.key',
        'paygentic.key',
        'stripe.entitlements',
        'stripe.features',
        'stripe.products',
        'stripe.prices',
        'paygentic.entitlements',
        'clock',
        'list',
        'customer',
        'store',
        'server',
        'stripe.webhook',
        'paygentic.webhook',
      ].map((id) => [id, 'ok']),
    ),
  );
  expect(ok).toBe(true);
  expect(found['store']!.what).toMatch(/^sqlite can be written and read, schema \d+$/);
  expect(found['list']!.what).toContain('cus_trial has ');
  for (const secret of [apiKey, webhookSecret]) expect(said).not.toContain(secret);

  const metrics = await (await fetch(`${server}/metrics`)).text();
  expect(metrics).toMatch(/plangate_webhooks_total\{[^}]*outcome="ignored"[^}]*\} 1/);
  expect(metrics).toContain('plangate_customers_held 0');

  // Somebody whom the billing system does not know.
  const nobody = (await doctor(env, ['--customer', 'cus_nobody'], cwd)).found['list']!;
  expect(nobody).toMatchObject({
    status: 'fail',
    what: expect.stringContaining('cus_nobody'),
    hint: 'check the customer id and the options',
  });

  // The same with a secret that the server does not have.
  const other = { ...env, PLANGATE_STRIPE_WEBHOOK_SECRETS: SECRET };
  const refused = (await doctor(other, ['--server', server], cwd)).found['stripe.webhook']!;
  expect(refused).toMatchObject({ status: 'fail', what: expect.stringContaining('WRONG_SIGNATURE (400)') });
  expect(refused.hint).toContain('give both the same');
});

test('without a configuration there is one thing to do', async () => {
  const { checks, found } = await doctor({});
  expect(statuses(checks)).toEqual({ node: 'ok', config: 'fail' });
  expect(found['config']!.hint).toContain('plangate.yaml');
  const cwd = folder();
  writeFileSync(join(cwd, 'plangate.yaml'), 'stripe:\n  apikey: "${K}"\n');
  const wrong = await doctor({ K: 'x' }, [], cwd);
  expect(wrong.found['config']).toMatchObject({
    status: 'fail',
    where: expect.stringContaining('plangate.yaml:2:'),
    hint: 'did you mean stripe.apiKey?',
  });
});

test('tells what a key may not read, and whether it matters', async () => {
  const statusOf: Record<string, number> = { '/v1/products': 403, '/v1/prices': 500 };
  const url = await listening((request, response) => {
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`);
    response.writeHead(statusOf[new URL(request.url!, 'http://x').pathname] ?? 404).end('{}');
  });
  const partly = await doctor(settings(url));
  expect(statuses(partly.checks)).toMatchObject({
    'stripe.key': 'ok',
    'stripe.entitlements': 'ok',
    'stripe.products': 'warn',
    'stripe.prices': 'warn',
    server: 'skip',
    'stripe.webhook': 'skip',
    store: 'warn',
  });
  expect(partly.ok).toBe(true);
  expect(partly.found['stripe.products']!.hint).toBe('give it the right Products: read');
  expect(partly.found['stripe.key']!.what).toBe('rk_test_…1234, test mode');
  statusOf['/v1/entitlements/active_entitlements'] = 403;
  expect((await doctor(settings(url))).found['stripe.entitlements']).toMatchObject({ status: 'fail' });
  statusOf['/v1/entitlements/active_entitlements'] = 401;
  const refused = await doctor(settings(url));
  expect(refused.found['stripe.entitlements']!.what).toContain('refused (401)');
  expect(refused.found['stripe.features']).toBeUndefined();
});

test.each([
  ['behind', -20, 'warn', /is (1[5-9]|2[0-5])\.\d s ahead/],
  ['ahead', 4000, 'fail', /is (399|400)\d\.\d s behind/],
])('compares the clocks: the billing system is %s', async (_, seconds, status, what) => {
  const url = await listening((_request, response) => {
    response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString());
    response.writeHead(404).end('{}');
  });
  const { found } = await doctor(settings(url));
  expect(found['clock']).toMatchObject({ status, what: expect.stringMatching(what), hint: expect.any(String) });
});

test('tells servers, stores and keys that are not what they should be', async () => {
  const web = await listening((_request, response) => void response.end('<html>'));
  const env = settings('http://127.0.0.1:9', {
    PLANGATE_STORE_URL: 'postgres://me:hunter2@127.0.0.1:9/x',
    PLANGATE_STRIPE_WEBHOOK_SECRETS: 'we_123',
  });
  const { found, said } = await doctor(env, ['--server', web]);
  expect(found['stripe.entitlements']).toMatchObject({ status: 'fail', what: expect.stringContaining('not reached') });
  expect(found['clock']).toMatchObject({ status: 'skip' });
  expect(found['store']).toMatchObject({ status: 'fail', what: expect.stringContaining('not reached') });
  expect(found['server']).toMatchObject({ status: 'fail', what: expect.stringContaining('no plangate server') });
  expect(found['stripe.webhook']).toMatchObject({ status: 'fail', hint: expect.stringContaining('not its id') });
  expect(said).not.toContain('hunter2');
  const gone = await doctor({ ...env, PLANGATE_MODE: 'live' }, ['--server', 'http://127.0.0.1:9']);
  expect(gone.found['server']).toMatchObject({ status: 'fail', what: expect.stringContaining('nothing answers') });
  expect(gone.found['stripe.key']!.hint).toBe('set mode to test, or use a live key');
});

test('as text, it is a line for each, and says where and what to do', async () => {
  const { status, stdout, stderr } = await plangate(['doctor'], { env: settings('http://127.0.0.1:9') });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^ok {4}node {20}Node\.js \d+/);
  expect(stdout).toMatch(/\nfail {2}stripe\.entitlements {5}http:.* is not reached: .*\n {6}where: .*\n {6}do: /);
  expect(stdout).toMatch(/\n\d+ ok, \d+ to look at, 1 failed\n$/);
  expect(stderr).toMatch(/^error CHECKS_FAILED: 1 of \d+ checks failed\n {2}do: /);
  const wrong = await plangate(['doctor', '--server', 'here']);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringMatching(/^error USAGE: --server takes/)]);
});
