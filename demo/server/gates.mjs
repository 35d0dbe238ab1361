// plangate/server twice, once per billing system: each reads its lists, hears its webhooks and streams the changes.
import { createServer, memory, paygentic, stripe } from 'plangate/server';

import { catalogues } from '../billing/accounts.mjs';
import { PAYGENTIC_KEY } from '../billing/paygentic.mjs';
import { STRIPE_KEY } from '../billing/stripe.mjs';
import { SECRETS } from '../billing/webhooks.mjs';

/** @typedef {'stripe' | 'paygentic'} Billing */

/** Who is signed in. The page chooses freely, and so does this demo; a product asks its session. @param {Request} request */
const chosen = (request) => new URL(request.url).searchParams.get('customer');

/** The servers by billing system, each below a path of that name. @param {string} billingUrl */
export function startGates(billingUrl) {
  const upstreams = {
    stripe: stripe({ apiKey: STRIPE_KEY, baseUrl: `${billingUrl}/stripe` }),
    paygentic: {
      ...paygentic({ apiKey: PAYGENTIC_KEY, baseUrl: `${billingUrl}/paygentic` }),
      // Stripe is asked for what there is to buy; of Paygentic's plans the product itself says it.
      catalogue: async () => JSON.stringify(catalogues.paygentic),
    },
  };
  const make = (/** @type {Billing} */ billing) =>
    createServer({
      upstream: upstreams[billing],
      // A run of the demo begins anew; a product keeps its lists in SQLite, PostgreSQL or Redis.
      store: memory(),
      customer: chosen,
      webhookSecret: SECRETS[billing],
      basePath: `/${billing}`,
    });
  return { stripe: make('stripe'), paygentic: make('paygentic') };
}
