#!/usr/bin/env node
// Runs every test suite and ends with the line `N passed, N failed`. `--only <suite>[,<suite>]` runs those (and what they
// need); `--list` names them.
import { parseArgs } from 'node:util';

import { lanes } from './suites.mjs';

/** What a result counts as: a suite that counts nothing is one test; a failing one never counts as all passed. */
function countsOf({ count }, { code, output, counts = count?.(output) }) {
  if (!counts || counts.passed + counts.failed === 0)
    return { passed: code === 0 && !count ? 1 : 0, failed: code === 0 && !count ? 0 : 1 };
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`.padStart(8);

/** The lanes with only the suites named in `only`, and what they need. */
function selected(only) {
  if (only === undefined) return lanes;
  const all = lanes.flat();
  const names = only.split(',');
  const unknown = names.filter((name) => !all.some((suite) => suite.name === name));
  if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')} (see --list)`);
  const wanted = new Set(names.flatMap((name) => [name, all.find((suite) => suite.name === name).needs]));
  return lanes.map((lane) => lane.filter(({ name }) => wanted.has(name)));
}

/** Runs one suite, prints its line, and what went wrong. Answers `{passed, failed, titles}`. */
async function runSuite(suite, done) {
  const since = performance.now();
  const ready = !suite.needs || done.get(suite.needs);
  const result = ready ? await suite.run() : { code: 1, output: `not run: ${suite.needs} failed` };
  const { passed, failed } = countsOf(suite, result);
  done.set(suite.name, failed === 0);
  console.log(
    `${failed === 0 ? 'ok  ' : 'FAIL'} ${suite.name.padEnd(19)} ${seconds(since)}  ${passed} passed, ${failed} failed`,
  );
  if (failed > 0) console.log(`${result.output.trimEnd()}\n`);
  const titles = failed > 0 ? (result.failed ?? ['']).map((title) => `${suite.name} ${title}`.trimEnd()) : [];
  return { passed, failed, titles };
}

async function runLane(suites) {
  const done = new Map();
  const results = [];
  for (const suite of suites) results.push(await runSuite(suite, done));
  return results;
}

async function runAll(suites) {
  const started = performance.now();
  const results = (await Promise.all(suites.map(runLane))).flat();
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  const titles = results.flatMap((result) => result.titles);
  // Once more at the end, where one looks first.
  if (titles.length > 0) console.log(`\nfailed:\n${titles.map((title) => `  ${title}`).join('\n')}`);
  console.log(`\nall suites: ${seconds(started).trim()}`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

try {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
  if (values.list) for (const { name } of lanes.flat()) console.log(name);
  else await runAll(selected(values.only));
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
