// How the product's backend sells by Stripe: the official client, pointed at the local provider.
import Stripe from 'stripe';

import { plansOf } from './plans.mjs';

/** A shop on Stripe. @param {import('plangate/provider').Provider} provider @returns {import('./plans.mjs').Shop} */
export function stripeShop(provider) {
  const { hostname, port } = new URL(provider.url);
  const stripe = new Stripe(provider.apiKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
  });
  const plans = plansOf('stripe');
  /** @param {string} customer */
  const running = async (customer) => (await stripe.subscriptions.list({ customer, limit: 1 })).data[0];
  const noTrial = () => Promise.reject(new Error('There is no trial'));
  return {
    plans,
    async holding(customer) {
      const subscription = await running(customer);
      const item = subscription?.items.data[0];
      if (!subscription || !item) return undefined;
      const plan = plans.find(({ prices }) => prices.some(({ id }) => id === item.price.id));
      const endsAt = subscription.cancel_at_period_end ? item.current_period_end * 1000 : null;
      return { subscription: subscription.id, plan, endsAt };
    },
    async buy(customer, price) {
      const subscription = await running(customer);
      const item = subscription?.items.data[0];
      if (!subscription || !item) return void (await stripe.subscriptions.create({ customer, items: [{ price }] }));
      const items = [{ id: item.id, price }];
      await stripe.subscriptions.update(subscription.id, { items, cancel_at_period_end: false });
    },
    async cancel(customer) {
      const subscription = await running(customer);
      if (subscription) await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    },
    startTrial: noTrial,
    endTrial: noTrial,
  };
}
