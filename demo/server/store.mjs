// The product's backend: who its customers are, what they have, and what it does when somebody buys, cancels or waits.
import { readFileSync } from 'node:fs';

import { paygenticShop } from '../billing/paygentic-shop.mjs';
import { stripeShop } from '../billing/stripe-shop.mjs';

/** @typedef {{id: string, name: string, billing: 'stripe' | 'paygentic', trial?: boolean}} Customer */

/** @type {Customer[]} */
const customers = JSON.parse(readFileSync(new URL('../data/customers.json', import.meta.url), 'utf8'));

/** Something was asked for that there is not. */
export class Refused extends Error {}

/** The store. @param {import('../billing/providers.mjs').BillingSystems} billing @param {import('./app.mjs').Gates} gates */
export function makeStore(billing, gates) {
  const { providers, now } = billing;
  const shops = { stripe: stripeShop(providers.stripe), paygentic: paygenticShop(providers.paygentic, now) };

  /** @param {unknown} id */
  function find(id) {
    const customer = customers.find((each) => each.id === id);
    if (!customer) throw new Refused('No such customer');
    return { ...customer, shop: shops[customer.billing] };
  }

  /** The plan that a price belongs to. @param {import('../billing/plans.mjs').Shop} shop @param {unknown} price */
  function offered(shop, price) {
    const plan = shop.plans.find(({ onSale, prices }) => onSale && prices.some(({ id }) => id === price));
    if (!plan) throw new Refused('No such price');
    return { plan, price: /** @type {string} */ (price) };
  }

  /** A customer as the page lists them. @param {Customer} customer */
  async function listed({ id, name, billing: system, trial = false }) {
    const { plans, holding } = shops[system];
    const held = await holding(id);
    return {
      id,
      name,
      billing: system,
      plan: held?.plan?.name ?? 'No plan',
      productId: held?.plan?.id ?? null,
      endsAt: held?.endsAt ?? null,
      plans: plans
        .filter(({ onSale }) => onSale)
        .map((plan) => ({ id: plan.id, name: plan.name, price: plan.prices[0]?.id })),
      trial: trial && held?.plan?.name === 'Starter',
    };
  }

  /** Reads everybody's list again, where it is known already. */
  const refreshAll = () => Promise.all(customers.map(({ id, billing: system }) => gates[system].refresh(id)));

  return {
    customers: async () => ({ offset: billing.offset, customers: await Promise.all(customers.map(listed)) }),

    /** What a checkout page shows. @param {unknown} id @param {unknown} asked */
    offer(id, asked) {
      const { name, shop, billing: system } = find(id);
      const { plan, price } = offered(shop, asked);
      const { name: planName, tagline, prices } = plan;
      return {
        customer: name,
        billing: system,
        plan: planName,
        tagline,
        price: prices.find((each) => each.id === price),
      };
    },

    /** Buys; the webhook says the rest. @param {unknown} id @param {unknown} asked */
    async buy(id, asked) {
      const { id: customer, shop } = find(id);
      await shop.buy(customer, offered(shop, asked).price);
    },

    /** Counts use, if there is room; the billing system is told. @param {unknown} id @param {string} feature @param {number} amount */
    async use(id, feature, amount) {
      const { id: customer, billing: system } = find(id);
      const consumed = await gates[system].consume(customer, feature, amount);
      if (consumed.accepted) {
        await billing.used(system, customer, feature, amount);
        // Its own count is in the list from now on; nobody waits for that.
        gates[system].refresh(customer).catch(() => {});
      }
      return consumed;
    },

    /** @param {string} act @param {unknown} id */
    async act(act, id) {
      const { id: customer, shop, billing: system } = find(id);
      if (act === 'cancel') {
        await shop.cancel(customer);
        // What is granted stays as it is, so Stripe has nothing to tell about it: open pages hear from here that it will end.
        await gates[system].refresh(customer);
        return;
      }
      if (act === 'start-trial') return shop.startTrial(customer);
      if (act === 'end-trial') return shop.endTrial(customer);
      throw new Refused('No such act');
    },

    /** Moves time by a duration, or to the end of the customer's period. @param {unknown} by @param {unknown} id */
    async move(by, id) {
      const { id: customer, shop, billing: system } = find(id);
      const held = by === 'period' ? await shop.holding(customer) : undefined;
      if (by === 'period' && !held) throw new Refused('There is no period that could end');
      await billing.move(held ? { billing: system, subscription: held.subscription } : { by: String(by) });
      await billing.settled();
      await refreshAll();
      return { offset: billing.offset };
    },

    /** Begins again, and returns when the servers know it. */
    async reset() {
      await billing.reset();
      await refreshAll();
    },
  };
}
