// Subscriptions and what they entitle to, over time, with the official client only.
import type Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';

import { keysOf, makeProduct, refusal, startProvider, stripeFor } from './support.js';

let stripe: Stripe;
beforeEach(async () => {
  stripe = stripeFor(await startProvider());
});

const at = (text: string): number => Date.parse(text) / 1000;

async function customerAt(
  time: string,
): Promise<{ customer: string; clock: string; advance(to: string): Promise<unknown> }> {
  const { id: clock } = await stripe.testHelpers.testClocks.create({ frozen_time: at(time) });
  const { id: customer } = await stripe.customers.create({ test_clock: clock });
  return { customer, clock, advance: (to) => stripe.testHelpers.testClocks.advance(clock, { frozen_time: at(to) }) };
}

describe('subscriptions', () => {
  it('upgrade and downgrade at once, by swapping the price of their item', async () => {
    const free = await makeProduct(stripe, 'Free', ['basic'], 0);
    const pro = await makeProduct(stripe, 'Pro', ['basic', 'sso', 'api'], 2900);
    const { id: customer } = await stripe.customers.create({});
    const made = await stripe.subscriptions.create({ customer, items: [{ price: free.price, quantity: 2 }] });
    expect(made).toMatchObject({ status: 'active', customer, cancel_at_period_end: false, ended_at: null });
    const [item] = made.items.data as [Stripe.SubscriptionItem];
    expect(item).toMatchObject({ quantity: 2, price: { id: free.price, unit_amount: 0, product: free.product } });
    expect(item.current_period_end).toBeGreaterThan(item.current_period_start);
    expect(await keysOf(stripe, customer)).toEqual(['basic']);

    const up = await stripe.subscriptions.update(made.id, { items: [{ id: item.id, price: pro.price }] });
    expect(up.items.data.map((row) => [row.id, row.price.id])).toEqual([[item.id, pro.price]]);
    expect(await keysOf(stripe, customer)).toEqual(['api', 'basic', 'sso']);
    await stripe.subscriptions.update(made.id, {
      items: [{ id: item.id, price: free.price }],
      proration_behavior: 'none',
    });
    expect(await keysOf(stripe, customer)).toEqual(['basic']);
    const both = await stripe.subscriptions.update(made.id, { items: [{ price: pro.price }] });
    expect(both.items.data).toHaveLength(2);
    await stripe.subscriptionItems.del(item.id);
    expect((await stripe.subscriptionItems.list({ subscription: made.id })).data.map((row) => row.price.id)).toEqual([
      pro.price,
    ]);
  });

  it('cancel at once', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const ended = await stripe.subscriptions.cancel(id, { cancellation_details: { comment: 'too dear' } });
    expect(ended).toMatchObject({
      status: 'canceled',
      cancellation_details: { comment: 'too dear', reason: 'cancellation_requested' },
    });
    expect(ended.ended_at).toBe(ended.canceled_at);
    expect(await keysOf(stripe, customer)).toEqual([]);
    expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data.map((row) => row.id)).toEqual([id]);
    expect(await refusal(stripe.subscriptions.update(id, { cancel_at_period_end: true }))).toMatchObject({
      statusCode: 400,
    });
  });

  it('cancel at the end of the period, and not when it is taken back', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { customer, advance } = await customerAt('2026-01-31T10:00:00Z');
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const end = at('2026-02-28T10:00:00Z');
    const ending = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(ending).toMatchObject({ status: 'active', cancel_at_period_end: true, cancel_at: end });
    expect((await stripe.subscriptions.update(id, { cancel_at_period_end: false })).cancel_at).toBeNull();
    await advance('2026-03-01T00:00:00Z');
    expect(await keysOf(stripe, customer)).toEqual(['sso']);
    await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await advance('2026-03-31T09:59:59Z');
    expect(await keysOf(stripe, customer)).toEqual(['sso']);
    await advance('2026-03-31T10:00:00Z');
    expect(await keysOf(stripe, customer)).toEqual([]);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      ended_at: at('2026-03-31T10:00:00Z'),
    });
  });

  it('begin with a trial, entitle during it, and end, pause or go on after it', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const after = { create_invoice: 'active', cancel: 'canceled', pause: 'paused' } as const;
    for (const [behavior, status] of Object.entries(after) as [keyof typeof after, string][]) {
      const { customer, advance } = await customerAt('2026-05-01T00:00:00Z');
      const { id, trial_end: end } = await stripe.subscriptions.create({
        customer,
        items: [{ price }],
        trial_period_days: 14,
        trial_settings: { end_behavior: { missing_payment_method: behavior } },
      });
      expect(end).toBe(at('2026-05-15T00:00:00Z'));
      expect((await stripe.subscriptions.retrieve(id)).status).toBe('trialing');
      await advance('2026-05-14T23:59:59Z');
      expect(await keysOf(stripe, customer)).toEqual(['sso']);
      await advance('2026-05-15T00:00:00Z');
      expect((await stripe.subscriptions.retrieve(id)).status).toBe(status);
      expect(await keysOf(stripe, customer)).toEqual(behavior === 'create_invoice' ? ['sso'] : []);
      if (behavior !== 'pause') continue;
      await advance('2026-06-01T00:00:00Z');
      expect((await stripe.subscriptions.resume(id, { billing_cycle_anchor: 'now' })).status).toBe('active');
      expect(await keysOf(stripe, customer)).toEqual(['sso']);
    }
  });

  it('keep entitling while the collection of payments is paused', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const paused = await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } });
    expect(paused).toMatchObject({ status: 'active', pause_collection: { behavior: 'void', resumes_at: null } });
    expect(await keysOf(stripe, customer)).toEqual(['sso']);
    expect((await stripe.subscriptions.update(id, { pause_collection: '' })).pause_collection).toBeNull();
  });

  it('take prices made on the way', async () => {
    const { product } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create({});
    const price_data = { currency: 'eur', product, recurring: { interval: 'year' }, unit_amount: 9900 } as const;
    const made = await stripe.subscriptions.create({ customer, items: [{ price_data }] });
    expect(made.items.data[0]?.price).toMatchObject({
      currency: 'eur',
      unit_amount: 9900,
      recurring: { interval: 'year' },
      product,
    });
    expect(await keysOf(stripe, customer)).toEqual(['sso']);
  });

  it('say what is wrong with them', async () => {
    const { price, product } = await makeProduct(stripe, 'Pro', ['sso']);
    const { id: customer } = await stripe.customers.create({});
    const once = await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 });
    const cases: [() => Promise<unknown>, object][] = [
      [
        () => stripe.subscriptions.create({ customer, items: [{ price: 'price_none' }] }),
        { code: 'resource_missing', param: 'items[0][price]' },
      ],
      [
        () => stripe.subscriptions.create({ customer: 'cus_none', items: [{ price }] }),
        { code: 'resource_missing', param: 'customer' },
      ],
      [
        () => stripe.subscriptions.create({ customer, items: [{ quantity: 1 }] }),
        { code: 'parameter_missing', param: 'items[0][price]' },
      ],
      [() => stripe.subscriptions.create({ customer, items: [{ price: once.id }] }), { param: 'items[0][price]' }],
      [() => stripe.subscriptions.create({ customer, items: [{ price }, { price }] }), { param: 'items' }],
      [
        () => stripe.subscriptions.create({ customer, items: [{ price, colour: 1 } as never] }),
        { code: 'parameter_unknown', param: 'items[0][colour]' },
      ],
      [() => stripe.subscriptions.retrieve('sub_none'), { statusCode: 404, code: 'resource_missing', param: 'id' }],
    ];
    for (const [work, expected] of cases) expect(await refusal(work())).toMatchObject({ statusCode: 400, ...expected });
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
  });
});

describe('customers', () => {
  it('are created, changed, listed and deleted, and their subscriptions end with them', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const made = await stripe.customers.create({
      email: 'ann@example.com',
      name: 'Ann',
      address: { city: 'Bonn', country: 'DE' },
      metadata: { a: '1' },
    });
    expect(made).toMatchObject({
      email: 'ann@example.com',
      name: 'Ann',
      address: { city: 'Bonn' },
      metadata: { a: '1' },
      livemode: false,
    });
    const { id } = await stripe.subscriptions.create({ customer: made.id, items: [{ price }] });
    const changed = await stripe.customers.update(made.id, { name: 'Anna', phone: '123' });
    expect(changed).toMatchObject({ name: 'Anna', phone: '123', email: 'ann@example.com' });
    expect((await stripe.customers.list({ email: 'ann@example.com' })).data.map((row) => row.id)).toEqual([made.id]);
    expect(await stripe.customers.del(made.id)).toMatchObject({ deleted: true });
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true });
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
    expect(await refusal(stripe.customers.update(made.id, { name: 'x' }))).toMatchObject({ statusCode: 404 });
    expect(await refusal(stripe.subscriptions.create({ customer: made.id, items: [{ price }] }))).toMatchObject({
      param: 'customer',
    });
  });
});

describe('prices and products', () => {
  it('are created, changed, listed and withdrawn', async () => {
    const product = await stripe.products.create({ id: 'prod_own', name: 'Own', metadata: { rank: '1' } });
    expect(product.id).toBe('prod_own');
    expect(await refusal(stripe.products.create({ id: 'prod_own', name: 'Again' }))).toMatchObject({
      code: 'resource_already_exists',
    });
    const monthly = await stripe.prices.create({
      product: product.id,
      currency: 'USD',
      unit_amount: 500,
      recurring: { interval: 'month' },
      lookup_key: 'm',
      nickname: 'Monthly',
    });
    expect(monthly).toMatchObject({
      type: 'recurring',
      currency: 'usd',
      unit_amount: 500,
      lookup_key: 'm',
      nickname: 'Monthly',
    });
    const inline = await stripe.prices.create({ currency: 'usd', unit_amount: 100, product_data: { name: 'Inline' } });
    expect(inline.type).toBe('one_time');
    expect((await stripe.prices.list({ product: product.id })).data.map((row) => row.id)).toEqual([monthly.id]);
    expect((await stripe.prices.list({ type: 'one_time' })).data.map((row) => row.id)).toEqual([inline.id]);
    expect((await stripe.prices.list({ lookup_keys: ['m'] })).data.map((row) => row.id)).toEqual([monthly.id]);
    const other = {
      product: product.id,
      currency: 'usd',
      unit_amount: 600,
      recurring: { interval: 'month' },
      lookup_key: 'm',
    } as const;
    expect(await refusal(stripe.prices.create(other))).toMatchObject({ param: 'lookup_key' });
    const taken = await stripe.prices.create({ ...other, transfer_lookup_key: true });
    expect((await stripe.prices.list({ lookup_keys: ['m'] })).data.map((row) => row.id)).toEqual([taken.id]);
    expect((await stripe.prices.update(monthly.id, { active: false })).active).toBe(false);
    expect((await stripe.prices.list({ product: product.id, active: true })).data.map((row) => row.id)).toEqual([
      taken.id,
    ]);
    const changed = await stripe.products.update(product.id, {
      name: 'Changed',
      default_price: taken.id,
      description: 'text',
    });
    expect(changed).toMatchObject({
      name: 'Changed',
      default_price: taken.id,
      description: 'text',
      metadata: { rank: '1' },
    });
    expect(await refusal(stripe.products.del(product.id))).toMatchObject({ statusCode: 400 });
    const empty = await stripe.products.create({ name: 'Empty' });
    expect(await stripe.products.del(empty.id)).toMatchObject({ deleted: true });
    const { customer } = await customerAt('2026-01-01T00:00:00Z');
    expect(await refusal(stripe.subscriptions.create({ customer, items: [{ price: monthly.id }] }))).toMatchObject({
      statusCode: 400,
    });
  });
});

describe('test clocks', () => {
  it('move time for their customers only, and never back', async () => {
    const { price } = await makeProduct(stripe, 'Pro', ['sso']);
    const { customer, clock, advance } = await customerAt('2024-01-31T00:00:00Z');
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const periods: [number | undefined, number | undefined][] = [];
    for (const day of ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30', '2025-02-28']) {
      await advance(`${day}T00:00:00Z`);
      const [item] = (await stripe.subscriptions.retrieve(id)).items.data;
      periods.push([item?.current_period_start, item?.current_period_end]);
    }
    const days = (pairs: string[][]): number[][] => pairs.map((pair) => pair.map((day) => at(`${day}T00:00:00Z`)));
    expect(periods).toEqual(
      days([
        ['2024-01-31', '2024-02-29'],
        ['2024-02-29', '2024-03-31'],
        ['2024-03-31', '2024-04-30'],
        ['2024-04-30', '2024-05-31'],
        ['2025-02-28', '2025-03-31'],
      ]),
    );
    expect(await refusal(advance('2024-01-01T00:00:00Z') as Promise<unknown>)).toMatchObject({
      statusCode: 400,
      param: 'frozen_time',
    });
    expect((await stripe.testHelpers.testClocks.list()).data.map((row) => row.id)).toEqual([clock]);
    expect((await stripe.customers.list({ test_clock: clock })).data.map((row) => row.id)).toEqual([customer]);
    await stripe.testHelpers.testClocks.del(clock);
    expect(await refusal(stripe.testHelpers.testClocks.retrieve(clock))).toMatchObject({ statusCode: 404 });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
  });
});
