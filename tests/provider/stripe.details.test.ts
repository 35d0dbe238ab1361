// What somebody who knows Stripe's API by heart would try: filters, words that are misspelt, what has ended, what is not simulated.
import type Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';

import { makeProduct, refusal, startProvider, stripeFor } from './support.js';

let stripe: Stripe;
beforeEach(async () => {
  stripe = stripeFor(await startProvider({ freezeAt: START }), { maxNetworkRetries: 0 });
});

const START = '2026-01-31T12:00:00Z';
const second = (text: string): number => Date.parse(text) / 1000;
const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

/** A customer who lives at a time. */
async function customerAt(time: string): Promise<string> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: second(time) });
  return (await stripe.customers.create({ test_clock: clock.id })).id;
}

describe('lists', () => {
  it('are narrowed by when things were made, of every kind', async () => {
    const { price, product } = await makeProduct(stripe, 'Pro', ['sso']);
    const early = await customerAt('2025-12-01T00:00:00Z');
    const late = await customerAt('2026-03-01T00:00:00Z');
    for (const customer of [early, late]) await stripe.subscriptions.create({ customer, items: [{ price }] });
    const of = async (created: Stripe.RangeQueryParam | number): Promise<string[]> =>
      (await stripe.subscriptions.list({ created })).data.map((row) => row.customer as string);
    const at = second('2025-12-01T00:00:00Z');
    expect(await of(at)).toEqual([early]);
    expect(await of({ gt: at })).toEqual([late]);
    expect(await of({ gte: at })).toEqual([late, early]);
    expect(await of({ lt: at })).toEqual([]);
    expect(await of({ gt: at - 1, lte: at })).toEqual([early]);
    for (const resource of [stripe.products, stripe.prices, stripe.customers]) {
      const own = async (created: Stripe.RangeQueryParam): Promise<number> =>
        (await resource.list({ created })).data.length;
      expect(await own({ gt: second('2030-01-01T00:00:00Z') })).toBe(0);
      expect(await own({ gte: second('2020-01-01T00:00:00Z') })).toBeGreaterThan(0);
    }
    expect(ids((await stripe.products.list({ created: second(START) })).data)).toEqual([product]);
    expect(await refusal(stripe.products.list({ created: { since: 1 } as never }))).toMatchObject({
      code: 'parameter_unknown',
      param: 'created[since]',
    });
  });

  it('are narrowed by periods, prices, addresses and how payments are collected', async () => {
    const { price, product } = await makeProduct(stripe, 'Pro', ['sso']);
    const yearly = await stripe.prices.create({
      product,
      currency: 'eur',
      unit_amount: 9,
      recurring: { interval: 'year' },
      lookup_key: 'yearly',
    });
    const { id: customer } = await stripe.customers.create();
    const month = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const year = await stripe.subscriptions.create({
      customer,
      items: [{ price: yearly.id }],
      collection_method: 'send_invoice',
      days_until_due: 30,
    });
    const listed = async (params: Stripe.SubscriptionListParams): Promise<string[]> =>
      ids((await stripe.subscriptions.list(params)).data);
    expect(await listed({ current_period_end: { lt: second('2026-03-01T00:00:00Z') } })).toEqual([month.id]);
    expect(await listed({ current_period_end: { gte: second('2027-01-01T00:00:00Z') } })).toEqual([year.id]);
    expect(await listed({ current_period_start: { gt: second(START) } })).toEqual([]);
    expect(await listed({ collection_method: 'send_invoice' })).toEqual([year.id]);
    expect(await listed({ plan: price })).toEqual([month.id]);
    expect(ids((await stripe.prices.list({ recurring: { interval: 'year' } })).data)).toEqual([yearly.id]);
    expect(ids((await stripe.prices.list({ recurring: { usage_type: 'metered' } })).data)).toEqual([]);
    expect(ids((await stripe.prices.list({ lookup_keys: ['yearly'], limit: 1 })).data)).toEqual([yearly.id]);
    const site = await stripe.products.create({ name: 'Site', url: 'https://site.example', shippable: true });
    expect(ids((await stripe.products.list({ url: 'https://site.example' })).data)).toEqual([site.id]);
    expect(ids((await stripe.products.list({ shippable: true })).data)).toEqual([site.id]);
  });

  it('of a subscription’s items are paged, and keep each item’s metadata', async () => {
    const prices = [];
    for (const name of ['A', 'B', 'C']) prices.push((await makeProduct(stripe, name, [name])).price);
    const { id: customer } = await stripe.customers.create();
    const items = prices.map((price, at) => ({ price, metadata: { nth: String(at) } }));
    const { id: subscription } = await stripe.subscriptions.create({ customer, items });
    const first = await stripe.subscriptionItems.list({ subscription, limit: 2 });
    expect([first.data.length, first.has_more]).toEqual([2, true]);
    const all = await stripe.subscriptionItems.list({ subscription, limit: 2 }).autoPagingToArray({ limit: 10 });
    expect(all.map((row) => [row.price.id, row.metadata])).toEqual(items.map((row) => [row.price, row.metadata]));
    const [one, two] = all as [Stripe.SubscriptionItem, Stripe.SubscriptionItem];
    const changed = await stripe.subscriptionItems.update(one.id, { metadata: { nth: '', note: 'x' }, quantity: 3 });
    expect(changed).toMatchObject({ quantity: 3, metadata: { note: 'x' } });
    expect((await stripe.subscriptionItems.retrieve(two.id)).metadata).toEqual({ nth: '1' });
    expect(await refusal(stripe.subscriptionItems.update(one.id, { price: 'price_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'price',
    });
    expect(await refusal(stripe.subscriptionItems.retrieve('si_none'))).toMatchObject({ statusCode: 404 });
  });
});

describe('prices', () => {
  it('tell fractions of a cent as Stripe tells them', async () => {
    const { id: product } = await stripe.products.create({ name: 'P' });
    const make = (amount: object): Promise<Stripe.Price> =>
      stripe.prices.create({ product, currency: 'usd', ...amount } as Stripe.PriceCreateParams);
    const raw = async (id: string): Promise<unknown> =>
      JSON.parse(JSON.stringify(await stripe.prices.retrieve(id))) as unknown;
    expect(await raw((await make({ unit_amount_decimal: '10.5' })).id)).toMatchObject({
      unit_amount: null,
      unit_amount_decimal: '10.5',
    });
    expect(await raw((await make({ unit_amount_decimal: '0.000001' })).id)).toMatchObject({
      unit_amount_decimal: '0.000001',
    });
    expect(await raw((await make({ unit_amount: 100 })).id)).toMatchObject({
      unit_amount: 100,
      unit_amount_decimal: '100',
    });
    const wrong: [object, string][] = [
      [{ unit_amount: 1, unit_amount_decimal: '1' }, 'unit_amount_decimal'],
      [{ unit_amount_decimal: '0x10' }, 'unit_amount_decimal'],
      [{ unit_amount_decimal: '-1' }, 'unit_amount_decimal'],
      [{}, 'unit_amount'],
      [{ unit_amount: 1, recurring: { interval: 'month', interval_count: 37 } }, 'recurring[interval_count]'],
      [{ unit_amount: 1, tiers: [{ up_to: 1 }] }, 'tiers'],
      [{ unit_amount: 1, currency: 'euro' }, 'currency'],
    ];
    for (const [amount, param] of wrong) expect(await refusal(make(amount))).toMatchObject({ statusCode: 400, param });
    expect(
      await refusal(stripe.products.create({ name: 'Q', default_price_data: { currency: 'zz', unit_amount: 1 } })),
    ).toMatchObject({ param: 'default_price_data[currency]' });
    expect(ids((await stripe.products.list()).data)).toEqual([product]);
  });

  it('stay active while they are a product’s default, which is one of its own', async () => {
    const a = await makeProduct(stripe, 'A', []);
    const b = await makeProduct(stripe, 'B', []);
    expect(await refusal(stripe.products.update(a.product, { default_price: b.price }))).toMatchObject({
      statusCode: 400,
      param: 'default_price',
    });
    expect(await refusal(stripe.prices.update(a.price, { active: false }))).toMatchObject({ param: 'active' });
    expect((await stripe.products.update(a.product, { default_price: '' })).default_price).toBeNull();
    expect((await stripe.prices.update(a.price, { active: false })).active).toBe(false);
  });
});

describe('subscriptions', () => {
  it('refuse misspelt words, and what is Stripe’s and not simulated', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create();
    const items = [{ price }];
    const wrong: [object, string][] = [
      [{ payment_behavior: 'incomplete' }, 'payment_behavior'],
      [{ proration_behavior: 'nothing' }, 'proration_behavior'],
      [{ billing_cycle_anchor_config: { day_of_month: 1 } }, 'billing_cycle_anchor_config'],
      [{ trial_from_plan: true }, 'trial_from_plan'],
      [{ cancel_at: second('2026-03-01T00:00:00Z'), cancel_at_period_end: true }, 'cancel_at_period_end'],
      [
        {
          items: [
            { price_data: { currency: 'usd', product: 'prod_none', recurring: { interval: 'month' }, unit_amount: 1 } },
          ],
        },
        'items[0][price_data][product]',
      ],
    ];
    for (const [more, param] of wrong) {
      const create = { customer, items, ...more } as Stripe.SubscriptionCreateParams;
      expect(await refusal(stripe.subscriptions.create(create))).toMatchObject({ statusCode: 400, param });
    }
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([]);
    const ending = await stripe.subscriptions.create({ customer, items, cancel_at: 'min_period_end' });
    expect(ending.cancel_at).toBe(second('2026-02-28T12:00:00Z'));
  });

  it('that have ended are not there to be canceled, and take remarks only', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    await stripe.subscriptions.cancel(id);
    expect(await refusal(stripe.subscriptions.cancel(id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    const said = await stripe.subscriptions.update(id, {
      metadata: { why: 'price' },
      cancellation_details: { feedback: 'too_expensive' },
    });
    expect(said).toMatchObject({
      status: 'canceled',
      metadata: { why: 'price' },
      cancellation_details: { feedback: 'too_expensive' },
    });
    expect(await refusal(stripe.subscriptions.update(id, { items: [{ price }] }))).toMatchObject({ statusCode: 400 });
  });

  it('come with their customer when they are asked for', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const expand = ['subscriptions.data.items.data.price.product'];
    const found = (await stripe.customers.retrieve(customer, { expand })) as Stripe.Customer;
    expect(found.subscriptions).toMatchObject({ object: 'list', has_more: false, data: [{ id, status: 'active' }] });
    expect(found.subscriptions?.data[0]?.items.data[0]?.price.product).toMatchObject({
      object: 'product',
      name: 'Pro',
    });
    expect(await stripe.customers.retrieve(customer)).not.toHaveProperty('subscriptions');
    const listed = await stripe.customers.list({ expand: ['data.subscriptions'] });
    expect(listed.data[0]?.subscriptions?.data).toHaveLength(1);
  });
});

it('a deleted product is not there any more; a deleted customer is told of', async () => {
  const { id } = await stripe.products.create({ name: 'Gone' });
  await stripe.products.del(id);
  expect(await refusal(stripe.products.retrieve(id))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  const { id: customer } = await stripe.customers.create();
  await stripe.customers.del(customer);
  expect(await stripe.customers.retrieve(customer)).toEqual(
    expect.objectContaining({ id: customer, object: 'customer', deleted: true }),
  );
});

it('endpoints take event types and no patterns, and searching is told to be absent', async () => {
  const url = 'http://127.0.0.1:9/hook';
  for (const type of ['customer.*', 'Customer Created', 'customer'])
    expect(await refusal(stripe.webhookEndpoints.create({ url, enabled_events: ['*', type] as never }))).toMatchObject({
      param: 'enabled_events[1]',
    });
  const { id } = await stripe.webhookEndpoints.create({ url, enabled_events: ['invoice.paid'] });
  expect(await refusal(stripe.webhookEndpoints.update(id, { enabled_events: ['customer.*'] as never }))).toMatchObject({
    param: 'enabled_events[0]',
  });
  expect(await refusal(stripe.customers.search({ query: 'name:"Ann"' }))).toMatchObject({
    statusCode: 404,
    message: expect.stringContaining('/v1/customers/search') as unknown,
  });
});
