// plangate/server twice, once per billing system: each reads its lists, hears its webhooks and streams the changes.
import { createServer, memory, paygentic, stripe } from 'plangate/server';

import { paygenticCatalogue } from '../billing/plans.mjs';

/** @typedef {import('../billing/providers.mjs').Billing} Billing */

/** Who is signed in. The page chooses freely, and so does this demo; a product asks its session. @param {Request} request */
const chosen = (request) => new URL(request.url).searchParams.get('customer');

/** The servers by billing system, each below a path of that name. @param {import('../billing/providers.mjs').BillingSystems} billing */
export function startGates({ providers, now }) {
  // Time is the billing systems': a moved clock moves the servers' too.
  const connect = (/** @type {Billing} */ name) => ({
    apiKey: providers[name].apiKey,
    baseUrl: providers[name].url,
    now,
  });
  const upstreams = {
    stripe: stripe(connect('stripe')),
    paygentic: {
      ...paygentic(connect('paygentic')),
      // Stripe is asked for what there is to buy; of Paygentic's plans the product itself says it.
      catalogue: async () => JSON.stringify(paygenticCatalogue()),
    },
  };
  const make = (/** @type {Billing} */ name) =>
    createServer({
      upstream: upstreams[name],
      // A run of the demo begins anew; a product keeps its lists in SQLite, PostgreSQL or Redis.
      store: memory(),
      customer: chosen,
      webhookSecret: providers[name].webhookSecret,
      basePath: `/${name}`,
      clock: now,
    });
  return { stripe: make('stripe'), paygentic: make('paygentic') };
}
