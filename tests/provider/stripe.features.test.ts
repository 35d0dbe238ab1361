// Features, attachments and entitlements, with the official client only.
import type Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';

import { keysOf, makeProduct, refusal, startProvider, stripeFor } from './support.js';

let stripe: Stripe;
beforeEach(async () => {
  stripe = stripeFor(await startProvider());
});

describe('features', () => {
  it('creates, retrieves, updates and lists them', async () => {
    const made = await stripe.entitlements.features.create({
      lookup_key: 'sso',
      name: 'Single sign-on & more',
      metadata: { tier: '2', '7': 'seven' },
    });
    expect(made).toMatchObject({
      object: 'entitlements.feature',
      active: true,
      lookup_key: 'sso',
      name: 'Single sign-on & more',
      metadata: { tier: '2', '7': 'seven' },
    });
    const updated = await stripe.entitlements.features.update(made.id, {
      name: 'SSO',
      metadata: { tier: '', owner: 'ops' },
    });
    expect(updated).toMatchObject({ name: 'SSO', metadata: { owner: 'ops', '7': 'seven' } });
    expect((await stripe.entitlements.features.update(made.id, { metadata: '' })).metadata).toEqual({});
    expect((await stripe.entitlements.features.retrieve(made.id)).name).toBe('SSO');
    await stripe.entitlements.features.create({ lookup_key: 'api', name: 'API' });
    const all = await stripe.entitlements.features.list();
    expect(all.data.map((row) => row.lookup_key)).toEqual(['api', 'sso']);
    expect((await stripe.entitlements.features.list({ lookup_key: 'sso' })).data).toHaveLength(1);
  });

  it('refuses a lookup key that an active feature has, and frees it by archiving', async () => {
    const first = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'one' });
    const error = await refusal(stripe.entitlements.features.create({ lookup_key: 'sso', name: 'two' }));
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'resource_already_exists',
      param: 'lookup_key',
    });
    expect((await stripe.entitlements.features.update(first.id, { active: false })).active).toBe(false);
    const second = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'two' });
    expect(second.id).not.toBe(first.id);
    expect((await stripe.entitlements.features.list({ archived: true })).data.map((row) => row.id)).toEqual([first.id]);
    expect((await stripe.entitlements.features.list({ archived: false })).data.map((row) => row.id)).toEqual([
      second.id,
    ]);
  });

  it('lets nobody edit, unarchive or attach an archived one, which entitles where it is attached', async () => {
    const { price, product, features } = await makeProduct(stripe, 'Pro', ['sso']);
    const [feature] = features as [string];
    const customer = await stripe.customers.create({});
    await stripe.entitlements.features.update(feature, { active: false });
    for (const change of [{ active: true }, { name: 'other' }, { metadata: { a: 'b' } }]) {
      expect(await refusal(stripe.entitlements.features.update(feature, change))).toMatchObject({ statusCode: 400 });
    }
    const other = await stripe.products.create({ name: 'Other' });
    expect(await refusal(stripe.products.createFeature(other.id, { entitlement_feature: feature }))).toMatchObject({
      statusCode: 400,
    });
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
    expect(await keysOf(stripe, customer.id)).toEqual(['sso']);
    // A new feature with the same key, beside the archived one: two rows of one key.
    const next = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'new' });
    await stripe.products.createFeature(product, { entitlement_feature: next.id });
    const later = await stripe.customers.create({});
    await stripe.subscriptions.create({ customer: later.id, items: [{ price }] });
    expect(await keysOf(stripe, later.id)).toEqual(['sso', 'sso']);
  });

  it('checks what it is given', async () => {
    const { features } = stripe.entitlements;
    const long = 'x'.repeat(81);
    const cases: [() => Promise<unknown>, object][] = [
      [() => features.create({ lookup_key: 'a' } as never), { code: 'parameter_missing', param: 'name' }],
      [() => features.create({ lookup_key: 'a', name: '' }), { code: 'parameter_invalid_empty', param: 'name' }],
      [() => features.create({ lookup_key: long, name: 'a' }), { param: 'lookup_key' }],
      [
        () => features.create({ lookup_key: 'a', name: 'a', colour: 'red' } as never),
        { code: 'parameter_unknown', param: 'colour' },
      ],
      [() => features.create({ lookup_key: 'a', name: 'a', expand: ['nothing'] }), { param: 'expand' }],
      [() => features.update('feat_none', { name: 'a' }), { statusCode: 404, code: 'resource_missing', param: 'id' }],
      [() => features.list({ limit: 101 }), { code: 'parameter_invalid_integer', param: 'limit' }],
      [() => features.list({ starting_after: 'feat_none' }), { code: 'resource_missing', param: 'starting_after' }],
      [() => features.list({ archived: 'maybe' as never }), { param: 'archived' }],
      [
        () => stripe.products.createFeature('prod_none', { entitlement_feature: 'feat_none' }),
        { statusCode: 404, param: 'product' },
      ],
    ];
    for (const [work, expected] of cases) {
      expect(await refusal(work())).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, ...expected });
    }
    expect((await features.list()).data).toEqual([]);
  });
});

describe('what is attached to a product', () => {
  it('attaches, lists, retrieves and detaches', async () => {
    const { product, features } = await makeProduct(stripe, 'Pro', ['a', 'b', 'c']);
    const listed = await stripe.products.listFeatures(product, { limit: 2 });
    expect(listed.has_more).toBe(true);
    expect(listed.url).toBe(`/v1/products/${product}/features`);
    const all = await stripe.products.listFeatures(product).autoPagingToArray({ limit: 100 });
    expect(all.map((row) => row.entitlement_feature.lookup_key)).toEqual(['c', 'b', 'a']);
    const [one] = all as [Stripe.ProductFeature];
    expect(await stripe.products.retrieveFeature(product, one.id)).toMatchObject({ ...one });
    expect(
      await refusal(stripe.products.createFeature(product, { entitlement_feature: features[0] as string })),
    ).toMatchObject({ statusCode: 400 });
    expect(await stripe.products.deleteFeature(product, one.id)).toMatchObject({ id: one.id, deleted: true });
    expect(await refusal(stripe.products.retrieveFeature(product, one.id))).toMatchObject({ statusCode: 404 });
    expect((await stripe.products.listFeatures(product)).data).toHaveLength(2);
    const other = await stripe.products.create({ name: 'Other' });
    expect(await refusal(stripe.products.retrieveFeature(other.id, all[1]?.id as string))).toMatchObject({
      statusCode: 404,
    });
  });

  it('reaches existing subscriptions at their next period, and new ones at once', async () => {
    const start = Date.UTC(2026, 0, 31) / 1000;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start, name: 'january' });
    const { product, price } = await makeProduct(stripe, 'Pro', ['a']);
    const customer = await stripe.customers.create({ test_clock: clock.id });
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
    const late = await stripe.entitlements.features.create({ lookup_key: 'late', name: 'late' });
    await stripe.products.createFeature(product, { entitlement_feature: late.id });
    const [first] = (await stripe.products.listFeatures(product)).data.filter(
      (row) => row.entitlement_feature.lookup_key === 'a',
    );
    await stripe.products.deleteFeature(product, first?.id as string);
    expect(await keysOf(stripe, customer.id)).toEqual(['a']);
    const fresh = await stripe.customers.create({});
    await stripe.subscriptions.create({ customer: fresh.id, items: [{ price }] });
    expect(await keysOf(stripe, fresh.id)).toEqual(['late']);
    // 31 January and a month is 28 February.
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: Date.UTC(2026, 1, 28) / 1000 - 1 });
    expect(await keysOf(stripe, customer.id)).toEqual(['a']);
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: Date.UTC(2026, 1, 28) / 1000 });
    expect(await keysOf(stripe, customer.id)).toEqual(['late']);
  });
});

describe('active entitlements', () => {
  it('are one per feature, however many products grant it, and expand their feature', async () => {
    const pro = await makeProduct(stripe, 'Pro', ['sso', 'api']);
    const addon = await makeProduct(stripe, 'Add-on', ['sso']);
    const customer = await stripe.customers.create({});
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: pro.price }, { price: addon.price }] });
    const list = await stripe.entitlements.activeEntitlements.list({ customer: customer.id });
    expect(list.data.map((row) => row.lookup_key).sort()).toEqual(['api', 'sso']);
    expect(list.url).toBe('/v1/entitlements/active_entitlements');
    const expanded = await stripe.entitlements.activeEntitlements.list({
      customer: customer.id,
      expand: ['data.feature'],
    });
    expect(expanded.data.map((row) => (row.feature as Stripe.Entitlements.Feature).name).sort()).toEqual([
      'api',
      'sso',
    ]);
    const [row] = list.data as [Stripe.Entitlements.ActiveEntitlement];
    const one = await stripe.entitlements.activeEntitlements.retrieve(row.id, { expand: ['feature'] });
    expect(one).toMatchObject({ id: row.id, feature: { object: 'entitlements.feature', lookup_key: row.lookup_key } });
    expect((await stripe.entitlements.activeEntitlements.retrieve(row.id)).feature).toBe(row.feature);
  });

  it('need a customer that exists', async () => {
    const { activeEntitlements } = stripe.entitlements;
    expect(await refusal(activeEntitlements.list({} as never))).toMatchObject({
      code: 'parameter_missing',
      param: 'customer',
    });
    expect(await refusal(activeEntitlements.list({ customer: 'cus_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    });
    expect(await refusal(activeEntitlements.retrieve('ent_none'))).toMatchObject({ statusCode: 404 });
  });

  it('come from prices of 0 as well', async () => {
    const { price } = await makeProduct(stripe, 'Free', ['basic'], 0);
    const customer = await stripe.customers.create({});
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
    expect(await keysOf(stripe, customer.id)).toEqual(['basic']);
  });
});

describe('a list of 23', () => {
  it('is read whole by every way of paging', async () => {
    const keys = Array.from({ length: 23 }, (_, at) => `feature-${String(at).padStart(2, '0')}`);
    const { price } = await makeProduct(stripe, 'Everything', keys);
    const { id: customer } = await stripe.customers.create({});
    await stripe.subscriptions.create({ customer, items: [{ price }] });
    const { activeEntitlements } = stripe.entitlements;
    const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

    const first = await activeEntitlements.list({ customer });
    expect([first.data.length, first.has_more]).toEqual([10, true]);
    const whole = await activeEntitlements.list({ customer, limit: 100 });
    expect([whole.data.length, whole.has_more]).toEqual([23, false]);
    const order = ids(whole.data);
    expect(new Set(order).size).toBe(23);

    for (const limit of [1, 7, 10, 22, 23, 100]) {
      const forward = await activeEntitlements.list({ customer, limit }).autoPagingToArray({ limit: 1000 });
      expect(ids(forward)).toEqual(order);
      const last = order.at(-1) as string;
      const backward: string[] = [];
      for await (const row of activeEntitlements.list({ customer, limit, ending_before: last })) backward.push(row.id);
      expect(backward).toEqual(order.slice(0, -1).reverse());
    }
    const middle = await activeEntitlements.list({ customer, limit: 3, ending_before: order[10] as string });
    expect(ids(middle.data)).toEqual(order.slice(7, 10));
    expect(middle.has_more).toBe(true);
    const after = await activeEntitlements.list({ customer, limit: 3, starting_after: order[20] as string });
    expect([ids(after.data), after.has_more]).toEqual([order.slice(21), false]);
    expect(await refusal(activeEntitlements.list({ customer, starting_after: 'a', ending_before: 'b' }))).toMatchObject(
      { statusCode: 400 },
    );
    expect(await keysOf(stripe, customer)).toEqual(keys);
  });
});
