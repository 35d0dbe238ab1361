// What an operator does in a billing dashboard: plans, single features, trials. Each act tells who is affected.
import { accountOf, catalogues, findCustomer, findProduct, reset, TRIAL_MS } from './accounts.mjs';

/** @typedef {import('./accounts.mjs').Customer} Customer */

/** An act that was asked for wrongly. */
export class Refused extends Error {}

/** @param {Customer} customer @param {unknown} feature @returns {string} */
function featureKey({ billing }, feature) {
  const known = catalogues[billing].features.some((/** @type {{key: string}} */ { key }) => key === feature);
  if (!known) throw new Refused('No such feature');
  return /** @type {string} */ (feature);
}

/** @type {Record<string, (customer: Customer, asked: Record<string, unknown>) => void>} */
const ACTS = {
  plan(customer, { product: id }) {
    const product = findProduct(customer, id);
    if (!product) throw new Refused('No such product');
    const account = accountOf(customer);
    account.product = product;
    // A plan that is bought anew comes with all it has.
    account.removed.clear();
  },
  grant(customer, { feature }) {
    const key = featureKey(customer, feature);
    const { added, removed } = accountOf(customer);
    if (!removed.delete(key)) added.add(key);
  },
  revoke(customer, { feature }) {
    const key = featureKey(customer, feature);
    const { added, removed } = accountOf(customer);
    if (!added.delete(key)) removed.add(key);
  },
  'start-trial'(customer) {
    const now = Date.now();
    Object.assign(accountOf(customer), { trialBegan: now, trialEnds: now + TRIAL_MS });
  },
  'end-trial'(customer) {
    accountOf(customer).trialEnds = Date.now();
  },
};

/** Does it; answers the ids of the customers whose lists changed. @param {string} act @param {Record<string, unknown>} asked */
export function perform(act, asked) {
  if (act === 'reset') return reset();
  const customer = findCustomer(asked['customer']);
  const work = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (!work || !customer) throw new Refused(customer ? 'No such act' : 'No such customer');
  work(customer, asked);
  return [customer.id];
}
