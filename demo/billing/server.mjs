// A stand-in for the two billing systems, as a server of its own: their paths, their signed webhooks, and an operator's
// acts. It begins each run with the recorded lists.
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';

import { customers, listed } from './accounts.mjs';
import { perform, Refused } from './control.mjs';
import { paygenticApi } from './paygentic.mjs';
import { stripeApi } from './stripe.mjs';
import { deliver } from './webhooks.mjs';

/** The app. `endpoints` are asked for when there is something to deliver. @param {() => Record<'stripe' | 'paygentic', string>} endpoints */
function billingApp(endpoints) {
  const app = new Hono();
  app.route('/paygentic/v1/entitlements', paygenticApi());
  app.route('/stripe/v1', stripeApi());
  app.get('/control/customers', (context) => context.json(customers.map(listed)));
  app.post('/control/:act', async (context) => {
    try {
      const changed = perform(context.req.param('act'), await context.req.json());
      // As in life, the operator's page does not wait until everybody has heard.
      for (const id of changed) void deliver(endpoints(), id);
      return context.json({ changed });
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof SyntaxError)) throw error;
      return context.json({ error: error.message }, 400);
    }
  });
  return app;
}

/** Starts it on a free port of 127.0.0.1. @param {() => Record<'stripe' | 'paygentic', string>} endpoints */
export async function startBilling(endpoints) {
  const http = createAdaptorServer({ fetch: billingApp(endpoints).fetch });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  return { url: `http://127.0.0.1:${port}`, http: /** @type {import('node:http').Server} */ (http) };
}
