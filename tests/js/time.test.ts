// Time passes, answers change: by timers, and by a look at the clock where timers sleep.
import { describe, expect, it } from 'vitest';

import type { PlangateClient } from '../../js/client/api.js';
import { answers, client, DAY, list, row, SECOND, settle, T0 } from './support.js';

function log(gate: PlangateClient): string[] {
  const heard: string[] = [];
  gate.on('change', ({ granted, revoked }) => heard.push(`+${granted.join()} -${revoked.join()}`));
  gate.on('ready', () => heard.push('ready'));
  gate.on('stale', () => heard.push('stale'));
  return heard;
}

const trial = list([
  row('trial', { activeTo: T0 + 20 * SECOND }),
  row('soon', { activeFrom: T0 + 40 * SECOND }),
  row('sso'),
]);

describe('given entitlements with dates', () => {
  it('turns at the moment, tells of it, and asks no server', async () => {
    const fetch = answers(trial);
    const { gate, clock } = await client({ url: '/e', fetch });
    const heard = log(gate);
    await clock.advance(20 * SECOND - 1);
    expect([gate.hasFeature('trial'), heard]).toEqual([true, []]);
    await clock.advance(1);
    expect(gate.hasFeature('trial')).toBe(false);
    expect(gate.check('trial').reason).toBe('EXPIRED');
    await clock.advance(20 * SECOND);
    expect(gate.hasFeature('soon')).toBe(true);
    expect(heard).toEqual(['+ -trial', '+soon -']);
    expect(clock.pending).toBe(0);
    expect(fetch.calls).toHaveLength(1);
  });

  it('is right at once after a sleep, before any timer ran', async () => {
    const { gate, clock } = await client({ bootstrap: trial });
    const heard = log(gate);
    const decision = gate.check('trial');
    await settle();
    clock.sleep(60 * SECOND);
    expect([gate.hasFeature('trial'), gate.hasFeature('soon')]).toEqual([false, true]);
    expect(gate.check('trial')).not.toBe(decision);
    expect(heard).toEqual([]);
    await settle();
    expect(heard).toEqual(['+soon -trial']);
    await clock.advance(60 * SECOND);
    expect(heard).toHaveLength(1);
  });

  it('is right after a sleep for every kind of question', async () => {
    const quota = list([row('q', { type: 'static', config: { n: 9 }, activeTo: T0 + SECOND })]);
    const asked: ((gate: PlangateClient) => unknown)[] = [
      (gate) => gate.hasFeature('q'),
      (gate) => gate.check('q').allowed,
      (gate) => gate.config('q') !== null,
      (gate) => gate.value('q', 'n', 0) === 9,
      (gate) => gate.limit('q', 'n').allowed,
      (gate) => gate.explain('q').decision.allowed,
    ];
    for (const ask of asked) {
      const { gate, clock } = await client({ bootstrap: quota });
      expect(ask(gate)).toBe(true);
      await settle();
      clock.sleep(SECOND);
      expect(ask(gate)).toBe(false);
    }
  });

  it('reads the clock at most once per job', async () => {
    const { gate, clock } = await client({ bootstrap: trial });
    await settle();
    const before = clock.reads;
    for (let i = 0; i < 1000; i++) gate.hasFeature('trial');
    gate.check('sso');
    gate.limit('sso', 'n');
    expect(clock.reads - before).toBe(1);
    await settle();
    gate.hasFeature('trial');
    expect(clock.reads - before).toBe(2);
  });

  it('reads no clock and sets no timer when nothing is bound to time', async () => {
    const { gate, clock } = await client({ bootstrap: list([row('sso'), row('past', { activeTo: T0 - 1 })]) });
    await settle();
    const before = clock.reads;
    gate.hasFeature('sso');
    gate.check('past');
    await settle();
    gate.hasFeature('sso');
    expect(clock.reads).toBe(before);
    expect(clock.pending).toBe(0);
  });

  it('turns at moments farther away than a timer reaches', async () => {
    const { gate, clock } = await client({ bootstrap: list([row('year', { activeTo: T0 + 365 * DAY })]) });
    await clock.advance(364 * DAY);
    expect(gate.hasFeature('year')).toBe(true);
    const heard = log(gate);
    await clock.advance(DAY);
    expect(heard).toEqual(['+ -year']);
  });

  it('tells of a config that changes by time alone', async () => {
    const rows = [1, 9].map((n) =>
      row('q', { id: `e${n}`, type: 'static', config: { n }, ...(n === 9 && { activeTo: T0 + SECOND }) }),
    );
    const { gate, clock } = await client({ bootstrap: list(rows) });
    const changes: unknown[] = [];
    gate.on('change', ({ configChanged }) => changes.push(...configChanged));
    expect(gate.value('q', 'n', 0)).toBe(9);
    await clock.advance(SECOND);
    expect(gate.value('q', 'n', 0)).toBe(1);
    expect(changes).toEqual([{ key: 'q', field: 'n', from: 9, to: 1 }]);
  });
});

describe('given limits to the age of a list', () => {
  it('says when it is stale, once, and denies when it has expired', async () => {
    const options = { staleAfter: 10 * SECOND, expireAfter: 60 * SECOND, onExpired: { keep: 'keep' as const } };
    const { gate, clock } = await client({ bootstrap: list([row('sso'), row('keep')]), ...options });
    const heard = log(gate);
    expect(gate.check('sso').stale).toBe(false);
    await clock.advance(10 * SECOND);
    expect(gate.check('sso')).toMatchObject({ allowed: true, stale: true });
    await clock.advance(50 * SECOND);
    expect(gate.check('sso').reason).toBe('SNAPSHOT_EXPIRED');
    expect(gate.check('never-heard-of').reason).toBe('SNAPSHOT_EXPIRED');
    expect(gate.hasFeature('keep')).toBe(true);
    expect(heard).toEqual(['stale', '+ -sso']);
  });

  it('says so for an empty list too', async () => {
    const { gate, clock } = await client({ bootstrap: list([]), staleAfter: SECOND });
    const heard = log(gate);
    await clock.advance(SECOND);
    expect(heard).toEqual(['stale']);
  });

  it('is fresh again with the next list', async () => {
    const fresh = list([row('sso')], { asOf: T0 + 10 * SECOND });
    const { gate, clock } = await client({
      url: '/e',
      fetch: answers(list([row('sso')]), fresh),
      staleAfter: 10 * SECOND,
    });
    const heard = log(gate);
    await clock.advance(10 * SECOND);
    expect(gate.check('sso').stale).toBe(true);
    await gate.refresh();
    expect(gate.check('sso').stale).toBe(false);
    await clock.advance(10 * SECOND);
    expect(heard).toEqual(['stale', 'stale']);
  });
});

describe('given a framework store', () => {
  it('has a version that moves with the answers, before its subscribers hear', async () => {
    const { gate, clock } = await client({ bootstrap: trial });
    const versions: number[] = [];
    const off = gate.subscribe(() => versions.push(gate.getVersion()));
    await settle();
    versions.length = 0;
    const before = gate.getVersion();
    gate.hasFeature('sso');
    expect(gate.getVersion()).toBe(before);
    await settle();
    clock.sleep(20 * SECOND);
    gate.hasFeature('sso');
    expect(gate.getVersion()).toBeGreaterThan(before);
    expect(versions).toEqual([]);
    await settle();
    expect(versions).toEqual([gate.getVersion()]);
    off();
    await clock.advance(DAY);
    expect(versions).toHaveLength(1);
  });
});
