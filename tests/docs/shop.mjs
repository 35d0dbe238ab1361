// What examples of servers take for granted: an application's server, customers with plans, and visitors that ask it.
import { createServer, memory, upstream } from 'plangate/server';

const CATALOGUE = {
  features: [{ key: 'reports' }, { key: 'seats' }],
  products: [
    {
      id: 'prod_pro',
      name: 'Pro',
      prices: [{ id: 'price_pro', unitAmount: 2000, currency: 'usd', interval: 'month' }],
      features: [{ key: 'reports' }],
    },
  ],
};

/** Customers and what they have. Change it, and the billing system has changed. */
export const plans = {
  cus_free: [],
  cus_pro: [
    { id: 'ent_1', featureKey: 'reports' },
    { id: 'ent_2', featureKey: 'seats', type: 'static', config: { max: 3 } },
  ],
};

/** How often the billing system was asked about a customer. */
export const fetches = [];

/** Options of a server with these plans: its customers are named by a header. */
export const shop = (more = {}) => ({
  upstream: {
    ...upstream({
      source: 'stripe',
      mode: 'test',
      fetch: (customer) => {
        fetches.push(customer);
        const asOf = Date.now();
        return { plangate: 1, customer, source: 'stripe', mode: 'test', asOf, entitlements: plans[customer] ?? [] };
      },
    }),
    catalogue: async () => JSON.stringify(CATALOGUE),
  },
  store: memory(),
  customer: (request) => request.headers.get('x-customer'),
  reconcile: false,
  logger: null,
  ...more,
});

/** A server with these plans. */
export const open = async (more) => {
  const server = createServer(shop(more));
  await server.ready();
  return server;
};

/** Asks as a customer; answers status and body. */
export async function ask(url, customer) {
  const response = await fetch(url, { redirect: 'manual', headers: customer ? { 'x-customer': customer } : {} });
  const type = response.headers.get('content-type') ?? '';
  const body = type.includes('json') ? await response.json() : await response.text();
  return [response.status, type.split(';')[0], body];
}

/** What a gated address answers to nobody, to a customer without the feature and to one with it. */
export const visits = async (url) => [await ask(url), await ask(url, 'cus_free'), await ask(url, 'cus_pro')];

/** The feature keys of a customer's list, as served. */
export const keysAt = async (url, customer) =>
  (await ask(url, customer))[2].entitlements?.map(({ featureKey }) => featureKey);

/** Waits until `read` answers something that is true. */
export async function until(read) {
  for (let i = 0; i < 400; i += 1) {
    const value = await read();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never: ${read}`);
}

/** Prints what the test compares. */
export const tell = (value) => console.log(JSON.stringify(value));
