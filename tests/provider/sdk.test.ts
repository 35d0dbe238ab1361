// Our own server, pointed at the provider through both APIs: what is bought there opens here by webhook, without a restart.
import type Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createServer, memory, paygentic, stripe as stripeUpstream } from '../../js/server/index.js';
import type { CustomerClient, PlangateServer, ServerOptions } from '../../js/server/index.js';
import type { Provider } from '../../js/provider/index.js';
import { listen } from '../server/listen.js';
import '../server/engine.js';
import { makeProduct, startProvider, stripeFor } from './support.js';

/** A server that reads the provider and hears its webhooks. */
async function serverOn(provider: Provider, source: 'stripe' | 'paygentic'): Promise<PlangateServer> {
  const { apiKey, url: baseUrl, webhookSecret } = provider;
  const upstream = source === 'stripe' ? stripeUpstream({ apiKey, baseUrl }) : paygentic({ apiKey, baseUrl });
  const options: ServerOptions = {
    upstream,
    store: memory(),
    webhookSecret,
    customer: () => null,
    reconcile: false,
    logger: null,
  };
  const server = createServer(options);
  onTestFinished(() => server.close());
  await server.ready();
  const hook = { url: `${await listen(server)}/webhooks/${source}`, protocol: source };
  const added = await fetch(`${provider.url}/_plangate/webhooks`, { method: 'POST', body: JSON.stringify(hook) });
  expect(added.status).toBe(201);
  return server;
}

/** Waits for an answer to change. */
async function opened(gate: CustomerClient, key: string, open = true): Promise<void> {
  await expect.poll(() => gate.hasFeature(key), { interval: 5 }).toBe(open);
}

describe('through Stripe’s API', () => {
  it('opens on subscribing, upgrades, and closes on cancelling', async () => {
    const provider = await startProvider();
    const stripe: Stripe = stripeFor(provider);
    const server = await serverOn(provider, 'stripe');
    const keys = Array.from({ length: 23 }, (_, at) => `feature-${at}`);
    const free = await makeProduct(stripe, 'Free', ['basic'], 0);
    const all = await makeProduct(stripe, 'Everything', ['basic', ...keys], 9900);
    const { id: customer } = await stripe.customers.create({});
    const gate = await server.for(customer);
    expect(gate.check('basic')).toMatchObject({ allowed: false, reason: 'NOT_ENTITLED' });
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: free.price }] });
    await opened(gate, 'basic');
    const [item] = subscription.items.data as [Stripe.SubscriptionItem];
    // More than a summary event holds: the list that is fetched decides.
    await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, price: all.price }] });
    await opened(gate, 'feature-22');
    expect([...keys, 'basic'].filter((key) => !gate.hasFeature(key))).toEqual([]);
    await stripe.subscriptions.cancel(subscription.id);
    await opened(gate, 'basic', false);
    expect(keys.filter((key) => gate.hasFeature(key))).toEqual([]);
  });

  it('reads the catalogue, archived features too, for upgrade prompts', async () => {
    const provider = await startProvider();
    const stripe = stripeFor(provider);
    const pro = await makeProduct(stripe, 'Pro', ['sso'], 2900);
    await makeProduct(stripe, 'Enterprise', ['sso', 'audit'], 9900);
    const server = await serverOn(provider, 'stripe');
    const { id } = await stripe.customers.create({});
    const gate = await server.for(id);
    const unlocks = gate.unlocks('sso');
    expect(unlocks.map(({ name }) => name)).toEqual(['Pro', 'Enterprise']);
    expect(unlocks[0]).toMatchObject({ productId: pro.product });
    await stripe.entitlements.features.update(pro.features[0] as string, { active: false });
    const catalogue = JSON.parse(
      await (stripeUpstream({ apiKey: provider.apiKey, baseUrl: provider.url }).catalogue?.() as Promise<string>),
    ) as { features: object[] };
    expect(catalogue.features).toContainEqual(expect.objectContaining({ key: 'sso', archived: true }));
  });
});

describe('through Paygentic’s API', () => {
  const SEED = {
    features: [{ key: 'sso' }, { key: 'storage', type: 'static' }, { key: 'calls', type: 'metered' }],
    products: [
      {
        id: 'prod_cloud',
        name: 'Cloud',
        features: ['sso', { feature: 'storage', config: { limitGB: 500 } }, { feature: 'calls', limit: 100 }],
        plans: [{ id: 'plan_pro', name: 'Pro', prices: [{ amount: 2900, every: 'month' }] }],
      },
    ],
    customers: [{ id: 'cus_1' }],
  };

  for (const paygenticVersion of ['2026-05-20', '2026-08-06'] as const) {
    it(`opens, counts and closes, with answers of ${paygenticVersion}`, async () => {
      const provider = await startProvider({ seed: SEED, paygenticVersion });
      const server = await serverOn(provider, 'paygentic');
      const gate = await server.for('cus_1');
      const post = (path: string, body: object): Promise<Response> =>
        fetch(provider.url + path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${provider.apiKey}` },
        });
      const startedAt = new Date().toISOString();
      const made = await post('/v0/subscriptions', { name: 's', planId: 'plan_pro', customerId: 'cus_1', startedAt });
      const { id } = (await made.json()) as { id: string };
      await opened(gate, 'sso');
      expect(gate.config('storage')).toEqual({ limitGB: 500 });
      expect(gate.limit('storage', 'limitGB', { used: 499, requested: 2 })).toMatchObject({
        allowed: false,
        limit: 500,
        remaining: 1,
      });
      expect(gate.limit('calls')).toMatchObject({ allowed: true, limit: 100, used: 0 });
      await post('/_plangate/usage', { customer: 'cus_1', feature: 'calls', quantity: 100 });
      await gate.refresh();
      expect(gate.check('calls')).toMatchObject({ allowed: false, reason: 'LIMIT_REACHED' });
      await post(`/v0/subscriptions/${id}/termination`, { reason: 'done' });
      await opened(gate, 'sso', false);
      expect(gate.check('sso').reason).toBe('CANCELED');
    });
  }
});
