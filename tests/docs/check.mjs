// Checks the documentation: links, types of all examples, data blocks. Needs a built dist/, whose types the examples are
// checked against. What is executed is in runs.test.ts.
import { rmSync } from 'node:fs';

import { parse as parseYaml } from 'yaml';

import { programFolder, programsOf, typeErrors, writePrograms } from './examples.mjs';
import { checkLinks, unreachable } from './links.mjs';
import { blocksOf, pages } from './pages.mjs';

/** Language -> a reader that throws at what is malformed. */
const READERS = { json: JSON.parse, yaml: parseYaml, yml: parseYaml };
/** Blocks that hold nothing to check here, each with the reason. */
const UNREAD = {
  '': 'plain text',
  text: 'plain text',
  http: 'a request or answer as it looks',
  sh: 'commands for a shell',
  dockerfile: 'needs a registry',
  cpp: 'compiled by tests/consumer',
  cmake: 'run by tests/consumer',
  html: 'shown in browsers by tests/bindings and tests/e2e',
  vue: 'compiled by tests/bindings',
  svelte: 'compiled by tests/bindings',
  dts: 'written and compiled by tests/cli/types.test.ts',
  ini: 'a settings file of another program',
};

const all = pages();
const wrong = [];
const { checked, wrong: broken } = checkLinks(all);
wrong.push(...broken, ...unreachable(all).map((name) => `${name}: no page leads to it`));

const folder = programFolder();
const programs = programsOf(all, folder);
try {
  writePrograms(programs);
  wrong.push(...typeErrors(programs));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const examples = programs.flatMap(({ parts }) => parts).length;
let data = 0;
for (const block of all.flatMap(blocksOf)) {
  const read = READERS[block.language];
  const typed = programs.some(({ parts }) =>
    parts.some(({ page, index }) => page === block.page && index === block.index),
  );
  if (!read && !typed && !(block.language in UNREAD))
    wrong.push(`${block.page}:${block.line}: no check for ${block.language}`);
  if (!read) continue;
  data += 1;
  try {
    read(block.text);
  } catch (error) {
    wrong.push(`${block.page}:${block.line}: ${error.message}`);
  }
}

for (const line of wrong) console.log(`FAIL ${line}`);
console.log(
  `${checked} links, ${examples} examples typed, ${programs.filter(({ run }) => run).length} of them run, ${data} data blocks`,
);
console.log(
  `${checked + examples + data - Math.min(wrong.length, checked + examples + data)} passed, ${wrong.length} failed`,
);
process.exitCode = wrong.length === 0 && examples > 0 ? 0 : 1;
