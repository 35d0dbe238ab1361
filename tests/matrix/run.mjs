#!/usr/bin/env node
// The package matrix: the packed tarball, used as an application would, in each tool and runtime that the README names.
//   node tests/matrix/run.mjs [--only NAME,…] [--short] [--list] [--markdown]
// `--short`: what is quick. `--markdown`: everything, and the README's table is written from what passed. Needs a built dist/.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { pack } from '../package/project.mjs';
import { withApplications } from './lib/project.mjs';
import { namedInReadme, writeTable } from './lib/table.mjs';
import { rows } from './rows/index.mjs';

const OPTIONS = {
  only: { type: 'string' },
  short: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
};

function selected({ only, short }) {
  if (only === undefined) return rows.filter((row) => !short || row.short);
  const names = only.split(',');
  const unknown = names.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) throw new Error(`no such row: ${unknown.join(', ')} (see --list)`);
  return rows.filter(({ name }) => names.includes(name));
}

/** Runs one row; answers it with the version that was tested, or undefined. */
async function runRow(row, makeApplication) {
  const since = performance.now();
  const tell = (verdict, what) =>
    console.log(
      `${verdict.padEnd(4)} ${row.name.padEnd(16)} ${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s  ${what}`,
    );
  try {
    const version = await row.run(makeApplication(row.name), row.name);
    tell('ok', version);
    return { ...row, version };
  } catch (error) {
    tell('FAIL', `\n${error.message}`);
    return row;
  }
}

async function runAll(chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-matrix-'));
  const done = [];
  try {
    const tarball = await pack(folder);
    for (const group of new Set(chosen.map((row) => row.group))) {
      const ofGroup = chosen.filter((row) => row.group === group);
      const since = performance.now();
      await withApplications(group, tarball, async (makeApplication) => {
        console.log(`     ${group}: installed in ${((performance.now() - since) / 1000).toFixed(1)} s`);
        for (const row of ofGroup) done.push(await runRow(row, makeApplication));
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return done;
}

/** The README must not promise a row that is gone, nor leave one out. */
function readmeNamesAll() {
  const same = namedInReadme().join('\n') === rows.map(({ tool }) => tool).join('\n');
  console.log(same ? "ok   the README's table" : "FAIL the README's table is of other rows: run with --markdown");
  return same;
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.list) return console.log(rows.map(({ name }) => name).join('\n'));
  if (values.markdown && (values.only || values.short)) throw new Error('--markdown is of the whole matrix');
  const done = await runAll(selected(values));
  const verdicts = done.map(({ version }) => version !== undefined);
  if (values.markdown && verdicts.every(Boolean)) await writeTable(done);
  if (!values.only) verdicts.push(readmeNamesAll());
  const failed = verdicts.filter((passed) => !passed).length;
  console.log(`${verdicts.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.log(`FAIL ${error.message}\n0 passed, 1 failed`);
  process.exitCode = 1;
}
