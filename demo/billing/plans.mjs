// What the product sells, from the same files that the billing systems begin with.
import { seeds } from './providers.mjs';

/** @typedef {{id: string, unitAmount: number, currency: string, interval: string}} Price */
/** @typedef {{id: string, name: string, tagline: string | undefined, plan: string | undefined, onSale: boolean, prices: Price[]}} Plan */
/** @typedef {{subscription: string, plan: Plan | undefined, endsAt: number | null}} Holding What a customer has; endsAt: a cancellation that is planned, ms. */
/**
 * @typedef {object} Shop
 * @property {Plan[]} plans
 * @property {(customer: string) => Promise<Holding | undefined>} holding
 * @property {(customer: string, price: string) => Promise<void>} buy Begins or changes the subscription, now.
 * @property {(customer: string) => Promise<void>} cancel At the end of the period.
 * @property {(customer: string) => Promise<void>} startTrial
 * @property {(customer: string) => Promise<void>} endTrial Now.
 */

/** @param {{id: string, amount: number, every: string}} price @returns {Price} */
const priceOf = ({ id, amount, every }) => ({ id, unitAmount: amount, currency: 'usd', interval: every });

/** @param {import('./providers.mjs').Billing} billing @returns {Plan[]} */
export const plansOf = (billing) =>
  seeds[billing].products.map((/** @type {any} */ product) => {
    const { id, name, description: tagline, metadata, prices, plans = [] } = product;
    const onSale = billing === 'stripe' || metadata?.onSale === 'yes';
    return { id, name, tagline, plan: plans[0]?.id, onSale, prices: (prices ?? plans[0].prices).map(priceOf) };
  });

/** What is on sale, in plangate's catalogue format: Paygentic has no list of its own that the server could read. */
export function paygenticCatalogue() {
  const { features, products } = seeds.paygentic;
  const onSale = new Map(plansOf('paygentic').map((plan) => [plan.id, plan]));
  return {
    features: features.map((/** @type {{key: string}} */ { key }) => ({ key })),
    products: products
      .filter((/** @type {{id: string}} */ { id }) => onSale.get(id)?.onSale)
      .map((/** @type {any} */ { id, name, description, features: attached }) => ({
        id,
        name,
        display: { tagline: description },
        prices: onSale.get(id)?.prices,
        features: attached.map((/** @type {any} */ given) =>
          typeof given === 'string'
            ? { key: given }
            : { key: given.feature, ...(given.config && { config: given.config }) },
        ),
      })),
  };
}
