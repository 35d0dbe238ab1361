// What is wrong with a configuration is said before anything starts: the code, where it is, what to do. No secret is repeated.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { Billing, CLI, environmentFor, folder, Serving } from './support.js';

const BASE = {
  PLANGATE_STRIPE_API_KEY: 'sk_test_1',
  PLANGATE_CUSTOMER_FROM: 'header',
  PLANGATE_PORT: '0',
};

interface Case {
  readonly name: string;
  readonly file?: string;
  readonly args?: string[];
  readonly environment?: Record<string, string>;
  readonly code: string;
  readonly where: string;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'no such file',
    args: ['--config', 'nope.yaml'],
    code: 'CONFIG_NOT_READ',
    where: 'nope.yaml',
    says: /no such file/,
  },
  {
    name: 'not YAML',
    file: 'port: [1\nhost: x\n',
    code: 'INVALID_FILE',
    where: 'plangate.yaml:2:1',
    says: /not YAML or JSON/,
  },
  { name: 'a key twice', file: 'port: 1\nport: 2\n', code: 'INVALID_FILE', where: 'plangate.yaml:2:1', says: /unique/ },
  {
    name: 'a misspelt key',
    file: 'host: 127.0.0.1\nstripe:\n  api-key: "${K}"\n',
    environment: { K: 'x' },
    code: 'INVALID_CONFIG',
    where: 'plangate.yaml:3:12 stripe.api-key',
    says: /did you mean stripe\.apiKey\?/,
  },
  {
    name: 'a wrong type',
    file: 'port: "80"\n',
    code: 'INVALID_CONFIG',
    where: 'plangate.yaml:1:7 port',
    says: /must be integer/,
  },
  {
    name: 'out of range',
    file: 'customer:\n  clockToleranceSeconds: 9999\n',
    code: 'INVALID_CONFIG',
    where: 'plangate.yaml:2:26 customer.clockToleranceSeconds',
    says: /must be <= 300/,
  },
  {
    name: 'none of the choices',
    file: 'mode: prod\n',
    code: 'INVALID_CONFIG',
    where: 'plangate.yaml:1:7 mode',
    says: /one of live, test/,
  },
  {
    name: 'a secret in the file',
    file: 'stripe:\n  apiKey: sk_live_hush\n',
    code: 'SECRET_IN_FILE',
    where: 'plangate.yaml:2:11 stripe.apiKey',
    says: /PLANGATE_STRIPE_API_KEY/,
  },
  {
    name: 'a secret in a list',
    file: 'stripe:\n  webhookSecrets: [sk_live_hush]\n',
    code: 'SECRET_IN_FILE',
    where: 'plangate.yaml:2:20 stripe.webhookSecrets.0',
    says: /PLANGATE_STRIPE_WEBHOOK_SECRETS/,
  },
  {
    name: 'a password in the store URL',
    file: 'store:\n  url: postgres://app:sk_live_hush@db/x\n',
    code: 'SECRET_IN_FILE',
    where: 'store.url',
    says: /PLANGATE_STORE_URL/,
  },
  {
    name: 'a reference to nothing',
    file: 'stripe: { apiKey: "${MISSING_KEY}" }\n',
    code: 'VARIABLE_NOT_SET',
    where: 'stripe.apiKey',
    says: /MISSING_KEY/,
  },
  {
    name: 'a variable that is none',
    environment: { PLANGATE_STRIPE_KEY: 'sk_live_hush' },
    code: 'UNKNOWN_VARIABLE',
    where: 'PLANGATE_STRIPE_KEY',
    says: /--help/,
  },
  {
    name: 'a variable of the wrong type',
    environment: { PLANGATE_PORT: 'http' },
    code: 'INVALID_VALUE',
    where: 'PLANGATE_PORT',
    says: /whole number/,
  },
  {
    name: 'a secret file that is not there',
    environment: { PLANGATE_METRICS_TOKEN_FILE: '/nowhere/token' },
    code: 'SECRET_NOT_READ',
    where: '/nowhere/token',
    says: /PLANGATE_METRICS_TOKEN_FILE/,
  },
  {
    name: 'no billing system',
    environment: { PLANGATE_STRIPE_API_KEY: '' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_STRIPE_API_KEY',
    says: /PAYGENTIC/,
  },
  {
    name: 'a publishable key',
    environment: { PLANGATE_STRIPE_API_KEY: 'pk_test_1' },
    code: 'INVALID_CONFIG',
    where: 'environment',
    says: /publishable/,
  },
  {
    name: 'nobody is named',
    environment: { PLANGATE_CUSTOMER_FROM: '' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_CUSTOMER_FROM',
    says: /token|header/i,
  },
  {
    name: 'a header from anywhere',
    environment: { PLANGATE_HOST: '0.0.0.0' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_CUSTOMER_FROM',
    says: /any customer/,
  },
  {
    name: 'a token without a key',
    environment: { PLANGATE_CUSTOMER_FROM: 'token' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_CUSTOMER_SECRET',
    says: /no key/,
  },
  {
    name: 'a short secret',
    environment: { PLANGATE_CUSTOMER_FROM: 'token', PLANGATE_CUSTOMER_SECRET: 'sk_live_hush' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_CUSTOMER_SECRET',
    says: /12 bytes/,
  },
  {
    name: 'keys that sign for others',
    environment: { PLANGATE_CUSTOMER_FROM: 'token', PLANGATE_CUSTOMER_JWKS_URL: 'https://id.example/jwks' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_CUSTOMER_JWKS_URL',
    says: /audience/,
  },
  {
    name: 'nobody, and no keys',
    environment: { PLANGATE_CUSTOMER_FROM: 'nobody' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_CUSTOMER_FROM',
    says: /OFREP/,
  },
  {
    name: 'a store of another make',
    environment: { PLANGATE_STORE_URL: 'mysql://x' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_STORE_URL',
    says: /sqlite:FILE/,
  },
  {
    name: 'a signing key that is none',
    environment: { PLANGATE_SIGNING_PRIVATE_KEY: '{sk_live_hush' },
    code: 'INVALID_CONFIG',
    where: 'PLANGATE_SIGNING_PRIVATE_KEY',
    says: /not JSON/,
  },
];

test.for(cases)('$name', async ({ file, args = [], environment = {}, code, where, says }) => {
  const cwd = folder();
  if (file !== undefined) writeFileSync(join(cwd, 'plangate.yaml'), file);
  const serving = new Serving({ ...BASE, ...environment }, { cwd, args });
  expect(await serving.closed).toBe(2);
  const [first = '', second = '', third = ''] = serving.errors.split('\n');
  expect(first).toContain(`error ${code}: `);
  expect(second).toContain(`where: `);
  expect(second).toContain(where);
  expect(third).toContain('do: ');
  expect(serving.errors).toMatch(says);
  expect(serving.errors).not.toContain('sk_live_hush');
  expect(serving.log).toEqual([]);
});

test('a store without its driver: the error names the cure', async () => {
  // The package alone in a folder, as npm installs it without the optional drivers.
  const cwd = folder();
  const alone = join(cwd, 'package', 'dist');
  mkdirSync(alone, { recursive: true });
  cpSync(dirname(CLI), alone, { recursive: true, filter: (path) => !path.includes('types') });
  writeFileSync(join(cwd, 'package', 'package.json'), '{"type":"module","version":"0.0.0"}');
  const billing = await new Billing().start();
  const environment = { ...environmentFor(billing), PLANGATE_STORE_URL: 'postgres://127.0.0.1:1/none' };
  const serving = new Serving(environment, { cwd, cli: join(alone, 'cli.js') });
  expect(await serving.closed).toBe(1);
  expect(serving.errors).toMatch(/error DRIVER_MISSING: .*\n {2}where: PLANGATE_STORE_URL\n {2}do: npm install pg/);
});

test('a port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const serving = new Serving({ ...BASE, PLANGATE_PORT: String(port) });
  expect(await serving.closed).toBe(1);
  expect(serving.errors).toMatch(/error PORT_IN_USE: port \d+ is taken\n {2}where: PLANGATE_PORT/);
});

test('PORT is heard, and what Kubernetes puts beside a service of this name is not', async () => {
  const environment = {
    ...BASE,
    PORT: '0',
    PLANGATE_PORT: 'tcp://10.0.0.1:80',
    PLANGATE_SERVICE_HOST: '10.0.0.1',
    PLANGATE_PORT_80_TCP: 'x',
  };
  expect(await new Serving(environment).url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a database that is not there yet does not keep it from starting', async () => {
  const billing = await new Billing().start();
  const serving = new Serving({
    ...environmentFor(billing),
    PLANGATE_STORE_URL: 'postgres://app:hush@127.0.0.1:1/none',
  });
  const url = await serving.url();
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
  expect(JSON.stringify(serving.log)).not.toContain('hush');
});
