import { expect, it } from 'vitest';
import { startProvider, stripeFor } from './support.js';

it('entitles a subscriber to what is attached to the product', async () => {
  const provider = await startProvider();
  const stripe = stripeFor(provider);
  const feature = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'SSO' });
  const product = await stripe.products.create({
    name: 'Pro',
    default_price_data: { currency: 'usd', unit_amount: 2900, recurring: { interval: 'month' } },
  });
  const attached = await stripe.products.createFeature(product.id, { entitlement_feature: feature.id });
  expect(attached.entitlement_feature.lookup_key).toBe('sso');
  const customer = await stripe.customers.create({ email: 'a@b.example' });
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: product.default_price as string }] });
  const list = await stripe.entitlements.activeEntitlements.list({ customer: customer.id });
  expect(list.data.map((row) => row.lookup_key)).toEqual(['sso']);
});
