// An ES module that asks each of the client's entries.
import * as plangate from 'plangate';
import * as inline from 'plangate/inline';
import * as js from 'plangate/js';

import { ask } from './ask.mjs';

for (const [name, entry] of Object.entries({ plangate, 'plangate/inline': inline, 'plangate/js': js })) {
  console.log(`${name}: ${await ask(entry)}`);
}
