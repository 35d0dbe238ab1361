// Checks the documentation: links, the types of all examples, data blocks, and that every example was run. Needs a built
// dist/. The examples are run by the tests of this folder, which note what they run (ran.mjs); a block that nobody noted
// and that not-run.mjs does not name fails. `--no-runs` leaves the running out.
import { rmSync } from 'node:fs';

import { parse as parseYaml } from 'yaml';

import { path } from '../../tools/lib/process.mjs';
import { vitest } from '../../tools/lib/vitest.mjs';
import { programFolder, programsOf, typeErrors, writePrograms } from './examples.mjs';
import { checkLinks, unreachable } from './links.mjs';
import { NOT_RUN } from './not-run.mjs';
import { blocksOf, pages } from './pages.mjs';
import { notes } from './ran.mjs';

/** Language -> a reader that throws at what is malformed. */
const READERS = { json: JSON.parse, yaml: parseYaml, yml: parseYaml };
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

const blocks = all.flatMap(blocksOf);
let data = 0;
for (const block of blocks) {
  const read = READERS[block.language];
  if (!read) continue;
  data += 1;
  try {
    read(block.text);
  } catch (error) {
    wrong.push(`${block.page}:${block.line}: ${error.message}`);
  }
}

/** Runs the tests of this folder; answers how many passed, and the blocks that they have not run. */
async function runExamples() {
  const { result, has } = await notes((env) =>
    vitest('docs', { env }, '--config', path('tests', 'docs', 'vitest.config.ts')),
  );
  if (result.code !== 0) {
    wrong.push(`the examples' tests failed:\n${result.output}`);
    return result.counts?.passed ?? 0;
  }
  const reasons = NOT_RUN.map((one) => ({ ...one, used: false }));
  for (const block of blocks) {
    const reason = reasons.find(({ page, has: text }) => page === block.page && block.text.includes(text));
    if (reason) reason.used = true;
    const place = `${block.page}:${block.line}`;
    if (reason && has(block)) wrong.push(`${place}: is run: remove it from tests/docs/not-run.mjs`);
    if (!reason && !has(block))
      wrong.push(`${place}: no test runs this example: run it in tests/docs, or say why not in tests/docs/not-run.mjs`);
  }
  for (const { page, has: text, used } of reasons)
    if (!used) wrong.push(`tests/docs/not-run.mjs: ${page} has no block with ${text}`);
  return result.counts.passed;
}

const ran = process.argv.includes('--no-runs') ? 0 : await runExamples();
for (const line of wrong) console.log(`FAIL ${line}`);
const examples = programs.flatMap(({ parts }) => parts).length;
console.log(
  `${checked} links, ${blocks.length} blocks: ${examples} typed, ${data} data, ${NOT_RUN.length} not run, for a reason`,
);
const checks = checked + examples + data + blocks.length;
console.log(`${ran + checks - Math.min(wrong.length, checks)} passed, ${wrong.length} failed`);
process.exitCode = wrong.length === 0 && examples > 0 ? 0 : 1;
