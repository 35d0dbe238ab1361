import { headers } from 'next/headers';
import { pageState } from 'plangate/ssr';

import { customerOf } from '../lib/customer';
import { entitlements } from '../lib/entitlements';
import { Panel } from './panel';
import { Providers } from './providers';

/** A server component: what only the server may tell is decided here; the rest goes to the page with its list. */
export default async function Page() {
  const customer = customerOf((await headers()).get('cookie')) ?? 'guest';
  const gate = await entitlements.for(customer);
  const state = pageState(gate);
  const figures = gate.hasFeature('reports') ? 'Revenue: 1,204' : null;
  gate.dispose();
  return (
    <main id="root">
      <h1>Reports</h1>
      {figures && <p id="figures">{figures}</p>}
      <Providers state={state}>
        <Panel />
      </Providers>
    </main>
  );
}
