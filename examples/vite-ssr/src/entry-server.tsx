import { createPlangateSync } from 'plangate';
import { PlangateProvider } from 'plangate/react';
import { renderClient } from 'plangate/ssr';
import type { PageState } from 'plangate/ssr';
import { renderToString } from 'react-dom/server';

import { App } from './App';

/** The page of one request: a client of its own, which answers for that customer at that moment. */
export function render(state: PageState): string {
  const gate = renderClient(createPlangateSync, state);
  try {
    return renderToString(
      <PlangateProvider gate={gate}>
        <App />
      </PlangateProvider>,
    );
  } finally {
    gate.dispose();
  }
}
