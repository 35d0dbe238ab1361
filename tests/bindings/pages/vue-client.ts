import { createPlangate } from 'plangate';
import { hydrate, readState } from 'plangate/ssr';
import { plangate } from 'plangate/vue';
import { createSSRApp } from 'vue';

import { Page } from './vue-page';

const gate = await hydrate(createPlangate, readState());
createSSRApp(Page).use(plangate, { gate }).mount('#root');
