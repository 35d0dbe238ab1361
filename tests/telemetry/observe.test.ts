// What observed gates tell, how often, and that telemetry never stands in the way.
import { describe, expect, it, vi } from 'vitest';

import type { EvaluationEvent } from '../../js/telemetry/index.js';
import { clearRecentDecisions, observe, onDecision, recentDecisions } from '../../js/telemetry/index.js';
import type { ObserveOptions } from '../../js/telemetry/index.js';
import { client, DAY, list, row, settle, T0 } from '../js/support.js';

const LIST = list([
  row('sso', { activeTo: T0 + DAY }),
  row('quota', { type: 'static', config: { limitGB: 5, owner: 'jo@example.com' } }),
]);

async function observed(options: ObserveOptions = {}, more: object = {}) {
  const { gate: plain, clock } = await client({ bootstrap: LIST, ...more });
  const events: EvaluationEvent[] = [];
  const sink = (event: EvaluationEvent): unknown => events.push(event);
  return { plain, clock, events, gate: observe(plain, { sink, now: () => clock.time, ...options }) };
}

describe('given an observed gate', () => {
  it('answers as the gate it observes', async () => {
    const { gate, plain, clock } = await observed();
    expect(gate.hasFeature('sso')).toBe(true);
    expect(gate.hasFeature('reports')).toBe(false);
    expect(gate.check('sso')).toBe(plain.check('sso'));
    expect(gate.config('quota')).toBe(plain.config('quota'));
    expect(gate.value('quota', 'limitGB', 1)).toBe(5);
    expect(gate.limit('quota', 'limitGB', { used: 5 })).toEqual(plain.limit('quota', 'limitGB', { used: 5 }));
    expect(gate.limit('quota', { used: 5 })).toEqual(plain.limit('quota', { used: 5 }));
    expect([gate.ready, gate.customer, gate.info]).toEqual([true, null, plain.info]);
    expect(gate.explain('sso').text).toBe(plain.explain('sso').text);
    const heard = vi.fn();
    gate.on('change', heard);
    await clock.advance(DAY);
    expect(heard).toHaveBeenCalledOnce();
    expect(gate.hasFeature('sso')).toBe(false);
    gate.dispose();
    expect(plain.hasFeature('quota')).toBe(false);
  });

  it('tells an answer in the shape of OpenTelemetry', async () => {
    const { gate, events } = await observed();
    gate.hasFeature('sso');
    gate.hasFeature('reports');
    expect(events).toEqual([
      {
        name: 'feature_flag.evaluation',
        timestamp: T0,
        attributes: {
          'feature_flag.key': 'sso',
          'feature_flag.provider.name': 'plangate',
          'feature_flag.result.reason': 'static',
          'feature_flag.result.variant': 'on',
          'feature_flag.result.value': true,
          'feature_flag.set.id': 'test/live',
          'feature_flag.version': '2026-01-01T00:00:00.000Z',
          'plangate.reason': 'GRANTED',
          'plangate.question': 'hasFeature',
        },
      },
      expect.objectContaining({
        attributes: expect.objectContaining({
          'feature_flag.key': 'reports',
          'feature_flag.result.reason': 'disabled',
          'feature_flag.result.variant': 'off',
          'feature_flag.result.value': false,
          'plangate.reason': 'NOT_ENTITLED',
        }) as unknown,
      }),
    ]);
  });

  it('says what is an error, stale, overridden, or a field', async () => {
    const { gate, plain, events } = await observed({ every: 'evaluation' }, { staleAfter: 1 });
    gate.configure({ staleAfter: 1 });
    plain.configure({ overrides: { sso: false } });
    gate.check('sso');
    gate.limit('quota', 'limitGB', { used: 9 });
    gate.value('quota', 'limitGB', 1);
    gate.config('quota');
    const told = events.map(({ attributes: a }) => [a['feature_flag.key'], a['plangate.reason'], a['plangate.field']]);
    expect(told).toEqual([
      ['sso', 'OVERRIDE', undefined],
      ['quota', 'LIMIT_REACHED', 'limitGB'],
      ['quota:limitGB', 'GRANTED', undefined],
      ['quota:', 'GRANTED', undefined],
    ]);
    gate.dispose();
    gate.hasFeature('sso');
    expect(events.at(-1)!.attributes).toMatchObject({
      'feature_flag.result.reason': 'error',
      'error.type': 'provider_not_ready',
    });
  });

  it('says that a list grew old', async () => {
    const { gate, events, clock } = await observed({}, { staleAfter: 1000 });
    await clock.advance(1000);
    gate.hasFeature('sso');
    expect(events[0]!.attributes['feature_flag.result.reason']).toBe('stale');
  });

  it('tells nothing that names the customer and no config, unless asked', async () => {
    const quiet = await observed();
    quiet.gate.config('quota');
    quiet.gate.value('quota', 'owner', '');
    quiet.gate.hasFeature('sso');
    expect(JSON.stringify(quiet.events)).not.toMatch(/cus_1|example\.com/);

    const loud = await observed({ contextId: true, values: true });
    loud.gate.config('quota');
    loud.gate.value('quota', 'owner', '');
    expect(
      loud.events.map(({ attributes: a }) => [a['feature_flag.context.id'], a['feature_flag.result.value']]),
    ).toEqual([
      ['cus_1', '{"limitGB":5,"owner":"jo@example.com"}'],
      ['cus_1', 'jo@example.com'],
    ]);

    const hashed = await observed({ contextId: (customer) => `#${customer.length}` });
    hashed.gate.hasFeature('sso');
    expect(hashed.events[0]!.attributes['feature_flag.context.id']).toBe('#5');
  });

  it('tells an answer once until answers change, or each time when asked to', async () => {
    const { gate, events, clock } = await observed();
    for (let i = 0; i < 60; i++) gate.hasFeature('sso');
    expect(events).toHaveLength(1);
    await clock.advance(DAY);
    for (let i = 0; i < 60; i++) gate.hasFeature('sso');
    expect(events.map(({ attributes: a }) => a['plangate.reason'])).toEqual(['GRANTED', 'EXPIRED']);

    const each = await observed({ every: 'evaluation' });
    for (let i = 0; i < 60; i++) each.gate.hasFeature('sso');
    expect(each.events).toHaveLength(60);
  });

  it('samples', async () => {
    const part = await observed({ every: 'evaluation', sample: 0.25 });
    for (let i = 0; i < 4000; i++) part.gate.hasFeature('sso');
    // Binomial: 1000 with a deviation of 27; five of them either way.
    expect(part.events.length).toBeGreaterThan(860);
    expect(part.events.length).toBeLessThan(1140);
    const chosen = await observed({ sample: ({ allowed }) => !allowed });
    chosen.gate.hasFeature('sso');
    chosen.gate.hasFeature('reports');
    expect(chosen.events.map(({ attributes: a }) => a['feature_flag.key'])).toEqual(['reports']);
    expect(recentDecisions(chosen.gate)).toHaveLength(2);
    expect(() => observe(chosen.plain, { sample: 2 })).toThrow(RangeError);
    expect(() => observe(chosen.plain, { keep: -1 })).toThrow(RangeError);
  });

  it('keeps the last decisions, and tells listeners', async () => {
    const { gate, plain } = await observed({ every: 'evaluation', keep: 3 });
    const heard = vi.fn();
    const stop = onDecision(gate, heard);
    for (const key of ['a', 'b', 'c', 'd']) gate.hasFeature(key);
    expect(recentDecisions(gate).map(({ key }) => key)).toEqual(['b', 'c', 'd']);
    expect(recentDecisions(gate)[0]).toEqual({
      at: T0,
      question: 'hasFeature',
      key: 'b',
      allowed: false,
      reason: 'NOT_ENTITLED',
      stale: false,
    });
    stop();
    gate.hasFeature('e');
    expect(heard).toHaveBeenCalledTimes(4);
    clearRecentDecisions(gate);
    expect(recentDecisions(gate)).toEqual([]);
    plain.hasFeature('f');
    expect([recentDecisions(gate), recentDecisions(plain)]).toEqual([[], []]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])('goes on answering when the sink %s', async (_, sink) => {
    const faults: unknown[] = [];
    const { gate } = await observed({ sink, every: 'evaluation', onError: (thrown) => faults.push(thrown) });
    expect([gate.hasFeature('sso'), gate.hasFeature('sso')]).toEqual([true, true]);
    await settle();
    expect(faults).toHaveLength(2);

    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { gate: silent } = await observed({ sink, every: 'evaluation' });
    expect([silent.hasFeature('sso'), silent.hasFeature('sso')]).toEqual([true, true]);
    await settle();
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
