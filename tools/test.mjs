#!/usr/bin/env node
// Runs every test suite in order and ends with the line `N passed, N failed`.
// `--only <suite>[,<suite>]` runs those (and what they need); `--list` names them.
import { suites } from './suites.mjs';

/** What a result counts as: a suite that counts nothing is one test; a failing one never counts as all passed. */
function countsOf({ count }, { code, output, counts = count?.(output) }) {
  if (!counts || counts.passed + counts.failed === 0)
    return { passed: code === 0 && !count ? 1 : 0, failed: code === 0 && !count ? 0 : 1 };
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`.padStart(8);

async function runSuite(suite, done) {
  if (suite.needs && !done.get(suite.needs)) return { code: 1, output: `not run: ${suite.needs} failed` };
  return suite.run();
}

function selected(argv) {
  const at = argv.indexOf('--only');
  if (at < 0) return suites;
  const names = (argv[at + 1] ?? '').split(',');
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')} (see --list)`);
  const wanted = new Set(names.flatMap((name) => [name, suites.find((suite) => suite.name === name).needs]));
  return suites.filter(({ name }) => wanted.has(name));
}

async function main(argv) {
  if (argv.includes('--list')) {
    console.log(suites.map(({ name }) => name).join('\n'));
    return;
  }
  const total = { passed: 0, failed: 0 };
  const done = new Map();
  const started = performance.now();
  for (const suite of selected(argv)) {
    const since = performance.now();
    const result = await runSuite(suite, done);
    const { passed, failed } = countsOf(suite, result);
    done.set(suite.name, failed === 0);
    total.passed += passed;
    total.failed += failed;
    console.log(
      `${failed === 0 ? 'ok  ' : 'FAIL'} ${suite.name.padEnd(16)} ${seconds(since)}  ${passed} passed, ${failed} failed`,
    );
    if (failed > 0) console.log(`${result.output.trimEnd()}\n`);
  }
  console.log(`\nall suites: ${seconds(started).trim()}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
