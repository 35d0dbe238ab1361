// Test runners, each running a user's test of plangate/testing in jsdom.
import assert from 'node:assert/strict';

import { install } from '../lib/tools.mjs';
import { nodeOf } from './runtimes.mjs';

const FIXTURE = '../../package/fixtures/testing.test.mjs';

async function vitest(application) {
  application.take(FIXTURE, 'testing.test.mjs');
  application.write('vitest.config.mjs', "export default { test: { globals: true, environment: 'jsdom' } };\n");
  assert.match(await application.node('vitest/vitest.mjs', 'run'), /1 passed/);
  return application.version('vitest');
}

/** Jest finds its files by the nearest package.json, and keeps what it compiled beside them. */
function settings(application, type, more) {
  const jest = { testEnvironment: 'jsdom', cacheDirectory: application.path('cache'), ...more };
  application.write('package.json', JSON.stringify({ name: 'application', private: true, type, jest }));
}

const run = (application, node, ...flags) =>
  application.must(node, [...flags, application.tool('jest', 'bin', 'jest.js'), '--ci', '--runInBand']);

/** Jest's ES modules, with the Node that runs this. */
async function jestModules(application) {
  application.take(FIXTURE, 'testing.test.mjs');
  settings(application, 'module', { transform: {}, testMatch: ['**/*.test.mjs'] });
  assert.match(await run(application, process.execPath, '--experimental-vm-modules'), /1 passed/);
  return application.version('jest');
}

/** Jest as it comes, in CommonJS: from Node 24.9 on it can require() ES modules. */
async function jestCommonJs(application) {
  settings(application, 'commonjs', {});
  application.take('testing.test.cjs', 'testing.test.js');
  const node = nodeOf({ tools: await install('runtimes') }, 'node-24');
  assert.match(await run(application, node, '--experimental-vm-modules'), /1 passed/);
  return application.version('jest');
}

const row = (name, tool, needs, run) => ({ name, tool, needs, group: 'runners', run });
const FLAG = '`node --experimental-vm-modules`';

export const runners = [
  row('vitest', 'Vitest, jsdom', 'nothing', vitest),
  row('jest', 'Jest, jsdom, ES modules', FLAG, jestModules),
  row('jest-cjs', 'Jest, jsdom, CommonJS', `${FLAG} of Node.js 24.9 or newer`, jestCommonJs),
];
