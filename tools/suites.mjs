// The test suites, in order. A suite answers {code, output}; how many tests it had is read from its own words.
import { mkdirSync, readdirSync } from 'node:fs';

import { path, run, withLock } from './lib/process.mjs';
import { vitest } from './lib/vitest.mjs';

const node = (file, ...args) => run(process.execPath, [path(file), ...args]);

/** For what runs beside others: the other lane gets the processor whenever it wants it. */
const patiently = (program, args) => run(program, args, { patient: true });
const patientNode = (file, ...args) => patiently(process.execPath, [path(file), ...args]);

/** Reads the last `N passed, N failed` line. */
function closingLine(output) {
  const [, passed, failed] = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed) };
}

/** Catch2 2.13's console summary. */
function catchSummary(output) {
  const all = /All tests passed \(\d+ assertions? in (\d+) test cases?\)/.exec(output);
  if (all) return { passed: Number(all[1]), failed: 0 };
  const some = /test cases:\s+\d+ \|(?:\s+(\d+) passed \|)?\s+(\d+) failed/.exec(output);
  return some ? { passed: Number(some[1] ?? 0), failed: Number(some[2]) } : undefined;
}

/** Configures (first time only) and builds a CMake preset. */
async function preset(name) {
  const configured = await patiently('cmake', ['--preset', name]);
  return configured.code === 0 ? patiently('cmake', ['--build', '--preset', name]) : configured;
}

const sanitized = () => withLock('asan-ubsan', () => preset('asan-ubsan'));

async function native(program, ...args) {
  const built = await sanitized();
  return built.code === 0 ? patiently(path('build', 'asan-ubsan', program), args) : built;
}

const FUZZ_SECONDS = 6;

async function fuzzOne(target) {
  const found = path('build', 'fuzz', 'found', target);
  const artifacts = path('build', 'fuzz', 'artifacts', '/');
  for (const folder of [found, artifacts]) mkdirSync(folder, { recursive: true });
  return patiently(path('build', 'asan-ubsan', target), [
    `-max_total_time=${FUZZ_SECONDS}`,
    '-rss_limit_mb=2048',
    '-timeout=60', // by the clock, and the other lane comes first
    '-verbosity=0',
    `-artifact_prefix=${artifacts}`,
    found,
    path('tests', 'fuzz', 'corpus', target.replace('fuzz_', '')),
  ]);
}

async function fuzz() {
  const built = await sanitized();
  if (built.code !== 0) return built;
  const targets = readdirSync(path('tests', 'fuzz'))
    .filter((name) => /^fuzz_.*\.cpp$/.test(name))
    .map((name) => name.replace('.cpp', ''));
  const results = [];
  const waiting = [...targets];
  const work = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift())
      results.push({ target, ...(await fuzzOne(target)) });
  };
  await Promise.all([work(), work()]); // a fuzzer has one thread
  const broken = results.filter(({ code }) => code !== 0);
  return {
    code: targets.length > 0 && broken.length === 0 ? 0 : 1,
    output: broken.map(({ target, output }) => `${target}\n${output}`).join('\n') || 'no fuzz targets',
    counts: { passed: results.length - broken.length, failed: broken.length || Number(targets.length === 0) },
  };
}

/**
 * What is of C++ alone: nothing in it is timed, and it needs nothing that `build` makes. It runs beside the other suites,
 * with what they leave of the processor.
 */
const nativeLane = [
  { name: 'core', run: () => native('plangate_tests'), count: catchSummary },
  { name: 'vectors', run: () => native('plangate_vectors', path('tests', 'spec')), count: closingLine },
  {
    name: 'vectors-server',
    run: () => native('plangate_vectors', path('tests', 'spec', 'server')),
    count: closingLine,
  },
  {
    name: 'vectors-billing',
    run: () => native('plangate_vectors', path('tests', 'spec', 'billing')),
    count: closingLine,
  },
  { name: 'consumer', run: () => patientNode('tests/consumer/run.mjs'), count: closingLine },
  { name: 'tidy', run: () => patientNode('tools/lint.mjs', '--tidy', '--shallow'), count: closingLine },
  { name: 'fuzz', run: fuzz },
];

/** What runs one after the other, and may count on the machine. */
const mainLane = [
  { name: 'codes', run: () => node('tools/generate-codes.mjs', '--check') },
  { name: 'lint', run: () => node('tools/lint.mjs', '--quick'), count: closingLine },
  { name: 'build', run: () => node('tools/build.mjs') },
  { name: 'types', run: () => node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json') },
  { name: 'vectors-node', needs: 'build', run: () => node('tests/spec/runner/node.mjs'), count: closingLine },
  {
    name: 'vectors-server-node',
    needs: 'build',
    run: () => node('tests/spec/runner/node-server.mjs'),
    count: closingLine,
  },
  {
    name: 'vectors-billing-node',
    needs: 'build',
    run: () => node('tests/spec/runner/node-billing.mjs'),
    count: closingLine,
  },
  { name: 'vectors-js', needs: 'build', run: () => node('tests/spec/runner/wasm2js.mjs'), count: closingLine },
  { name: 'vectors-browser', needs: 'build', run: () => node('tests/spec/runner/browser.mjs'), count: closingLine },
  { name: 'leak', needs: 'build', run: () => node('tests/spec/runner/leak.mjs') },
  { name: 'unit', needs: 'build', run: () => vitest('unit', {}) },
  {
    name: 'bindings',
    needs: 'build',
    run: () => vitest('bindings', {}, '--config', 'tests/bindings/vitest.config.ts'),
  },
  { name: 'package', needs: 'build', run: () => node('tests/package/run.mjs'), count: closingLine },
  { name: 'matrix', needs: 'build', run: () => node('tests/matrix/run.mjs', '--short'), count: closingLine },
  { name: 'docs', needs: 'build', run: () => node('tests/docs/check.mjs'), count: closingLine },
  { name: 'size', needs: 'build', run: () => node('tools/size.mjs') },
  { name: 'e2e', needs: 'build', run: () => vitest('e2e', {}, '--config', 'tests/e2e/vitest.config.ts') },
];

/**
 * The suites, lane by lane; the lanes run at the same time. `needs` names a suite of the same lane that must have passed.
 * `count` reads a suite's counts from its output; a suite without counts is one test.
 */
export const lanes = [mainLane, nativeLane];
