import { createPlangate } from 'plangate';
import { hydrate, readState } from 'plangate/ssr';
import { hydrate as hydrateSvelte } from 'svelte';

import SveltePage from './SveltePage.svelte';

const gate = await hydrate(createPlangate, readState());
hydrateSvelte(SveltePage, { target: document.querySelector('#root')!, props: { gate } });
