// Short examples that print nothing, executed against what is built: each with what it takes for granted before it, and a
// look at what it did behind it.
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { transform } from 'esbuild';
import { afterAll, expect, test } from 'vitest';

import { programFolder } from './examples.mjs';
import { blocksOf, pages } from './pages.mjs';

const folder = programFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the example of a page that has this text in it; answers what `after` printed. */
async function run(name: string, has: string, before: string, after: string): Promise<unknown> {
  const page = pages().find((one) => one.name === name)!;
  const found = blocksOf(page).filter(({ language, text }) => language === 'ts' && text.includes(has));
  expect(found, `${name}: the example with ${has}`).toHaveLength(1);
  const { code } = await transform(found[0]!.text, { loader: 'ts', format: 'esm' });
  writeFileSync(join(folder, 'given.mjs'), before);
  writeFileSync(join(folder, 'main.mjs'), `import './given.mjs';\n${code}\n${after}\nprocess.exit(0);\n`);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.mjs')]);
  return JSON.parse(stdout);
}

const LIST = `{ plangate: 1, customer: 'cus_1', source: 'own', asOf: Date.now(), entitlements: [{ id: 'e1', featureKey: 'sso' }] }`;

test('docs/telemetry.md: to OpenTelemetry', { timeout: 60_000 }, async () => {
  const before = `import { logs } from '@opentelemetry/api-logs';
    import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
    globalThis.exporter = new InMemoryLogRecordExporter();
    logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
    globalThis.fetch = async () => Response.json(${LIST});`;
  const after = `gate.hasFeature('sso'); gate.hasFeature('none');
    console.log(JSON.stringify(exporter.getFinishedLogRecords().map(({ eventName, attributes }) =>
      [eventName, attributes['feature_flag.key'], attributes['feature_flag.result.variant']])));`;
  const event = 'feature_flag.evaluation';
  expect(await run('docs/telemetry.md', 'toLogger', before, after)).toEqual([
    [event, 'sso', 'on'],
    [event, 'none', 'off'],
  ]);
});

test('docs/openfeature.md: on servers', { timeout: 60_000 }, async () => {
  const before = `import { createServer, memory, upstream } from 'plangate/server';
    globalThis.server = createServer({ upstream: upstream({ source: 'own', fetch: () => (${LIST}) }),
      store: memory(), customer: () => null, reconcile: false, logger: null });
    globalThis.told = []; globalThis.showSso = () => told.push('sso');`;
  const after = `console.log(JSON.stringify([told, await flags.getBooleanValue('other', false, { targetingKey: 'cus_1' })]));`;
  expect(await run('docs/openfeature.md', 'server-sdk', before, after)).toEqual([['sso'], false]);
});
