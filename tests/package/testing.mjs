// plangate/testing in the runners that users have, in Node's environment and in jsdom's.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';

import { must, path } from '../../tools/lib/process.mjs';

const node = process.execPath;
const source = readFileSync(path('tests', 'package', 'fixtures', 'testing.test.mjs'), 'utf8');

async function inVitest(project, environment) {
  project.write(`vitest-${environment}/testing.test.mjs`, source);
  const config = { test: { globals: true, environment, include: [`vitest-${environment}/*.test.mjs`] } };
  project.write('vitest.config.mjs', `export default ${JSON.stringify(config)};`);
  const output = await must(node, [path('node_modules', 'vitest', 'vitest.mjs'), 'run'], { cwd: project.folder });
  assert.match(output, /1 passed/);
}

async function inJest(project, environment) {
  const folder = `jest-${environment}`;
  project.write(`${folder}/testing.test.mjs`, source);
  const module = environment === 'node' ? 'node' : path('node_modules', 'jest-environment-jsdom');
  const config = {
    testEnvironment: module,
    testMatch: [`**/${folder}/*.test.mjs`],
    transform: {},
    cacheDirectory: project.path('.jest'),
  };
  const file = project.path(`${folder}.json`);
  project.write(`${folder}.json`, JSON.stringify({ ...config, rootDir: project.folder }));
  const jest = path('node_modules', 'jest', 'bin', 'jest.js');
  await must(node, ['--experimental-vm-modules', '--no-warnings', jest, '--config', file, '--runInBand', '--ci'], {
    cwd: project.folder,
  });
}

/** The React example of docs/testing.md, as a user runs it. */
async function docsExample(project) {
  const [, example] = /```tsx\n([^]+?)```/.exec(readFileSync(path('docs', 'testing.md'), 'utf8'));
  for (const name of ['react', 'react-dom', '@testing-library/react', '@testing-library/dom', 'vitest']) {
    const link = project.path('node_modules', ...name.split('/'));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(path('node_modules', ...name.split('/')), link);
  }
  project.write('docs/example.test.tsx', example);
  const config = { test: { environment: 'jsdom', include: ['docs/*.test.tsx'] } };
  project.write('vitest.config.mjs', `export default ${JSON.stringify(config)};`);
  const output = await must(node, [path('node_modules', 'vitest', 'vitest.mjs'), 'run'], { cwd: project.folder });
  assert.match(output, /1 passed/);
  assert.doesNotMatch(output, /act\(/);
}

export const testingTests = {
  'plangate/testing in Vitest': (project) => inVitest(project, 'node'),
  'plangate/testing in Vitest with jsdom': (project) => inVitest(project, 'jsdom'),
  'plangate/testing in Jest': (project) => inJest(project, 'node'),
  'plangate/testing in Jest with jsdom': (project) => inJest(project, 'jsdom'),
  'the React example of docs/testing.md': docsExample,
  /** Panels are defined in pages; their module must not need one, so that servers can import what imports it. */
  'plangate/devtools and plangate/telemetry are imported on a server': async (project) => {
    project.write(
      'observe.mjs',
      `
import { createPlangate } from 'plangate';
import { devtools } from 'plangate/devtools';
import { observe, recentDecisions } from 'plangate/telemetry';
const bootstrap = { plangate: 1, customer: 'c', source: 's', asOf: 0, entitlements: [{ featureKey: 'a' }] };
const tools = devtools();
const gate = observe(tools.connect(await createPlangate({ bootstrap, ...tools.options })));
console.log(gate.hasFeature('a'), recentDecisions(gate)[0].reason, tools.recent().length, tools.allowed);
`,
    );
    const output = await must(node, ['observe.mjs'], { cwd: project.folder });
    assert.equal(output.trim(), 'true GRANTED 2 false');
  },
};
