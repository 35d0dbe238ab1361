// kill -9 of a provider while it writes, many times: what was answered is there afterwards, whole.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundle, firstLine, kill, killAgainAndAgain, start } from '../support/child.mjs';
import type { Run } from '../support/child.mjs';
import { createProvider, keysOf, startProvider, stripeFor } from './support.js';

const KILLS = 15;

describe('a provider on a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-provider-'));
  let program: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    program = await bundle(new URL('./worker.ts', import.meta.url));
  });
  afterAll(() => {
    program?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(store: string): Promise<{ stripe: Stripe; provider: Run }> {
    const provider = start(program.outfile, JSON.stringify({ store, seedId: 'kill' }));
    const told = JSON.parse(await firstLine(provider)) as { url: string; apiKey: string };
    return { stripe: stripeFor(told, { maxNetworkRetries: 0 }), provider };
  }

  it(`loses nothing acknowledged in ${KILLS} kills`, async () => {
    const store = join(folder, 'kill.db');
    const kept: { customer: string; subscription: string; key: string }[] = [];
    let price = '';
    await killAgainAndAgain(KILLS, async (round) => {
      const { stripe, provider } = await run(store);
      if (round === 0) {
        const feature = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'SSO' });
        const product = await stripe.products.create({
          name: 'Pro',
          default_price_data: { currency: 'usd', unit_amount: 1, recurring: { interval: 'month' } },
        });
        await stripe.products.createFeature(product.id, { entitlement_feature: feature.id });
        price = product.default_price as string;
      }
      const writers = Array.from({ length: 3 }, async (_, writer) => {
        for (let nth = 0; ; nth += 1) {
          const key = `${round}-${writer}-${nth}`;
          const { id: customer } = await stripe.customers.create({ metadata: { key } }, { idempotencyKey: key });
          const { id: subscription } = await stripe.subscriptions.create({ customer, items: [{ price }] });
          kept.push({ customer, subscription, key });
        }
      });
      const stopped = Promise.allSettled(writers);
      await expect.poll(() => kept.some(({ key }) => key.startsWith(`${round}-`)), { interval: 5 }).toBe(true);
      return async () => {
        await kill(provider);
        await stopped;
      };
    });
    expect(new Set(kept.map(({ key }) => key.split('-')[0])).size).toBe(KILLS);

    const provider = await startProvider({ store, seedId: 'kill' });
    const stripe = stripeFor(provider);
    const lost: string[] = [];
    for (const { customer, subscription, key } of kept) {
      const [found, own, keys] = await Promise.all([
        stripe.customers.retrieve(customer),
        stripe.subscriptions.retrieve(subscription),
        keysOf(stripe, customer),
      ]);
      if (found.deleted || found.metadata['key'] !== key || own.customer !== customer || keys.join() !== 'sso')
        lost.push(key);
    }
    expect(lost).toEqual([]);
    // Sent again, a request that was answered before a kill is answered the same, and not done again.
    const [first] = kept as [(typeof kept)[number]];
    const again = await stripe.customers.create({ metadata: { key: first.key } }, { idempotencyKey: first.key });
    expect(again.id).toBe(first.customer);
    // All or nothing: no subscription without its event.
    const subscriptions = await stripe.subscriptions.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
    const events = await stripe.events
      .list({ type: 'customer.subscription.created', limit: 100 })
      .autoPagingToArray({ limit: 10_000 });
    expect(new Set(events.map((event) => (event.data.object as Stripe.Subscription).id))).toEqual(
      new Set(subscriptions.map(({ id }) => id)),
    );
  });

  it('is opened by one provider at a time, and only when it is a provider’s', async () => {
    const store = join(folder, 'one.db');
    const provider = await startProvider({ store });
    await expect(createProvider({ store })).rejects.toMatchObject({ name: 'ProviderError', code: 'STATE_IN_USE' });
    await provider.close();
    await (await createProvider({ store })).close();
    const { openSqlite } = await import('../../js/stores/sqlite-driver.js');
    const other = await openSqlite(join(folder, 'other.db'));
    other.exec('CREATE TABLE mine (a)');
    other.close();
    await expect(createProvider({ store: join(folder, 'other.db') })).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
    });
  });

  it('goes on where it stood: keys, clock and deliveries', async () => {
    const store = join(folder, 'again.db');
    const options = {
      store,
      freezeAt: '2026-01-01T00:00:00Z',
      webhooks: [{ url: 'http://127.0.0.1:1/closed' }],
      deliveries: { retryDelaysMs: [60_000] },
    };
    const first = await createProvider(options);
    await first.listen();
    await stripeFor(first).customers.create({ name: 'Ann' });
    await fetch(`${first.url}/_plangate/clock`, { method: 'POST', body: JSON.stringify({ do: 'advance', by: 'P1D' }) });
    const state = async (url: string): Promise<unknown> => {
      const read = async (path: string): Promise<Record<string, unknown>> =>
        (await (await fetch(`${url}/_plangate/${path}`)).json()) as never;
      const { data } = (await read('deliveries')) as { data: { state: string; attempts: unknown[] }[] };
      return [await read('clock'), data.map((row) => row.state)];
    };
    const before = await state(first.url);
    expect(before).toEqual([{ now: '2026-01-02T00:00:00.000Z', frozen: true }, ['pending']]);
    await first.close();
    const second = await startProvider({ ...options, freezeAt: '2027-01-01T00:00:00Z' });
    expect(await state(second.url)).toEqual(before);
    expect([second.apiKey, second.webhookSecret]).toEqual([first.apiKey, first.webhookSecret]);
    expect((await stripeFor(second).customers.list()).data.map((row) => row.name)).toEqual(['Ann']);
  });
});
