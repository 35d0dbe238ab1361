// Against OpenTelemetry's own packages: the names are theirs, and their logger takes our events.
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { expect, it } from 'vitest';

import { FLAG_REASONS } from '../../js/openfeature/flags.js';
import { observe, toLogger } from '../../js/telemetry/index.js';
import { client, list, row, T0 } from '../js/support.js';

const values = (prefix: string): string[] =>
  Object.entries(conventions).flatMap(([name, value]) => (name.startsWith(prefix) ? [String(value)] : []));

it("emits through OpenTelemetry's logger what its conventions name", async () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const { gate: plain } = await client({ bootstrap: list([row('sso')]) });
  const sink = toLogger(provider.getLogger('plangate'));
  const gate = observe(plain, { sink, contextId: true, now: () => T0 });
  gate.hasFeature('sso');
  gate.dispose();
  gate.hasFeature('sso');
  await provider.forceFlush();

  const records = exporter.getFinishedLogRecords();
  expect(records).toHaveLength(2);
  const { eventName, hrTime, attributes } = records[0]!;
  expect(eventName).toBe(conventions.EVENT_FEATURE_FLAG_EVALUATION);
  expect(hrTime).toEqual([T0 / 1000, 0]);
  expect(attributes[conventions.ATTR_FEATURE_FLAG_KEY]).toBe('sso');
  expect(attributes[conventions.ATTR_FEATURE_FLAG_RESULT_VARIANT]).toBe('on');

  const known = new Set([...values('ATTR_FEATURE_FLAG_'), 'error.type']);
  const used = records.flatMap((record) => Object.keys(record.attributes)).filter((name) => !/^plangate\./.test(name));
  expect(used.filter((name) => !known.has(name))).toEqual([]);
  expect(used).toHaveLength(14);
});

it('tells only reasons that the conventions know', () => {
  const known = new Set(values('FEATURE_FLAG_RESULT_REASON_VALUE_'));
  expect(known.size).toBeGreaterThan(5);
  const told = [...Object.values(FLAG_REASONS).map((reason) => reason.toLowerCase()), 'stale'];
  expect(told.filter((reason) => !known.has(reason))).toEqual([]);
});
