// A worker that answers one line.
import * as plangate from 'plangate';

import { ask } from './ask.mjs';

export default {
  async fetch() {
    return new Response(await ask(plangate).catch((error) => String(error?.stack)));
  },
};
