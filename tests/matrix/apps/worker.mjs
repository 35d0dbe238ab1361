// A worker that asks every entry of the client, and what users' tests use; answers one line for each.
import * as plangate from 'plangate';
import * as inline from 'plangate/inline';
import * as js from 'plangate/js';
import { createTestPlangate } from 'plangate/testing';

import { ask } from './ask.mjs';

async function answers() {
  const lines = [];
  for (const [name, entry] of Object.entries({ plangate, 'plangate/inline': inline, 'plangate/js': js })) {
    lines.push(`${name}: ${await ask(entry)}`);
  }
  const gate = await createTestPlangate({ features: { sso: true } });
  lines.push(`plangate/testing: ${gate.check('sso').reason}`);
  return lines.join('\n');
}

export default {
  async fetch() {
    return new Response(await answers().catch((error) => String(error?.stack)));
  },
};
