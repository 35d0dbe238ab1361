// One plangate server for the process. With Stripe: upstream: stripe({ apiKey: process.env.STRIPE_KEY })
import { createServer, memory, upstream } from 'plangate/server';

import list from './list.mjs';

/** Who is signed in: here a cookie says it, in an application its session does. */
export const customerOf = (cookies) => cookies.get('customer')?.value ?? null;

const rows = { pro: list.data, free: [] };

export const entitlements = createServer({
  basePath: '/api',
  upstream: upstream({
    source: 'example',
    mode: 'test',
    fetch: (customer) => ({
      plangate: 1,
      customer,
      source: 'example',
      mode: 'test',
      asOf: Date.now(),
      entitlements: rows[customer] ?? [],
    }),
  }),
  store: memory(),
  customer: (request) => /(?:^|; )customer=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? null,
});
