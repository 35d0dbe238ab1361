// Renders each page for one request, as a server would.
import { createPlangateSync } from 'plangate';
import { renderClient } from 'plangate/ssr';
import type { PageState } from 'plangate/ssr';
import { plangate } from 'plangate/vue';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { render as renderSvelte } from 'svelte/server';
import { createSSRApp } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';

import { Page as LatePage } from './late-page';
import { Page as ReactPage } from './react-page';
import SveltePage from './SveltePage.svelte';
import { Page as VuePage } from './vue-page';

export async function render(framework: string, state: PageState): Promise<string> {
  using gate = renderClient(createPlangateSync, state);
  if (framework === 'vue') return renderVue(createSSRApp(VuePage).use(plangate, { gate }));
  if (framework === 'late') return renderToString(<LatePage gate={gate} />);
  if (framework === 'svelte') return renderSvelte(SveltePage, { props: { gate } }).body;
  return renderToString(
    <StrictMode>
      <ReactPage gate={gate} />
    </StrictMode>,
  );
}
