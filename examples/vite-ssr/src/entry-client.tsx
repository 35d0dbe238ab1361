import { createPlangate } from 'plangate';
import { PlangateProvider } from 'plangate/react';
import { hydrate, readState } from 'plangate/ssr';
import { hydrateRoot } from 'react-dom/client';

import { App } from './App';

// The page is already there to be read, so the engine may take its time.
const gate = await hydrate(createPlangate, readState(), { url: '/entitlements' });

hydrateRoot(
  document.getElementById('root')!,
  <PlangateProvider gate={gate}>
    <App />
  </PlangateProvider>,
);
