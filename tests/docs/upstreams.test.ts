// Short examples that read a billing system: from a local provider, over HTTP.
import { createServer } from 'node:http';
import { once } from 'node:events';

import { expect, test } from 'vitest';

import { run } from './program.js';

const before = `import { startBilling } from '../../../tests/docs/billing.mjs';
  globalThis.billing = await startBilling();
  process.env.STRIPE_KEY = process.env.PAYGENTIC_KEY = billing.provider.apiKey;
  globalThis.rowsOf = async (customer) => customer === 'cus_2' ? [{ featureKey: 'own' }] : [];
  globalThis.userOf = async (customer) => (customer === 'cus_123' ? 'cus_2' : null);
  globalThis.keysOf = async (from, customer) => JSON.parse((await from.fetch(customer)).json).entitlements.map(({ featureKey }) => featureKey).sort();`;
const tell = (value: string) => `console.log(JSON.stringify(${value})); await billing.provider.close();`;
const PAGE = 'docs/upstreams.md';

test('docs/upstreams.md: Stripe', async () => {
  const after = tell(
    `[JSON.parse(json).customer, await keysOf(upstream, 'cus_123'), mode, Math.abs(Date.now() - asOf) < 60000, billing.asked]`,
  );
  const address = 'https://api.stripe.com/v1/entitlements/active_entitlements';
  expect(await run(PAGE, "upstream.fetch('cus_123')", { before, after })).toEqual([
    'cus_123',
    ['reports', 'sso'],
    'test',
    true,
    [address, address],
  ]);
});

test('docs/upstreams.md: Paygentic, one product', async () => {
  const after = tell(
    `[await keysOf(upstream, 'cus_123'), await keysOf(upstream, 'cus_2'), new Set(billing.asked).size]`,
  );
  // cus_2 has the feature from another product.
  expect(await run(PAGE, "productId: 'prod_1' }", { before, after })).toEqual([['reports', 'sso'], [], 1]);
});

test('docs/upstreams.md: your own billing', async () => {
  const after = tell(`[await keysOf(own, 'cus_2'), await keysOf(own, 'cus_1')]`);
  expect(await run(PAGE, 'const own', { before, after })).toEqual([['own'], []]);
});

test('docs/upstreams.md: several at once', async () => {
  const after = tell(`[await keysOf(both, 'cus_123'), await keysOf(both, 'cus_2')]`);
  // The provider's key is a test key: as the page says, the own billing is then of test mode as well.
  const replace = { "source: 'own',": "source: 'own', mode: 'test'," };
  // cus_123 is cus_2 in the own billing; nobody is cus_2 there.
  expect(await run(PAGE, 'const both', { before, after, replace })).toEqual([['own', 'reports', 'sso'], ['reports']]);
});

test('docs/upstreams.md: a catalogue for Paygentic', async () => {
  const after = `const { createServer, memory } = await import('plangate/server');
    const server = createServer({ upstream: sold, store: memory(), customer: () => null, reconcile: false, logger: null });
    const gate = await server.for('cus_2');
    const told = [gate.hasFeature('sso'), gate.hasFeature('reports'), gate.unlocks('sso')];
    gate.dispose(); await server.close(); ${tell('told')}`;
  expect(await run(PAGE, 'const sold', { before, after })).toEqual([
    false,
    true,
    [expect.objectContaining({ productId: 'prod_1', name: 'Pro' })],
  ]);
});

test('docs/local-provider.md: the server reads the local provider', async () => {
  const after = tell(`[await keysOf(upstream, 'cus_123'), billing.asked]`);
  const replace = { "'http://127.0.0.1:4242'": 'billing.url', "'sk_test_…'": 'billing.provider.apiKey' };
  const told = await run('docs/local-provider.md', "apiKey: 'sk_test_…'", { before, after, replace });
  expect(told).toEqual([['reports', 'sso'], []]);
});

test('docs/server.md: a Durable Object makes its server once', async () => {
  const replace = { "'rk_live_…'": "'rk_live_key'" };
  // The provider has test data only: let it be live on its way.
  const server = createServer(async (request, response) => {
    const rows = [
      { id: 'ent_1', object: 'entitlements.active_entitlement', feature: 'feat_1', livemode: true, lookup_key: 'sso' },
    ];
    response.end(
      JSON.stringify({
        object: 'list',
        data: request.url!.includes('active_entitlements') ? rows : [],
        has_more: false,
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const given = `const real = globalThis.fetch; globalThis.asked = [];
    globalThis.fetch = (input, init) => {
      const { pathname, search, origin } = new URL(input instanceof Request ? input.url : input);
      if (pathname.endsWith('active_entitlements')) asked.push(origin + search);
      return real('http://127.0.0.1:${port}' + pathname + search, init);
    };`;
  const after = `const object = new Entitlements();
    const ask = async (customer) => {
      const response = await object.fetch(new Request('http://localhost/entitlements', { headers: customer ? { 'x-customer': customer } : {} }));
      return response.ok ? (await response.json()).entitlements.map(({ featureKey }) => featureKey) : response.status;
    };
    console.log(JSON.stringify([await ask('cus_1'), await ask('cus_1'), await ask(), asked.length]));`;
  try {
    const told = await run('docs/server.md', 'class Entitlements', { before: given, after, replace });
    expect(told).toEqual([['sso'], ['sso'], 401, 1]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
