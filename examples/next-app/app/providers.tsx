'use client';

import { createPlangateSync } from 'plangate/inline';
import { PlangateProvider } from 'plangate/react';
import { pageClient } from 'plangate/ssr';
import type { PageState } from 'plangate/ssr';
import type { ReactNode } from 'react';

/** Runs on the server and in the page: both answer from the same list, at the same moment. */
export function Providers({ state, children }: { state: PageState; children: ReactNode }) {
  const gate = pageClient(createPlangateSync, state, { url: '/api/plangate/entitlements' });
  return <PlangateProvider gate={gate}>{children}</PlangateProvider>;
}
