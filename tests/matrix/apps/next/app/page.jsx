// A server component: asks on the server, and hands the list over to the page's own client.
import { cookies } from 'next/headers';
import { pageState } from 'plangate/ssr';

import { customerOf, entitlements } from '../entitlements.mjs';
import { Entitled } from './entitled';
import { Sso } from './sso';

export default async function Page() {
  const gate = await entitlements.for(customerOf(await cookies()) ?? 'guest');
  const state = pageState(gate);
  const users = gate.check('max_users').reason;
  gate.dispose();
  return (
    <main id="root">
      <p>max_users: {users}.</p>
      <Entitled state={state}>
        <Sso />
      </Entitled>
    </main>
  );
}
