// The two billing systems of the demo, played from recorded shapes on the providers' own paths. It hands out lists and
// decides nothing: what a list means is the engine's business.
import { readFileSync } from 'node:fs';

const data = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));

const stripe = data('stripe-shapes.json');
const paygentic = data('paygentic-examples.json');

/** What there is to buy, by billing system, in plangate's catalogue format. */
export const catalogues = { stripe: data('catalogue-stripe.json'), paygentic: data('catalogue-paygentic.json') };

/** @typedef {{id: string, name: string, plan: string, billing: 'stripe' | 'paygentic', product?: string, list?: string}} Customer */
/** @type {Customer[]} */
export const customers = data('customers.json');

/** How long the trial customer's trial runs from the moment its list is asked for. */
export const TRIAL_MS = 20_000;
/** Both providers' own default page size. */
export const PAGE = 10;

const productsOf = (/** @type {Customer} */ customer) => catalogues[customer.billing].products;
const findProduct = (/** @type {Customer} */ customer, /** @type {string | undefined} */ id) =>
  productsOf(customer).find((/** @type {{id: string}} */ product) => product.id === id);

// What was bought in this run, by customer id; forgotten when the demo stops, or is reset.
const purchases = new Map();

/** A customer by id. @param {string | null} id */
export const findCustomer = (id) => customers.find((customer) => customer.id === id);

/** Buys a product for a customer, as a checkout would; false when the catalogue has none of that id. */
export function buy(/** @type {Customer} */ customer, /** @type {string} */ productId) {
  const product = findProduct(customer, productId);
  if (product) purchases.set(customer.id, product);
  return Boolean(product);
}

/** The name of the plan that a customer is on now. */
export const planOf = (/** @type {Customer} */ customer) => purchases.get(customer.id)?.name ?? customer.plan;

/** Forgets all purchases. */
export const reset = () => purchases.clear();

function stripeRows(/** @type {Customer} */ customer) {
  const product = purchases.get(customer.id) ?? findProduct(customer, customer.product);
  return product.features.map((/** @type {{key: string}} */ { key }) =>
    // The one key that was recorded with its ids keeps them.
    key === stripe.recorded_row.lookup_key
      ? stripe.recorded_row
      : {
          ...stripe.active_entitlement,
          id: `ent_test_${customer.id.slice(4)}_${key}`,
          feature: `feat_test_${key}`,
          lookup_key: key,
        },
  );
}

/** The recorded rows, each once, by feature key. */
const recordedRows = () => Object.values(paygentic).flatMap((list) => list.data);
const recorded = (/** @type {string} */ key) => recordedRows().find((row) => row.featureKey === key);

/** A recorded row under another key, id and customer, and until when. */
function like(/** @type {string} */ key, /** @type {string} */ newKey, /** @type {object} */ changes) {
  const row = recorded(key);
  return {
    ...row,
    entitlementId: `ent_${newKey.replaceAll('_', '')}00000001`,
    featureId: `feat_${newKey}`,
    featureKey: newKey,
    ...changes,
  };
}

function trialRows(/** @type {Customer} */ customer, /** @type {number} */ now) {
  const customerId = customer.id;
  const trial = {
    customerId,
    subscriptionId: 'sub_trial',
    activeFrom: new Date(now - 1000).toISOString(),
    activeTo: new Date(now + TRIAL_MS).toISOString(),
  };
  const config = { ...recorded('storage_quota').config, limitGB: 100 };
  return [
    like('sso_enabled', 'forecasting', trial),
    like('sso_enabled', 'anomaly_alerts', trial),
    like('max_users', 'max_users', trial),
    like('storage_quota', 'storage_quota', trial),
    // What stays when the trial ends: a smaller quota, and the calls of the period.
    { ...recorded('storage_quota'), customerId, config },
    { ...recorded('api_calls'), customerId },
  ];
}

function boughtRows(/** @type {Customer} */ customer, /** @type {number} */ now) {
  const { id: productId, features } = purchases.get(customer.id);
  const since = { customerId: customer.id, productId, activeFrom: new Date(now - 1000).toISOString(), activeTo: null };
  return features.map((/** @type {{key: string, config?: object}} */ { key, config }) =>
    like(config ? 'max_users' : key === 'api_calls' ? key : 'sso_enabled', key, config ? { ...since, config } : since),
  );
}

function paygenticRows(/** @type {Customer} */ customer, /** @type {number} */ now) {
  if (purchases.has(customer.id)) return boughtRows(customer, now);
  return customer.list === 'trial' ? trialRows(customer, now) : recordedRows();
}

/** One page as Stripe's `GET /v1/entitlements/active_entitlements` answers it. */
export function stripePage(/** @type {Customer} */ customer, { limit = PAGE, startingAfter = '' } = {}) {
  const rows = stripeRows(customer);
  const start = rows.findIndex((/** @type {{id: string}} */ row) => row.id === startingAfter) + 1;
  return {
    object: 'list',
    data: rows.slice(start, start + limit),
    has_more: start + limit < rows.length,
    url: '/v1/entitlements/active_entitlements',
  };
}

/** One page as Paygentic's `GET /v1/entitlements` answers it (2026-08). */
export function paygenticPage(/** @type {Customer} */ customer, { limit = PAGE, offset = 0, now = Date.now() } = {}) {
  const rows = paygenticRows(customer, now);
  return {
    object: 'list',
    data: rows.slice(offset, offset + limit),
    pagination: { limit, offset, total: rows.length },
  };
}

function* stripePages(/** @type {Customer} */ customer) {
  for (let page, startingAfter = ''; !page || page.has_more; startingAfter = page.data.at(-1).id) {
    yield (page = stripePage(customer, { startingAfter }));
  }
}

function* paygenticPages(/** @type {Customer} */ customer, /** @type {number} */ now) {
  for (let page, offset = 0; !page || offset < page.pagination.total; offset += PAGE) {
    yield (page = paygenticPage(customer, { offset, now }));
  }
}

/** All pages of a customer's list, in order, as the provider would hand them out one by one. */
export const pagesOf = (/** @type {Customer} */ customer, now = Date.now()) => [
  ...(customer.billing === 'stripe' ? stripePages(customer) : paygenticPages(customer, now)),
];
