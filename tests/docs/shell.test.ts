// The examples for a shell and the files they read, run by bash in an empty project that has the package installed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transform } from 'esbuild';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';

import { compiled } from '../cli/compiled.js';
import { Billing, keysOf } from '../cli/support.js';
import { misbehavingUpstream, stripeAccount, stripeRows } from '../support/misbehaving-upstream.mjs';
import { eventually, freePort } from '../support/servers.mjs';
import { blocksOn, blockWith, example, ran } from './ran.mjs';

const path = (...parts: string[]): string => fileURLToPath(new URL(join('../..', ...parts), import.meta.url));

/** An empty project, in which `npx plangate` is the package as built. */
function project(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(path(), join(folder, 'node_modules/plangate'));
  symlinkSync('../plangate/dist/cli.js', join(folder, 'node_modules/.bin/plangate'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

interface Shell {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts commands in a group of their own, which is gone after the test. */
function start(commands: string, { cwd, env = {} }: Shell) {
  const home = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const child = spawn('bash', ['--norc', '-euc', commands], { cwd, detached: true, env: { ...home, ...env } });
  const running = { child, output: '', closed: once(child, 'close') };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      running.output += text;
      child.emit('said');
    });
  }
  onTestFinished(async () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended.
    }
    await running.closed;
  });
  return running;
}

/** Runs commands to their end; answers what they printed. Throws it when they failed. */
async function shell(commands: string, where: Shell): Promise<string> {
  const running = start(commands, where);
  const [code] = (await running.closed) as [number];
  if (code !== 0) throw new Error(`${commands} ended with ${code}: ${running.output}`);
  return running.output;
}

/** What a running program said, once it matches. */
async function said(running: ReturnType<typeof start>, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(running.output);
    if (found) return found;
    const more = once(running.child, 'said').then(() => false);
    const ended = await Promise.race([more, running.closed.then(() => true)]);
    if (ended && !pattern.test(running.output)) throw new Error(`it ended without ${pattern}: ${running.output}`);
  }
}

/** Replaces what is of another day or machine; each must be there. */
function here(text: string, replace: Record<string, string>): string {
  for (const [from, to] of Object.entries(replace)) {
    if (!text.includes(from)) throw new Error(`no "${from}" in ${text}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** What a program may import without installing it. */
const BUILT_IN = /^node:/;

test.each([
  ['docs/stripe-in-ten-minutes.md', 'npm install', 'expressApp'],
  ['docs/paygentic-in-ten-minutes.md', 'npm install', 'new Hono'],
])('%s installs what its server imports, and nothing else', (page, install, program) => {
  const [npm, verb, ...packages] = example(page, install).text.trim().split(/\s+/);
  expect([npm, verb]).toEqual(['npm', 'install']);
  const imported = [...blockWith(page, program).text.matchAll(/from '([^']+)'/g)].map(([, name]) => name!);
  const names = imported
    .filter((name) => !BUILT_IN.test(name))
    .map((name) => (name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0]!));
  // plangate/stores/sqlite loads libsql.
  const needed = new Set([...names, ...(imported.includes('plangate/stores/sqlite') ? ['libsql'] : [])]);
  expect(packages.sort()).toEqual([...needed].sort());
});

test('docs/stripe-in-ten-minutes.md: asked with curl', async () => {
  const page = 'docs/stripe-in-ten-minutes.md';
  const stripe = await misbehavingUpstream({
    list: stripeAccount({
      customers: { cus_1: stripeRows(2), cus_pro: [{ ...stripeRows(1)[0], lookup_key: 'reports' }] },
    }),
  });
  onTestFinished(() => stripe.close());
  const port = String(await freePort());
  const { code } = await transform(blockWith(page, 'expressApp').text, { loader: 'ts', format: 'esm' });
  const cwd = project({ 'server.mjs': code });
  symlinkSync(path('node_modules/express'), join(cwd, 'node_modules/express'));
  const env = { PORT: port, STRIPE_KEY: 'rk_test_1', STRIPE_URL: stripe.url, STRIPE_WEBHOOK_SECRET: 'whsec_c2VjcmV0' };
  start(`exec '${process.execPath}' server.mjs`, { cwd, env });
  await eventually(() => fetch(`http://127.0.0.1:${port}/healthz`), 'it does not listen');
  const lines = example(page, 'curl -i').text;
  const asked = (customer: string) =>
    shell(here(lines, { 'localhost:3000': `127.0.0.1:${port}`, 'cus_…': customer }), { cwd });
  const refused = await asked('cus_1');
  expect(refused).toMatch(/402 Payment Required/);
  expect(refused).toContain('"unlocks":');
  expect(refused).toContain('"entitlements":');
  expect(await asked('cus_pro')).toMatch(/200 OK[^]*the report[^]*"featureKey":"reports"/);
});

test('docs/typed-keys.md', async () => {
  const page = 'docs/typed-keys.md';
  const cwd = project({ 'snapshot.json': example(page, '"plangate": 1').text });
  const write = ran(blocksOn(page)[0]!).text;
  const check = example(page, '--check').text;
  expect(check).toBe(write.replace('\n', ' --check\n'));
  await expect(shell(check, { cwd })).rejects.toThrow(/ended with 1: error OUT_OF_DATE/);
  await shell(write, { cwd });
  expect(readFileSync(join(cwd, 'src/plangate.d.ts'), 'utf8')).toBe(example(page, 'interface PlangateFeatures').text);
  await shell(check, { cwd });
  const lines = example(page, 'gate.hasFeature').text.replace(
    /^.*\/\/ +error:/gm,
    (line) => `// @ts-expect-error\n${line}`,
  );
  expect(lines.match(/@ts-expect-error/g)).toHaveLength(2);
  expect(await compiled(cwd, 'src/plangate.d.ts', lines)).toEqual(['', 0]);
});

test('docs/local-provider.md: started, seeded, asked, moved in time', async () => {
  const page = 'docs/local-provider.md';
  const received: string[] = [];
  const hook = createServer((request, response) => {
    received.push(request.url!);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  onTestFinished(() => {
    hook.closeAllConnections();
    hook.close();
  });
  const mine = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
  const cwd = project({
    'plans.yaml': here(example(page, 'testClocks:').text, { 'http://127.0.0.1:3000': mine }),
  });
  const command = here(example(page, 'npx plangate dev').text, {
    'http://127.0.0.1:3000': mine,
    'plangate dev': 'plangate dev --port 0',
  });
  const dev = start(command, { cwd });
  const [url] = await said(dev, /http:\/\/127\.0\.0\.1:\d+/);
  const [apiKey] = await said(dev, /sk_test_\w+/);
  await said(dev, /whsec_/);
  const headers = { authorization: `Bearer ${apiKey}` };
  const get = async (path: string) =>
    (await fetch(url + path, { headers })).json() as Promise<{ data: Record<string, string>[] }>;
  const keys = async () =>
    (await get('/v1/entitlements/active_entitlements?customer=cus_1')).data.map((row) => row['lookup_key']).sort();
  expect(await keys()).toEqual(['calls', 'export', 'sso', 'storage']);
  const now = async () => ((await (await fetch(`${url}/_plangate/clock`)).json()) as { now: string }).now;
  expect(await now()).toBe('2026-01-31T12:00:00.000Z');
  const subscription = (await get('/v1/subscriptions?customer=cus_1')).data[0]!['id']!;
  const lines = here(example(page, '"do":"advance"').text, { 'http://127.0.0.1:4242': url, sub_1: subscription })
    .trim()
    .split('\n');
  expect(lines).toHaveLength(3);
  const times = [];
  for (const line of lines) {
    await shell(`${line.replace(/#.*/, '')} -sf`, { cwd });
    times.push(await now());
  }
  expect(times[0]).toBe('2026-02-28T12:00:00.000Z'); // a month on
  expect(times[1]! > times[0]!).toBe(true); // to the end of its period
  expect(times[2]).toBe(times[1]); // stopped
  await expect.poll(() => received).toContain('/webhooks/stripe');
});

test('docs/serve.md: with the environment', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 3);
  const secret = 'a secret of thirty-two bytes or more';
  const commands = here(example('docs/serve.md', 'npx plangate serve').text, {
    'npm install': '# npm install',
    'rk_…': 'rk_test_of_this',
    'whsec_…': 'whsec_c2VjcmV0',
    'SECRET=…': `SECRET='${secret}'`,
  });
  const env = { PLANGATE_PORT: '0', PLANGATE_STRIPE_BASE_URL: billing.url };
  const serving = start(commands, { cwd: project(), env });
  const [, url] = await said(serving, /"url":"(http:[^"]+)"/);
  const key = new TextEncoder().encode(secret);
  const token = await new SignJWT({ sub: 'cus_1' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(key);
  const ask = (headers: HeadersInit) => fetch(`${url}/entitlements`, { headers });
  expect(await keysOf(await ask({ authorization: `Bearer ${token}` }))).toHaveLength(3);
  expect((await ask({})).status).toBe(401);
});

test('docs/serve.md: with a file', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 2);
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
  const http = createServer((_, response) => response.end(keys)).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const file = here(example('docs/serve.md', 'jwksUrl:').text, {
    'https://id.example.com/.well-known/jwks.json': `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`,
    'host: 0.0.0.0': 'host: 127.0.0.1',
  });
  const env = {
    STRIPE_KEY: 'rk_test_of_this',
    STRIPE_WEBHOOK_SECRET: 'whsec_c2VjcmV0',
    DATABASE_URL: 'sqlite:plangate.db',
    PLANGATE_PORT: '0',
    PLANGATE_STRIPE_BASE_URL: billing.url,
  };
  const serving = start('npx plangate serve', { cwd: project({ 'plangate.yaml': file }), env });
  const [, url] = await said(serving, /"url":"(http:[^"]+)"/);
  const token = (audience: string) =>
    new SignJWT({ billing_customer: 'cus_1', iss: 'https://id.example.com/', aud: audience })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('5m')
      .sign(privateKey);
  const origin = 'https://app.example.com';
  const ask = async (audience: string) =>
    fetch(`${url}/entitlements`, { headers: { authorization: `Bearer ${await token(audience)}`, origin } });
  const answer = await ask('entitlements');
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  expect(await keysOf(answer)).toHaveLength(2);
  expect((await ask('another')).status).toBe(401);
});

test('docs/toolchains.md: the setting is the one that the matrix builds with', () => {
  const shown = JSON.parse(example('docs/toolchains.md', 'packageExports').text) as object;
  const rows = readFileSync(path('tests/matrix/rows/bundlers.mjs'), 'utf8');
  const [, settings] = /const settings = (\{.*\});/.exec(rows)!;
  expect(shown).toEqual(JSON.parse(settings!.replaceAll("'", '"').replace('packageExports', '"packageExports"')));
});
