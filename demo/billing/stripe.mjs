// Stripe's paths that plangate reads: entitlements of a customer, and what there is to buy.
import { Hono } from 'hono';

import { catalogues, findCustomer, shapes, stripeRows } from './accounts.mjs';

/** The key that plangate/server is given. */
export const STRIPE_KEY = 'rk_test_fathomline';

const PAGE = 10;
const { features, products } = catalogues.stripe;

/** @param {string} message @param {string} [type] */
const error = (message, type = 'invalid_request_error') => ({ error: { type, message } });

/** One page, by cursor. @param {import('hono').Context} context @param {{id: string}[]} rows */
function list(context, rows) {
  const { path } = context.req;
  const limit = Number(context.req.query('limit') ?? PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return context.json(error('limit must be 1 to 100'), 400);
  const after = context.req.query('starting_after');
  const start = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) return context.json(error(`No such object: ${after}`), 400);
  const data = rows.slice(start, start + limit);
  return context.json({ object: 'list', data, has_more: start + limit < rows.length, url: path });
}

const featureObject = (/** @type {string} */ key) => ({
  ...shapes.feature,
  id: `feat_test_${key}`,
  lookup_key: key,
  name: key,
});

const productObjects = products.map((/** @type {any} */ { id, name, display }) => ({
  ...shapes.product,
  id,
  name,
  description: display.tagline,
}));

const priceObjects = products.flatMap((/** @type {any} */ { id: product, prices }) =>
  prices.map((/** @type {any} */ { id, unitAmount, currency, interval }) => ({
    ...shapes.price,
    id,
    product,
    currency,
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
    recurring: { ...shapes.price.recurring, interval },
  })),
);

/** @param {string} id */
const attachments = (id) =>
  (products.find((/** @type {any} */ product) => product.id === id)?.features ?? []).map(
    (/** @type {{key: string}} */ { key }) => ({
      ...shapes.product_feature,
      id: `prodft_test_${id.slice(5)}_${key}`,
      entitlement_feature: featureObject(key),
    }),
  );

/** Stripe, as far as it is read. */
export function stripeApi() {
  const api = new Hono();
  api.use(async (context, next) => {
    if (context.req.header('authorization') === `Bearer ${STRIPE_KEY}`) return next();
    return context.json(error('Invalid API Key provided'), 401);
  });
  api.get('/entitlements/active_entitlements', (context) => {
    const customer = findCustomer(context.req.query('customer'));
    if (customer?.billing !== 'stripe') return context.json(error('No such customer'), 400);
    return list(context, stripeRows(customer));
  });
  api.get('/entitlements/features', (context) =>
    list(
      context,
      features.map((/** @type {{key: string}} */ { key }) => featureObject(key)),
    ),
  );
  api.get('/products', (context) => list(context, productObjects));
  api.get('/products/:id/features', (context) => list(context, attachments(context.req.param('id'))));
  api.get('/prices', (context) => list(context, priceObjects));
  return api;
}

/** The event that Stripe sends after a change: at most ten rows, and whether there are more. @param {import('./accounts.mjs').Customer} customer @param {string} id */
export function summaryEvent(customer, id) {
  const rows = stripeRows(customer);
  const url = `/v1/customer/${customer.id}/entitlements`;
  const entitlements = { object: 'list', data: rows.slice(0, PAGE), has_more: rows.length > PAGE, url };
  const summary = { object: 'entitlements.active_entitlement_summary', customer: customer.id, entitlements };
  return {
    id,
    object: 'event',
    created: Math.floor(Date.now() / 1000),
    data: { object: { ...summary, livemode: false } },
    livemode: false,
    type: 'entitlements.active_entitlement_summary.updated',
  };
}
