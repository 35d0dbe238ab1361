#!/usr/bin/env node
// Measures what bench/README.md describes. `--only <group>[,<group>]` runs those, `--list` names them, `--json <file>`
// writes all numbers, `--markdown <file>` a dated page, `--compare` adds other SDKs, `--quick` takes fewer rounds.
// Over budget is printed and is no failure; a wrong answer is.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { machine } from './lib/machine.mjs';
import { markdown, print } from './lib/report.mjs';
import { stage } from './lib/work.mjs';

/** Group -> what it is about. */
const GROUPS = {
  hot: 'Questions asked over and over',
  load: 'A new list, bytes to answers',
  cold: 'Cold start to the first decision, 220 entitlements',
  server: 'Many customers held: 10,000 with 20 entitlements each',
  serve: 'A server under load, over HTTP on loopback',
  consume: 'Metered use, counted in each database',
  provider: 'The local provider with 10,000 customers (median, least, 99 %)',
  native: 'The same core natively, beside WebAssembly',
  size: 'Size of each entry',
};

/** What was asked for; throws at a word it does not know, so that a typing error does not cost minutes. */
function optionsOf(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string' },
      list: { type: 'boolean' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      compare: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  const names = values.only?.split(',') ?? Object.keys(GROUPS);
  const unknown = names.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) throw new Error(`no such group: ${unknown.join(', ')} (see --list)`);
  return { ...values, names };
}

async function main(options) {
  if (options.list) {
    console.log(Object.keys(GROUPS).join('\n'));
    return;
  }
  const settings = { quick: options.quick, compare: options.compare };
  stage();
  const result = { machine: machine(), groups: [] };
  console.log(Object.values(result.machine).join(', '));
  for (const name of options.names) {
    const { rows } = await import(`./groups/${name}.mjs`);
    const group = { name, title: GROUPS[name], rows: await rows(settings) };
    result.groups.push(group);
    print(group);
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.markdown) writeFileSync(options.markdown, markdown(result));
}

try {
  await main(optionsOf(process.argv.slice(2)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
