// vitest as a part of the test suites. Its report is read as JSON, so that nothing is guessed from coloured text.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';

import { path, root, run } from './process.mjs';

/** The lines of a failure message that say what was wrong; the rest is stack. */
const MESSAGE_LINES = 25;

/** One failed test, or one file that could not be run: where, its full name, and why. */
function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [{ title: file, message }] : [];
    return failed.map(({ fullName, failureMessages }) => ({
      title: `${file} > ${fullName}`,
      message: failureMessages.join('\n'),
    }));
  });
}

const told = ({ title, message }) =>
  `${title}\n${message
    .split('\n')
    .slice(0, MESSAGE_LINES)
    .map((line) => `    ${line}`)
    .join('\n')}`;

/**
 * Runs tests; `name` names its report, `options` are those of the process. Answers `{code, output, counts, failed}`: output
 * is what failed and why, or all that vitest printed when its report does not tell; failed are the titles.
 */
export async function vitest(name, options, ...args) {
  const report = path('build', 'reports', `${name}.json`);
  mkdirSync(path('build', 'reports'), { recursive: true });
  rmSync(report, { force: true });
  const result = await run(
    process.execPath,
    [
      path('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    options,
  );
  try {
    const all = JSON.parse(readFileSync(report, 'utf8'));
    const failures = failuresOf(all);
    return {
      code: result.code,
      // A run that fails without a failed test (an error nobody caught) is told only in what was printed.
      output: failures.length > 0 ? failures.map(told).join('\n\n') : result.output,
      counts: { passed: all.numPassedTests, failed: Math.max(all.numFailedTests, failures.length) },
      failed: failures.map(({ title }) => title),
    };
  } catch {
    return result;
  }
}
