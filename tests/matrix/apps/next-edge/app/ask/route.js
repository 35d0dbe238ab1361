import * as plangate from 'plangate';
import * as inline from 'plangate/inline';
import { createServer, memory, upstream } from 'plangate/server';

import { ask } from '../../ask.mjs';
import list from '../../list.mjs';

// Next's edge runtime compiles no WebAssembly at run time.
export const runtime = 'edge';

const server = createServer({
  upstream: upstream({
    source: 'own',
    fetch: (customer) => ({ plangate: 1, customer, source: 'own', asOf: Date.now(), entitlements: list.data }),
  }),
  store: memory(),
  customer: (request) => new URL(request.url).searchParams.get('customer'),
  reconcile: false,
});

export async function GET(request) {
  const refused = await server.requireFeature('sso_enabled')(request);
  return refused ?? new Response([await ask(plangate), await ask(inline)].join('\n'));
}
