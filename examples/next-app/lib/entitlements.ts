import { createServer, memory, upstream } from 'plangate/server';
import type { PlangateServer } from 'plangate/server';

import { catalogue, entitlementsOf } from './billing';
import { customerOf } from './customer';

const make = (): PlangateServer =>
  createServer({
    // With Stripe: upstream: stripe({ apiKey: process.env.STRIPE_KEY })
    upstream: upstream({ source: 'example', mode: 'test', fetch: entitlementsOf, catalogue: () => catalogue }),
    store: memory(),
    basePath: '/api/plangate',
    customer: (request) => customerOf(request.headers.get('cookie')),
  });

// One for the process: Next loads this module once for each of its bundles.
const shared = globalThis as { plangateServer?: PlangateServer };

export const entitlements = (shared.plangateServer ??= make());
