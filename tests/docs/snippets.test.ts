// Short examples that print nothing, each with a look at what it did.
import { expect, test } from 'vitest';

import { run } from './program.js';

const LIST = `{ plangate: 1, customer: 'cus_1', source: 'own', asOf: Date.now(), entitlements: [{ id: 'e1', featureKey: 'sso' }] }`;

test('docs/telemetry.md: to OpenTelemetry', async () => {
  const before = `import { logs } from '@opentelemetry/api-logs';
    import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
    globalThis.exporter = new InMemoryLogRecordExporter();
    logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
    globalThis.fetch = async () => Response.json(${LIST});`;
  const after = `gate.hasFeature('sso'); gate.hasFeature('none');
    console.log(JSON.stringify(exporter.getFinishedLogRecords().map(({ eventName, attributes }) =>
      [eventName, attributes['feature_flag.key'], attributes['feature_flag.result.variant']])));`;
  const event = 'feature_flag.evaluation';
  expect(await run('docs/telemetry.md', 'toLogger', { before, after })).toEqual([
    [event, 'sso', 'on'],
    [event, 'none', 'off'],
  ]);
});

test('docs/openfeature.md: on servers', async () => {
  const before = `import { createServer, memory, upstream } from 'plangate/server';
    globalThis.server = createServer({ upstream: upstream({ source: 'own', fetch: () => (${LIST}) }),
      store: memory(), customer: () => null, reconcile: false, logger: null });
    globalThis.told = []; globalThis.showSso = () => told.push('sso');`;
  const after = `console.log(JSON.stringify([told, await flags.getBooleanValue('other', false, { targetingKey: 'cus_1' })]));`;
  expect(await run('docs/openfeature.md', 'server-sdk', { before, after })).toEqual([['sso'], false]);
});
