// `plangate dev`, from dist/: what it prints is enough to begin, what it prints then is what happens, and how it ends.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';

import { plangate, Running, startDev } from './running.js';
import { folder } from './support.js';

const PLANS = fileURLToPath(new URL('./plans.yaml', import.meta.url));

/** An endpoint of an application: answers with the given statuses, then with 200. Keeps what came. */
async function endpoint(...statuses: number[]) {
  const came: { body: string; signature: string }[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      came.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['stripe-signature']) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/webhooks`, came };
}

test('the lines that it prints are enough for stripe-node, Paygentic and plangate serve', async () => {
  const cwd = folder();
  const hook = await endpoint();
  const dev = new Running(['dev', '--port', '0', '--seed', PLANS, '--webhook', hook.url], { cwd });
  await dev.says(/Ctrl\+C ends it/);
  const variables = Object.fromEntries(
    [...dev.stdout.matchAll(/^ {2}([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [name, value]),
  );
  const [, options] = /new Stripe\(process\.env\.STRIPE_API_KEY, \{ host: '([^']+)'/.exec(dev.stdout)!;
  const port = Number(/port: (\d+)/.exec(dev.stdout)![1]);
  const stripe = new Stripe(variables['STRIPE_API_KEY']!, { host: options!, port, protocol: 'http' });
  const { data } = await stripe.entitlements.activeEntitlements.list({ customer: 'cus_trial' });
  expect(data.map(({ lookup_key }) => lookup_key).sort()).toEqual(['api-calls', 'reports', 'sso', 'storage']);
  await stripe.subscriptions.create({ customer: 'cus_free', items: [{ price: 'price_pro' }] });
  await dev.says(/webhook entitlements\.active_entitlement_summary\.updated of cus_free -> .* 200 \d+ ms\n/);
  for (const { body, signature } of hook.came) {
    stripe.webhooks.constructEvent(body, signature, variables['STRIPE_WEBHOOK_SECRET']!);
  }
  expect(hook.came.length).toBeGreaterThan(0);

  const url = variables['PLANGATE_PAYGENTIC_BASE_URL']!;
  const authorization = `Bearer ${variables['PLANGATE_PAYGENTIC_API_KEY']}`;
  const list = await fetch(`${url}/v1/entitlements?customerId=cus_trial`, { headers: { authorization } });
  expect(((await list.json()) as { data: unknown[] }).data).toHaveLength(4);

  for (const api of ['STRIPE', 'PAYGENTIC']) {
    const own = Object.entries(variables).filter(
      ([name]) => name!.startsWith(`PLANGATE_${api}`) || name === 'PLANGATE_MODE',
    );
    const env = Object.fromEntries(own) as Record<string, string>;
    const asked = await plangate(['explain', 'cus_trial', 'sso', '--at', '2027-03-02'], { env, cwd });
    expect([asked.stdout, asked.stderr]).toEqual([expect.stringContaining('sso: allowed for cus_trial'), '']);
  }
  dev.child.kill('SIGINT');
  expect([await dev.closed, dev.stderr]).toEqual([0, '']);
});

test('tells requests and webhooks as they happen, with what was wrong and when it is tried again', async () => {
  const hook = await endpoint(500);
  const { running, url, apiKey, webhookSecret, ...told } = await startDev([
    ...['--webhook', hook.url, '--seed-id', 'tests'],
  ]);
  expect(told).toMatchObject({ event: 'listening', store: 'memory', seed: null, webhooks: [hook.url] });
  expect(Object.keys(told)).toEqual(['event', 'store', 'seed', 'webhooks', 'env', 'serve']);
  const ask = (path: string, method = 'GET', body?: string) =>
    fetch(url + path, {
      method,
      ...(body && { body: new URLSearchParams(body) }),
      headers: { authorization: `Bearer ${apiKey}` },
    });
  await ask('/v1/customers?secret=1', 'POST', 'nme=Ann');
  const [request] = await running.says(/^\{"event":"request".*$/m);
  expect(JSON.parse(request)).toEqual({
    event: 'request',
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    method: 'POST',
    path: '/v1/customers',
    status: 400,
    ms: expect.any(Number),
    error: expect.stringMatching(/unknown parameter/),
  });
  expect((await ask('/v1/customers', 'POST', 'name=Ann')).status).toBe(200);
  const again = /^\{"event":"webhook".*"attempt":2.*$/m;
  await running.says(again);
  const attempts = running.stdout
    .split('\n')
    .filter((line) => line.startsWith('{"event":"webhook"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(attempts).toEqual([
    expect.objectContaining({ type: 'customer.created', status: 500, attempt: 1, next: expect.any(String) }),
    expect.objectContaining({ type: 'customer.created', status: 200, attempt: 2, next: null, url: hook.url }),
  ]);
  await ask('/_plangate/info');
  expect(running.stdout).not.toMatch(/secret=1|_plangate/);
  for (const line of running.stdout.split('\n').slice(1)) expect(line).not.toContain(webhookSecret);
  // The same text, the same keys: they can stand in .env.
  expect((await startDev(['--seed-id', 'tests', '--quiet'])).apiKey).toBe(apiKey);
});

test('a store keeps what was done, and a seed is for an empty one', async () => {
  const cwd = folder();
  const args = ['--store', 'billing.db', '--seed', PLANS];
  const first = await startDev(args, { cwd });
  expect(first).toMatchObject({ store: 'billing.db', seed: PLANS });
  const second = await plangate(['dev', '--port', '0', ...args], { cwd });
  expect(second).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error STATE_IN_USE: [\s\S]*\n {2}where: billing\.db\n {2}do: stop the other/),
  });
  const port = new URL(first.url).port;
  const taken = await plangate(['dev', '--port', port], { cwd });
  expect(taken).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error PORT_IN_USE: port \d+ is taken\n {2}where: --port\n {2}do: stop/),
  });
  first.running.child.kill('SIGTERM');
  expect(await first.running.closed).toBe(0);
  const third = await startDev(args, { cwd });
  expect(third).toMatchObject({ seed: null, apiKey: first.apiKey });
});

test.each([
  ['no seed', ['--seed', 'nope.yaml'], 2, /^error SEED_UNREADABLE: .*no such file\n {2}where: nope\.yaml\n {2}do: /],
  [
    'a seed that is wrong',
    ['--seed', 'bad.yaml'],
    2,
    /^error INVALID_SEED: [\s\S]*colour[\s\S]*\n {2}where: bad\.yaml\n {2}do: /,
  ],
  ['a webhook that is no address', ['--webhook', 'here'], 2, /^error INVALID_OPTION: .*'here'\n {2}do: /],
  [
    'a file that is no store',
    ['--store', 'bad.yaml'],
    1,
    /^error STATE_\w+: .*\n {2}where: bad\.yaml\n {2}do: .*--store/,
  ],
  [
    'a folder that is none',
    ['--store', 'no/such/billing.db'],
    1,
    /^error STATE_UNAVAILABLE: there is no folder no\/such\n/,
  ],
  ['a folder for a file', ['--store', '.'], 1, /^error STATE_UNAVAILABLE: \. is a folder, not a file\n/],
  ['a key with a space', ['--api-key', 'a b'], 2, /^error INVALID_OPTION: apiKey .*\n {2}do: /],
  ['a port that is none', ['--port', '70000'], 2, /^error USAGE: .*0 to 65535/],
])('refuses %s', async (_, args, status, says) => {
  const cwd = folder();
  writeFileSync(join(cwd, 'bad.yaml'), `colour: red\n# ${'x'.repeat(600)}\n`);
  const ran = await plangate(['dev', '--port', '0', ...args], { cwd });
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([status, '', expect.stringMatching(says)]);
  expect(readFileSync(join(cwd, 'bad.yaml'), 'utf8')).toContain('colour: red');
});
