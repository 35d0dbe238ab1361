// `plangate explain`, from dist/: the same answer wherever the list is read from, and what it says when it cannot.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { plangate, plangateJson, startDev } from './running.js';
import { folder, Serving } from './support.js';

const PLANS = fileURLToPath(new URL('./plans.yaml', import.meta.url));
const START = '2027-03-01T00:00:00.000Z';
const TRIAL_END = '2027-03-15T00:00:00.000Z';

interface Answer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly until: string | null;
  readonly rows: { grants: boolean; row: Record<string, unknown> }[];
  readonly unlocks: { productId: string }[];
  readonly notes: string[];
  readonly list: Record<string, unknown>;
}

test('of a local provider: from which row, until when, and what would unlock it, at its own time', async () => {
  const { url } = await startDev(['--seed', PLANS]);
  const from = ['--provider', url];
  const granted = await plangateJson<Answer>(['explain', 'cus_trial', 'sso', ...from]);
  expect(granted).toEqual({
    customer: 'cus_trial',
    feature: 'sso',
    allowed: true,
    reason: 'GRANTED',
    meaning: expect.stringContaining('grants the feature'),
    at: START,
    until: TRIAL_END,
    decision: expect.objectContaining({ key: 'sso', allowed: true, validUntil: Date.parse(TRIAL_END) }),
    list: {
      from: `the local provider ${url}`,
      source: 'paygentic',
      mode: 'test',
      asOf: expect.any(String),
      entries: 4,
    },
    rows: [{ grants: true, row: expect.objectContaining({ featureKey: 'sso', productId: 'prod_pro' }) }],
    unlocks: [],
    warnings: [],
    notes: [],
  });
  const denied = await plangate(['explain', 'cus_free', 'sso', ...from]);
  expect([denied.status, denied.stderr]).toEqual([0, '']);
  expect(denied.stdout).toMatch(/^sso: denied for cus_free \(NOT_ENTITLED\)\n/);
  expect(denied.stdout).toContain('\n  unlock   Pro (prod_pro): $29.00 a month (price_pro)\n');
  const metered = await plangate(['explain', 'cus_trial', 'api-calls', ...from]);
  expect(metered.stdout).toContain('\n  limit    1000, 980 left\n');

  const later = await plangateJson<Answer>(['explain', 'cus_trial', 'sso', ...from, '--at', '2027-03-15']);
  expect(later).toMatchObject({ allowed: false, reason: 'EXPIRED', unlocks: [{ productId: 'prod_pro' }] });
  expect(later.rows[0]!.grants).toBe(false);
  expect(later.notes[0]).toContain("what today's list says about 2027-03-15");

  const misspelt = await plangateJson<Answer>(['explain', 'cus_trial', 'stroage', ...from]);
  expect(misspelt.notes).toEqual([expect.stringMatching(/Neither .* 'stroage'\. Did you mean 'storage'\?/)]);
  const nobody = await plangate(['explain', 'nobody', 'sso', ...from]);
  expect([nobody.status, nobody.stderr]).toEqual([
    1,
    expect.stringMatching(/^error NOT_FOUND: there is no customer 'nobody'\n {2}where: http.*\n {2}do: /),
  ]);
});

test('of a local provider: what only one price or plan brings, and customers that live in a test clock’s time', async () => {
  const seed = join(folder(), 'plans.yaml');
  writeFileSync(
    seed,
    `frozenAt: 2027-03-01T00:00:00Z
features: [{ key: sso }, { key: export }, { key: calls, type: metered }]
products:
  - id: prod_pro
    name: Pro
    prices:
      - { id: price_small, amount: 900, every: month }
      - { id: price_large, amount: 2900, every: month, features: [sso] }
    plans:
      - id: plan_team
        name: Team
        prices:
          - { amount: 1000, every: month, features: [export] }
          - { amount: 500, every: month, features: [{ feature: calls, limit: 10 }] }
testClocks: [{ id: clock_june, time: 2027-06-01T00:00:00Z }]
customers:
  - { id: cus_free }
  - { id: cus_june, testClock: clock_june, subscriptions: [{ price: price_large }] }
`,
  );
  const { url } = await startDev(['--seed', seed]);
  const unlocks = async (feature: string) =>
    (await plangateJson<Answer>(['explain', 'cus_free', feature, '--provider', url])).unlocks;
  const unlocked = { productId: 'prod_pro', name: 'Pro' };
  const offer = (id: string, unitAmount: number) => ({
    ...unlocked,
    prices: [{ id, unitAmount, currency: 'usd', interval: 'month' }],
  });
  expect(await unlocks('sso')).toEqual([offer('price_large', 2900)]);
  expect(await unlocks('calls')).toEqual([offer('plan_team', 1500)]);
  const june = await plangateJson<Answer>(['explain', 'cus_june', 'sso', '--provider', url]);
  expect(june).toMatchObject({ allowed: true, at: '2027-06-01T00:00:00.000Z' });
  expect(String(june.list['asOf'])).toMatch(/^2027-06-01T00:00:/);
});

test('of Stripe, of Paygentic, of what serve is configured to read, and of a running serve', async () => {
  const { url, apiKey } = await startDev(['--seed', PLANS, '--freeze-at', START]);
  const ask = ['explain', 'cus_trial', 'sso'];
  const at = ['--at', '2027-03-02'];
  const stripe = await plangateJson<Answer>([...ask, ...at, '--base-url', url], { env: { STRIPE_API_KEY: apiKey } });
  expect(stripe).toMatchObject({ allowed: true, until: null, list: { source: 'stripe', from: 'stripe' } });
  const paygentic = await plangateJson<Answer>([...ask, ...at, '--base-url', url], {
    env: { PAYGENTIC_API_KEY: apiKey },
  });
  expect(paygentic).toMatchObject({ allowed: true, until: TRIAL_END, list: { source: 'paygentic' } });

  const cwd = folder();
  const yaml = `stripe: { apiKey: '\${KEY}', baseUrl: '${url}' }\nrules: { overrides: { beta: true } }\n`;
  writeFileSync(join(cwd, 'plangate.yaml'), yaml);
  const env = { KEY: apiKey };
  expect(await plangateJson(ask, { cwd, env })).toMatchObject({ allowed: true, list: { from: 'stripe' } });
  const overridden = await plangateJson(['explain', 'cus_free', 'beta'], { cwd, env });
  expect(overridden).toMatchObject({ allowed: true, reason: 'OVERRIDE' });

  const serving = new Serving({
    PLANGATE_STRIPE_API_KEY: apiKey,
    PLANGATE_STRIPE_BASE_URL: url,
    PLANGATE_CUSTOMER_FROM: 'header',
    PLANGATE_PORT: '0',
    PLANGATE_RECONCILE_ENABLED: 'false',
  });
  const server = await serving.url();
  const served = await plangateJson<Answer>(['explain', 'cus_free', 'sso', '--server', `${server}/`]);
  expect(served).toMatchObject({ allowed: false, list: { from: `${server}/entitlements`, source: 'stripe' } });
  expect(served.unlocks.map(({ productId }) => productId)).toEqual(['prod_pro']);
  const wrongHeader = await plangate([...ask, '--server', server, '--customer-header', 'x-other']);
  expect([wrongHeader.status, wrongHeader.stderr]).toEqual([
    1,
    expect.stringMatching(/^error HTTP_STATUS: the server answered 401\n {2}where: .*\n {2}do: /),
  ]);
  expect(JSON.stringify([stripe, paygentic, served, serving.log])).not.toContain(apiKey);
});

test('of a snapshot file, which is the right customer’s or none', async () => {
  const cwd = folder();
  const entitlements = [
    { id: 'ent_1', featureKey: 'sso', activeFrom: Date.parse('2030-01-01T00:00:00Z') },
    { id: 'ent_2', featureKey: 'sso', status: 'expired' },
    { id: 'ent_3', featureKey: 'bad', type: 'static', config: 'five' },
  ];
  const snapshot = { plangate: 1, customer: 'cus_1', source: 'ours', asOf: 0, entitlements };
  writeFileSync(join(cwd, 'snapshot.json'), JSON.stringify(snapshot));
  const ask = (customer: string, feature: string, ...more: string[]) =>
    plangate(['explain', customer, feature, '--from', 'snapshot.json', ...more], { cwd });

  const early = await ask('cus_1', 'sso', '--at', '2029-12-31T23:59:59Z');
  expect(early.stdout).toContain('sso: denied for cus_1 (NOT_YET_ACTIVE)\n');
  expect(early.stdout).toContain('\n  until    2030-01-01T00:00:00.000Z\n');
  expect(early.stdout).toContain(
    '\n  row      does not grant: ent_1, boolean, active, from 2030-01-01T00:00:00.000Z\n',
  );
  expect((await ask('cus_1', 'sso', '--at', '2030-01-01')).stdout).toContain('\n  row      grants: ent_1');
  expect((await ask('cus_1', 'bad')).stdout).toMatch(/INVALID_CONFIG[\s\S]*\n {2}closed {3}\S+ at \/entitlements\/2/);
  expect((await ask('cus_1', 'sso', '--json')).stdout).not.toContain('undefined');
  expect(await ask('cus_2', 'sso')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error CUSTOMER_MISMATCH/),
  });
});

test('whoever refuses, it says what to do', async () => {
  const { url } = await startDev(['--seed', PLANS]);
  const refused = async (args: string[], env: Record<string, string> = {}) => {
    const ran = await plangate(['explain', 'cus_free', 'sso', ...args], { env });
    return [ran.status, ran.stdout, ran.stderr];
  };
  const says = (text: string) => [1, '', expect.stringMatching(text)];
  const wrongKey = { STRIPE_API_KEY: 'sk_test_wrong' };
  expect(await refused(['--from', 'stripe', '--base-url', url], wrongKey)).toEqual(
    says('^error UNAUTHORIZED: [^\\n]*Use the test key that the provider printed\\. [^\\n]*\n  do: set the key'),
  );
  // A provider is no server.
  expect(await refused(['--server', url])).toEqual(says('^error HTTP_STATUS: .*404\n  where: .*\n  do: is this'));
  const listening = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  listening.close();
  await once(listening, 'close');
  const nobody = `http://127.0.0.1:${port}`;
  expect(await refused(['--from', 'stripe', '--base-url', nobody], wrongKey)).toEqual(
    says('^error CONNECTION_FAILED: .*\n  do: check the address'),
  );
});

test.each([
  ['an empty customer', ['', 'sso', '--from', 'x'], 2, /error USAGE: .*'customer'.* it is empty/],
  ['an empty feature', ['cus_1', ' ', '--from', 'x'], 2, /error USAGE: .*'feature'.* it is empty/],
  ['no feature', ['cus_1'], 2, /error USAGE: missing required argument 'feature'/],
  [
    'nowhere to look',
    ['cus_1', 'sso'],
    2,
    /error USAGE: it is not said where to look\n {2}where: --from\n {2}do: give/,
  ],
  [
    'two places',
    ['cus_1', 'sso', '--server', 'http://127.0.0.1:9', '--from', 'x'],
    2,
    /error USAGE: .*cannot be used with/,
  ],
  [
    'a time that is none',
    ['cus_1', 'sso', '--from', 'x', '--at', 'tomorrow'],
    2,
    /error USAGE: .*a time is 2027-01-31/,
  ],
  ['an address that is none', ['cus_1', 'sso', '--server', 'localhost'], 2, /error USAGE: --server takes an http/],
  ['no key', ['cus_1', 'sso', '--from', 'stripe'], 2, /not set\n {2}where: STRIPE_API_KEY\n {2}do: set it/],
  ['no configuration', ['cus_1', 'sso', '--from', 'config'], 2, /error USAGE: there is no configuration/],
  ['no file', ['cus_1', 'sso', '--from', 'nope.json'], 1, /error SOURCE_NOT_READ: no such file\n {2}where: nope.json/],
  ['nobody there', ['cus_1', 'sso', '--provider', 'http://127.0.0.1:9'], 1, /error NETWORK_ERROR: /],
])('refuses %s', async (_, args, status, says) => {
  const ran = await plangate(['explain', ...args]);
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([status, '', expect.stringMatching(says)]);
});
