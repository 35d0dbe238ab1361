// One story, told to both APIs: whichever our SDK reads, the same is bought, and the same opens and closes.
import { describe, expect, it, onTestFinished } from 'vitest';

import { createServer, memory, paygentic, stripe as stripeUpstream } from '../../js/server/index.js';
import type { CustomerClient } from '../../js/server/index.js';
import type { Provider } from '../../js/provider/index.js';
import { listen } from '../server/listen.js';
import '../server/engine.js';
import { startProvider, stripeFor } from './support.js';

const START = Date.parse('2027-01-31T12:00:00Z');
/** A month on: February has no 31st. */
const PERIOD_END = Date.parse('2027-02-28T12:00:00Z');
const TRIAL_MS = 7 * 86_400_000;
/** More than a page of either API, and than a summary event holds. */
const MANY = Array.from({ length: 23 }, (_, at) => `feature-${at}`);
const SEED = {
  features: ['basic', ...MANY].map((key) => ({ key })),
  products: [
    { name: 'Free', features: ['basic'], ...onSale('free', 0) },
    { name: 'All', features: ['basic', ...MANY], ...onSale('all', 9900) },
  ],
  customers: [{ id: 'cus_1' }],
};

/** A price for Stripe's API, a plan for Paygentic's. */
function onSale(name: string, amount: number) {
  return {
    prices: [{ id: `price_${name}`, amount, every: 'month' }],
    plans: [{ id: `plan_${name}`, name, prices: [{ amount, every: 'month' }] }],
  };
}

/** What a shop does, by one of the APIs. */
interface Shop {
  buy(name: 'free' | 'all'): Promise<void>;
  /** Seven days, then nothing. */
  trial(): Promise<void>;
  change(to: 'free' | 'all'): Promise<void>;
  cancelAtPeriodEnd(): Promise<void>;
}

function stripeShop(provider: Provider): Shop {
  const stripe = stripeFor(provider);
  const running = async () => (await stripe.subscriptions.list({ customer: 'cus_1' })).data[0]!;
  const begin = (name: string, more: object = {}) =>
    stripe.subscriptions.create({ customer: 'cus_1', items: [{ price: `price_${name}` }], ...more });
  return {
    buy: async (name) => void (await begin(name)),
    trial: async () =>
      void (await begin('all', {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      })),
    async change(to) {
      const { id, items } = await running();
      await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, price: `price_${to}` }] });
    },
    cancelAtPeriodEnd: async () =>
      void (await stripe.subscriptions.update((await running()).id, { cancel_at_period_end: true })),
  };
}

function paygenticShop({ url, apiKey }: Provider): Shop {
  async function ask(method: string, path: string, body?: object): Promise<{ id: string; data: { id: string }[] }> {
    const headers = { authorization: `Bearer ${apiKey}` };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    expect([path, response.ok]).toEqual([path, true]);
    return (await response.json()) as never;
  }
  const running = async (): Promise<string[]> =>
    (await ask('GET', '/v0/subscriptions?customerId=cus_1&status=active')).data.map(({ id }) => id);
  const at = (time: number): string => new Date(time).toISOString();
  const begin = (name: string, more: object = {}) =>
    ask('POST', '/v0/subscriptions', {
      name,
      planId: `plan_${name}`,
      customerId: 'cus_1',
      startedAt: at(START),
      ...more,
    });
  return {
    buy: async (name) => void (await begin(name)),
    trial: async () => void (await begin('all', { endingAt: at(START + TRIAL_MS) })),
    async change(to) {
      const before = await running();
      await begin(to);
      for (const id of before) await ask('POST', `/v0/subscriptions/${id}/termination`, { reason: 'another plan' });
    },
    async cancelAtPeriodEnd() {
      for (const id of await running()) await ask('PATCH', `/v0/subscriptions/${id}`, { endingAt: at(PERIOD_END) });
    },
  };
}

const SYSTEMS = {
  stripe: { upstream: stripeUpstream, shop: stripeShop },
  paygentic: { upstream: paygentic, shop: paygenticShop },
} as const;

describe.each(['stripe', 'paygentic'] as const)('through the API of %s', (source) => {
  /** A provider whose time stands, a server that lives in that time and hears its webhooks, and a client of it. */
  async function world() {
    const provider = await startProvider({ seed: SEED, freezeAt: START });
    const { apiKey, url: baseUrl, webhookSecret } = provider;
    let time = START;
    const now = (): number => time;
    const { upstream, shop } = SYSTEMS[source];
    const server = createServer({
      upstream: upstream({ apiKey, baseUrl, now }),
      store: memory(),
      webhookSecret,
      customer: () => null,
      reconcile: false,
      logger: null,
      clock: now,
    });
    onTestFinished(() => server.close());
    await server.ready();
    const control = async (path: string, body: object): Promise<void> => {
      const { ok } = await fetch(`${baseUrl}/_plangate/${path}`, { method: 'POST', body: JSON.stringify(body) });
      expect(ok).toBe(true);
    };
    await control('webhooks', { url: `${await listen(server)}/webhooks/${source}`, protocol: source });
    const gate: CustomerClient = await server.for('cus_1');
    return {
      shop: shop(provider),
      async moveTo(to: number): Promise<void> {
        time = to;
        await control('clock', { do: 'advance', to: new Date(to).toISOString() });
        // Nothing was asked for weeks, so that what is held has expired: whoever comes now has it fetched.
        await gate.refresh();
      },
      /** Waits until these features are open, and finds all others closed. */
      async open(...keys: string[]): Promise<void> {
        const opened = (): string[] => ['basic', ...MANY].filter((key) => gate.hasFeature(key));
        await expect.poll(opened, { interval: 5 }).toEqual(keys);
      },
    };
  }

  it('buys, upgrades, downgrades, and keeps what is canceled until the end of its period', async () => {
    const { shop, moveTo, open } = await world();
    await open();
    await shop.buy('free');
    await open('basic');
    await shop.change('all');
    await open('basic', ...MANY);
    await shop.change('free');
    await open('basic');
    await shop.change('all');
    await open('basic', ...MANY);
    await shop.cancelAtPeriodEnd();
    await moveTo(PERIOD_END - 1000);
    await open('basic', ...MANY);
    await moveTo(PERIOD_END);
    await open();
  });

  it('ends a trial at its time', async () => {
    const { shop, moveTo, open } = await world();
    await shop.trial();
    await open('basic', ...MANY);
    await moveTo(START + TRIAL_MS - 1000);
    await open('basic', ...MANY);
    await moveTo(START + TRIAL_MS);
    await open();
  });
});
