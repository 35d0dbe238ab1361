// vitest as a part of the test suites.
import { mkdirSync, readFileSync } from 'node:fs';

import { path, run } from './process.mjs';

/**
 * Runs tests; `name` names its report, `options` are those of the process. vitest writes its counts to that file, so that
 * nothing is guessed from coloured text.
 * @returns {Promise<{code: number, output: string, counts?: {passed: number, failed: number}}>}
 */
export async function vitest(name, options, ...args) {
  const report = path('build', 'reports', `${name}.json`);
  mkdirSync(path('build', 'reports'), { recursive: true });
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
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { ...result, counts: { passed: numPassedTests, failed: numFailedTests } };
  } catch {
    return result;
  }
}
