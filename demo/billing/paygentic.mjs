// Paygentic's path that plangate reads: GET /v1/entitlements (2026-08).
import { Hono } from 'hono';

import { findCustomer, paygenticRows } from './accounts.mjs';

/** The key that plangate/server is given. */
export const PAYGENTIC_KEY = 'pk_test_fathomline';

const PAGE = 10;

/** A whole number of the query, or NaN. @param {string | undefined} text @param {number} fallback */
const whole = (text, fallback) => (text === undefined ? fallback : /^\d+$/.test(text) ? Number(text) : NaN);

/** Paygentic, as far as it is read. */
export function paygenticApi() {
  const api = new Hono();
  api.use(async (context, next) => {
    if (context.req.header('authorization') === `Bearer ${PAYGENTIC_KEY}`) return next();
    return context.json({ error: 'unauthorized', message: 'Invalid API key' }, 401);
  });
  api.get('/', (context) => {
    const { limit: limitText, offset: offsetText, customerId } = context.req.query();
    const limit = whole(limitText, PAGE);
    const offset = whole(offsetText, 0);
    if (!(limit >= 1 && limit <= 100 && offset >= 0)) {
      return context.json({ error: 'bad_request', message: 'limit must be 1 to 100, offset at least 0' }, 400);
    }
    const customer = findCustomer(customerId);
    const rows = customer?.billing === 'paygentic' ? paygenticRows(customer) : [];
    const data = rows.slice(offset, offset + limit);
    return context.json({ object: 'list', data, pagination: { limit, offset, total: rows.length } });
  });
  return api;
}

/** The event that Paygentic sends after a change. @param {import('./accounts.mjs').Customer} customer @param {string} id */
export function subscriptionEvent(customer, id) {
  const data = { id: 'sub_fathomline', customerId: customer.id, status: 'active' };
  return { eventType: 'subscription.updated.v0', eventId: id, timestamp: new Date().toISOString(), data };
}
