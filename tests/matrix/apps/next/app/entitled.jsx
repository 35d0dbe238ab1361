'use client';

import { createPlangateSync } from 'plangate/inline';
import { PlangateProvider } from 'plangate/react';
import { hydrateSync, renderClient } from 'plangate/ssr';
import { useState } from 'react';

/** The client for the components below: of this render on the server, of the page in the browser. */
export function Entitled({ state, children }) {
  const [gate] = useState(() =>
    typeof window === 'undefined'
      ? renderClient(createPlangateSync, state)
      : hydrateSync(createPlangateSync, state, { url: '/api/entitlements' }),
  );
  return <PlangateProvider gate={gate}>{children}</PlangateProvider>;
}
