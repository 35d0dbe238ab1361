import { createPlangate } from 'plangate';
import { hydrate, readState } from 'plangate/ssr';
import { hydrateRoot } from 'react-dom/client';

import { Page } from './late-page';

const gate = await hydrate(createPlangate, readState());
hydrateRoot(document.querySelector('#root')!, <Page gate={gate} />);
