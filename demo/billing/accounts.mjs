// The two billing systems' books: who bought what, and the rows that follow from it, in recorded shapes. Nothing here
// decides access: what a row means is the engine's business.
import { readFileSync } from 'node:fs';

const data = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));

/** @typedef {{id: string, name: string, plan: string, billing: 'stripe' | 'paygentic', product?: string, list?: string}} Customer */
/** @typedef {{key: string, config?: object}} Granted */
/** @typedef {{id: string, name: string, display: {tagline: string}, prices: {id: string, unitAmount: number, currency: string, interval: string}[], features: Granted[]}} Product */
/** @typedef {{product: Product | undefined, added: Set<string>, removed: Set<string>, trialBegan: number | undefined, trialEnds: number}} Account */

/** Objects as Stripe's API answers them; see data/SOURCE.md. */
export const shapes = data('stripe-shapes.json');
const paygentic = data('paygentic-examples.json');

/** What there is to buy, by billing system, in plangate's catalogue format. */
export const catalogues = { stripe: data('catalogue-stripe.json'), paygentic: data('catalogue-paygentic.json') };

/** @type {Customer[]} */
export const customers = data('customers.json');

/** How long a trial runs. */
export const TRIAL_MS = 20_000;

/** @returns {Account} */
const unchanged = () => ({
  product: undefined,
  added: new Set(),
  removed: new Set(),
  trialBegan: undefined,
  trialEnds: 0,
});

// What happened in this run, by customer id.
/** @type {Map<string, Account>} */
const accounts = new Map();

/** A customer by id. @param {unknown} id */
export const findCustomer = (id) => customers.find((customer) => customer.id === id);

/** @param {Customer} customer */
export function accountOf({ id }) {
  const account = accounts.get(id) ?? unchanged();
  accounts.set(id, account);
  return account;
}

/** @param {Customer} customer @param {unknown} id @returns {Product | undefined} */
export const findProduct = ({ billing }, id) =>
  catalogues[billing].products.find((/** @type {Product} */ product) => product.id === id);

const hasTrial = (/** @type {Customer} */ { list }) => list === 'trial';

/** A customer as the page lists them. @param {Customer} customer */
export function listed(customer) {
  const { id, name, billing, plan } = customer;
  const { product } = accountOf(customer);
  const plans = catalogues[billing].products.map((/** @type {Product} */ { id: productId, name: title }) => ({
    id: productId,
    name: title,
  }));
  const trial = hasTrial(customer) && product === undefined;
  return {
    id,
    name,
    billing,
    plan: product?.name ?? plan,
    productId: product?.id ?? customer.product ?? null,
    plans,
    trial,
  };
}

/** Forgets everything; answers who is affected. */
export function reset() {
  const changed = [...accounts.keys()];
  accounts.clear();
  return changed;
}

/** @param {Customer} customer */
export function stripeRows(customer) {
  const { product = findProduct(customer, customer.product), added, removed } = accountOf(customer);
  const keys = new Set([...(product?.features ?? []).map(({ key }) => key), ...added]);
  return [...keys]
    .filter((key) => !removed.has(key))
    .map((key) =>
      // The one key that was recorded with its ids keeps them.
      key === shapes.recorded_row.lookup_key
        ? shapes.recorded_row
        : {
            ...shapes.active_entitlement,
            id: `ent_test_${customer.id.slice(4)}_${key}`,
            feature: `feat_test_${key}`,
            lookup_key: key,
          },
    );
}

/** The recorded rows, each once. */
const recordedRows = () => Object.values(paygentic).flatMap((list) => list.data);
const recorded = (/** @type {string} */ key) => recordedRows().find((row) => row.featureKey === key);

/** A recorded row under another key and id, with changes. */
function like(/** @type {string} */ key, /** @type {string} */ newKey, /** @type {object} */ changes) {
  return {
    ...recorded(key),
    entitlementId: `ent_${newKey.replaceAll('_', '')}00000001`,
    featureId: `feat_${newKey}`,
    featureKey: newKey,
    ...changes,
  };
}

const dates = (/** @type {number} */ from, /** @type {number | null} */ to) => ({
  activeFrom: new Date(from).toISOString(),
  activeTo: to === null ? null : new Date(to).toISOString(),
});

/** What a product's feature becomes for a customer. */
function granted(/** @type {Granted} */ { key, config }, /** @type {object} */ changes) {
  if (config) return like('max_users', key, { ...changes, config });
  return like(key === 'api_calls' ? key : 'sso_enabled', key, changes);
}

function trialRows(/** @type {Customer} */ customer) {
  const { trialBegan, trialEnds } = accountOf(customer);
  const customerId = customer.id;
  const config = { ...recorded('storage_quota').config, limitGB: 100 };
  // What there is without a trial: a smaller quota, and the calls of the period.
  const always = [
    { ...recorded('storage_quota'), customerId, config },
    { ...recorded('api_calls'), customerId },
  ];
  if (trialBegan === undefined) return always;
  const trial = { customerId, subscriptionId: 'sub_trial', ...dates(trialBegan - 1000, trialEnds) };
  return [
    like('sso_enabled', 'forecasting', trial),
    like('sso_enabled', 'anomaly_alerts', trial),
    like('max_users', 'max_users', trial),
    like('storage_quota', 'storage_quota', trial),
    ...always,
  ];
}

/** The product of this billing system that has the feature with the most. */
const mostOf = (/** @type {Customer} */ { billing }, /** @type {string} */ key) =>
  catalogues[billing].products
    .flatMap((/** @type {Product} */ { features }) => features)
    .findLast((/** @type {Granted} */ feature) => feature.key === key) ?? { key };

/** @param {Customer} customer */
export function paygenticRows(customer) {
  const { product, added, removed } = accountOf(customer);
  const since = { customerId: customer.id, ...dates(Date.now() - 1000, null) };
  const own = hasTrial(customer) ? trialRows(customer) : recordedRows();
  const rows = product ? product.features.map((feature) => granted(feature, { ...since, productId: product.id })) : own;
  const additions = [...added].map((key) =>
    granted(mostOf(customer, key), { ...since, subscriptionId: 'sub_addition', entitlementId: `ent_added_${key}` }),
  );
  return [...rows, ...additions].map((row) =>
    removed.has(row.featureKey) ? { ...row, hasAccess: false, status: 'canceled' } : row,
  );
}
