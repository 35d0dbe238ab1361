// The official Stripe CLI, pointed at the provider. It is a package of its own (tests/provider/cli): 32 MB that only this needs.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Provider } from '../../js/provider/index.js';
import { WAIT_MS } from '../support/patience.js';
import { problemsOf } from './stripe-schema.js';
import { startProvider } from './support.js';

const run = promisify(execFile);
const folder = join(process.cwd(), 'tests/provider/cli');
const home = mkdtempSync(join(tmpdir(), 'plangate-stripe-cli-'));

/** The program for this machine, installed on first use. */
async function program(): Promise<string> {
  const packages = join(folder, 'node_modules/@stripe');
  // Not `npm ci`: that wants the builds for all machines, and registries may lack those of others.
  const install = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  if (!existsSync(packages)) await run('npm', install, { cwd: folder, timeout: 240_000 });
  const own = readdirSync(packages).find((name) => name.startsWith('cli-'));
  if (own === undefined) throw new Error('There is no Stripe CLI for this machine in @stripe/cli.');
  return join(packages, own, 'bin/stripe');
}

let stripe: string;
beforeAll(async () => {
  stripe = await program();
}, 250_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Json = Record<string, unknown> & { id: string; data: Json[] };

async function cli(provider: Provider, ...words: string[]): Promise<Json> {
  const target = ['--api-key', provider.apiKey, '--api-base', provider.url];
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
  const { stdout } = await run(stripe, [...words, ...target], { env, timeout: WAIT_MS });
  const answer = JSON.parse(stdout) as Json;
  expect(problemsOf(answer, words.join('/'))).toEqual([]);
  return answer;
}

it('manages features, attaches them, and reads entitlements', async () => {
  const provider = await startProvider();
  const feature = await cli(
    provider,
    'entitlements',
    'features',
    'create',
    '--lookup-key=sso',
    '--name=Single & sign-on',
  );
  expect(feature).toMatchObject({ lookup_key: 'sso', name: 'Single & sign-on' });
  expect(await cli(provider, 'entitlements', 'features', 'retrieve', feature.id)).toEqual(feature);
  expect((await cli(provider, 'entitlements', 'features', 'update', feature.id, '--name=SSO'))['name']).toBe('SSO');
  const product = await cli(
    provider,
    'products',
    'create',
    '--name=Pro',
    '-d',
    'default_price_data[currency]=usd',
    '-d',
    'default_price_data[unit_amount]=2900',
    '-d',
    'default_price_data[recurring][interval]=month',
  );
  const features = `/v1/products/${product.id}/features`;
  const attached = await cli(provider, 'product_features', 'create', product.id, `--entitlement-feature=${feature.id}`);
  expect(attached).toMatchObject({ object: 'product_feature', entitlement_feature: { id: feature.id } });
  expect((await cli(provider, 'product_features', 'list', product.id)).data).toEqual([attached]);
  expect((await cli(provider, 'get', features)).data).toEqual([attached]);

  const customer = await cli(provider, 'customers', 'create', '--email=ann@example.com');
  const subscription = await cli(
    provider,
    'subscriptions',
    'create',
    `--customer=${customer.id}`,
    '-d',
    `items[0][price]=${String(product['default_price'])}`,
  );
  expect(subscription['status']).toBe('active');
  const path = '/v1/entitlements/active_entitlements';
  const { data } = await cli(provider, 'get', path, '-d', `customer=${customer.id}`, '-d', 'expand[]=data.feature');
  expect(data).toMatchObject([{ lookup_key: 'sso', feature: { id: feature.id, name: 'SSO' } }]);
  const one = await cli(provider, 'entitlements', 'active_entitlements', 'retrieve', (data[0] as Json).id);
  expect(one['feature']).toBe(feature.id);

  expect((await cli(provider, 'entitlements', 'features', 'update', feature.id, '-d', 'active=false'))['active']).toBe(
    false,
  );
  const listed = await cli(provider, 'entitlements', 'active_entitlements', 'list', `--customer=${customer.id}`);
  expect(listed.data).toEqual([one]);
  expect(await cli(provider, 'delete', `${features}/${attached.id}`, '--confirm')).toMatchObject({
    deleted: true,
  });
  expect((await cli(provider, 'entitlements', 'features', 'list')).data.map((row) => row['active'])).toEqual([false]);
});
