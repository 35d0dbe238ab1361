// A page that asks the client which needs no WebAssembly.
import * as js from 'plangate/js';

import { ask } from './ask.mjs';

const show = (text) => {
  document.title = String(text);
};
ask(js).then(show, show);
