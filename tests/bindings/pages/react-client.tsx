// The engine is inside the script here: the page hydrates in the first task, and nothing is waited for.
import { createPlangateSync } from 'plangate/inline';
import { hydrateSync, readState } from 'plangate/ssr';
import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';

import { Page } from './react-page';

const gate = hydrateSync(createPlangateSync, readState());
hydrateRoot(
  document.querySelector('#root')!,
  <StrictMode>
    <Page gate={gate} />
  </StrictMode>,
);
