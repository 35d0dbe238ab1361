// The client that users test with: what it is told, it answers by the real rules.
import { describe, expect, it, vi } from 'vitest';

import { START, TestClock } from '../../js/testing/clock.js';
import { entitlement, metered } from '../../js/testing/features.js';
import { createTestPlangate, DAY } from './support.js';

describe('given features', () => {
  it('answers at once, by the real rules', async () => {
    const gate = await createTestPlangate({
      features: {
        sso: true,
        reports: false,
        audit: null,
        seats: { limit: 5 },
        calls: metered({ limit: 100, used: 100 }),
        soft: metered({ limit: 100, used: 130, soft: true }),
        old: entitlement({ status: 'expired' }),
        soon: entitlement({ startsIn: DAY }),
        storage: [entitlement({ config: { gb: 5 } }), entitlement({ config: { gb: 20 } })],
      },
    });
    const reasons = ['sso', 'reports', 'audit', 'seats', 'calls', 'soft', 'old', 'soon', 'storage', 'unknown'].map(
      (key) => gate.check(key).reason,
    );
    expect(reasons).toEqual([
      'GRANTED',
      'NOT_ENTITLED',
      'NOT_ENTITLED',
      'GRANTED',
      'LIMIT_REACHED',
      'SOFT_LIMIT_EXCEEDED',
      'EXPIRED',
      'NOT_YET_ACTIVE',
      'GRANTED',
      'NOT_ENTITLED',
    ]);
    expect(gate.limit('seats', 'limit', { used: 4 }).allowed).toBe(true);
    expect(gate.limit('seats', 'limit', { used: 5 })).toMatchObject({ allowed: false, reason: 'LIMIT_REACHED' });
    expect(gate.limit('soft')).toMatchObject({ allowed: true, limit: 100, used: 130 });
    expect(gate.value('storage', 'gb', 0)).toBe(20);
    expect(gate.info).toMatchObject({ customer: 'cus_test', source: 'test', mode: 'live', asOf: START });
  });

  it('takes the options of the rules, and refuses wrong ones', async () => {
    const rows = [entitlement({ config: { gb: 5 } }), entitlement({ config: { gb: 20 } })];
    const gate = await createTestPlangate({ features: { storage: rows }, merge: { storage: { gb: 'sum' } } });
    expect(gate.value('storage', 'gb', 0)).toBe(25);
    await expect(createTestPlangate({ staleAfter: -1 })).rejects.toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    await expect(createTestPlangate({ now: new Date('nonsense') })).rejects.toThrow(RangeError);
  });

  it('has a catalogue for upgrade prompts', async () => {
    const products = [{ id: 'prod_pro', name: 'Pro', features: [{ key: 'sso' }] }];
    const gate = await createTestPlangate({ catalogue: { products } });
    expect(gate.unlocks('sso')[0]?.name).toBe('Pro');
  });

  it('tells changes, and only what changed', async () => {
    const gate = await createTestPlangate({ features: { sso: true, seats: { limit: 5 } } });
    const heard = vi.fn();
    gate.on('change', heard);
    await gate.test.set({ sso: false, audit: true, seats: { limit: 9 } });
    expect(heard).toHaveBeenCalledOnce();
    expect(heard.mock.calls[0]![0]).toMatchObject({
      granted: ['audit'],
      revoked: ['sso'],
      configChanged: [{ key: 'seats', field: 'limit', from: 5, to: 9 }],
    });
  });
});

describe('given time', () => {
  it('ends a trial, and tells so', async () => {
    const gate = await createTestPlangate({ features: { sso: true, pro: entitlement({ endsIn: 14 * DAY }) } });
    const revoked: string[] = [];
    gate.on('change', (diff) => revoked.push(...diff.revoked));
    await gate.test.advance(14 * DAY - 1);
    expect(gate.hasFeature('pro')).toBe(true);
    await gate.test.advance(1);
    expect([gate.check('pro').reason, revoked]).toEqual(['EXPIRED', ['pro']]);
  });

  it('goes to the end of a trial', async () => {
    const gate = await createTestPlangate({
      features: { sso: true, a: entitlement({ endsIn: DAY }), b: entitlement({ endsIn: 2 * DAY }) },
    });
    await gate.test.trialEnd();
    expect([gate.hasFeature('a'), gate.hasFeature('b')]).toEqual([false, true]);
    await gate.test.trialEnd('b');
    expect([gate.hasFeature('b'), gate.test.clock.now()]).toEqual([false, START + 2 * DAY]);
    await expect(gate.test.trialEnd('sso')).rejects.toThrow('Nothing of "sso" changes with time.');
  });

  it('is right after a sleep', async () => {
    const gate = await createTestPlangate({
      features: { pro: entitlement({ endsIn: DAY }) },
      now: new Date('2030-02-01'),
    });
    gate.test.clock.sleep(2 * DAY);
    expect(gate.hasFeature('pro')).toBe(false);
  });

  it('never goes back, whoever else moves it meanwhile', async () => {
    const clock = new TestClock(0);
    clock.setTimeout(() => clock.sleep(1000), 10);
    await clock.advance(20);
    expect(clock.now()).toBe(1010);
    await Promise.all([clock.advance(500), clock.advance(5)]);
    expect(clock.now()).toBe(1510);
  });

  it('runs timers in order, and those that they start', async () => {
    const clock = new TestClock(0);
    const ran: [string, number][] = [];
    clock.setTimeout(() => ran.push(['late', clock.now()]), 20);
    clock.setTimeout(() => {
      ran.push(['early', clock.now()]);
      clock.setTimeout(() => ran.push(['started', clock.now()]), 5);
    }, 10);
    clock.clearTimeout(clock.setTimeout(() => ran.push(['cleared', clock.now()]), 1));
    await clock.advance(19);
    expect(ran).toEqual([
      ['early', 10],
      ['started', 15],
    ]);
    clock.sleep(100);
    await clock.advance(0);
    expect(ran.at(-1)).toEqual(['late', 119]);
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.advanceTo(Infinity)).rejects.toThrow(RangeError);
  });
});

describe('given a scenario', () => {
  it('is heard of also when a request was under way', async () => {
    const gate = await createTestPlangate({ features: {} });
    void gate.refresh();
    await gate.test.set({ pro: true });
    expect([gate.hasFeature('pro'), gate.test.requests]).toEqual([true, 2]);
  });

  it('downgrades', async () => {
    const gate = await createTestPlangate({ features: { sso: true, seats: { limit: 50 } } });
    await gate.test.downgrade({ seats: { limit: 5 } });
    expect([gate.hasFeature('sso'), gate.value('seats', 'limit', 0)]).toEqual([false, 5]);
  });

  it('checks out: the client finds the purchase by asking', async () => {
    const gate = await createTestPlangate({ features: {} });
    await gate.test.checkout({ pro: true }, { afterMs: 3000 });
    const bought = gate.refreshUntil((client) => client.hasFeature('pro'));
    await gate.test.advance(2999);
    expect(gate.hasFeature('pro')).toBe(false);
    await gate.test.advance(30_000);
    expect([gate.hasFeature('pro'), await bought]).toEqual([true, true]);
    expect(gate.test.requests).toBeLessThan(10);

    const unpaid = gate.refreshUntil((client) => client.hasFeature('enterprise'), { timeoutMs: 5000 });
    await gate.test.advance(5000);
    expect(await unpaid).toBe(false);
  });

  it('fails a payment, and cancels at the end of the period', async () => {
    const gate = await createTestPlangate({ features: { a: true, b: true, c: true } });
    await gate.test.paymentFailed(['a']);
    expect(gate.check('a').reason).toBe('ACCESS_DENIED');
    await gate.test.cancel({ endsIn: DAY, keys: ['b'] });
    expect(gate.check('b')).toMatchObject({ allowed: true, validUntil: START + DAY });
    await gate.test.trialEnd('b');
    expect(['a', 'b', 'c'].map((key) => gate.check(key).reason)).toEqual(['ACCESS_DENIED', 'EXPIRED', 'GRANTED']);
    await gate.test.paymentFailed();
    expect(gate.check('c').reason).toBe('ACCESS_DENIED');
    await expect(gate.test.paymentFailed(['zzz'])).rejects.toThrow('no feature "zzz"');
  });

  it('goes offline: the list stays, the failure is told, and the next fetch catches up', async () => {
    const onError = vi.fn();
    const gate = await createTestPlangate({ features: { sso: true }, onError });
    await gate.test.advance(0);
    gate.test.offline();
    await gate.test.set({ sso: false });
    expect(gate.hasFeature('sso')).toBe(true);
    expect(onError).toHaveBeenLastCalledWith(expect.objectContaining({ code: 'NETWORK_ERROR' }));
    gate.test.failing(500);
    expect(await gate.refresh()).toBe(false);
    expect(onError).toHaveBeenLastCalledWith(expect.objectContaining({ code: 'HTTP_STATUS', status: 500 }));
    gate.test.online();
    expect(await gate.refresh()).toBe(true);
    expect(gate.hasFeature('sso')).toBe(false);
  });

  it('grows old offline, by the options', async () => {
    const gate = await createTestPlangate({ features: { sso: true }, staleAfter: DAY, expireAfter: 7 * DAY });
    const stale = vi.fn();
    gate.on('stale', stale);
    await gate.test.advance(DAY);
    expect([gate.check('sso').stale, stale.mock.calls.length]).toEqual([true, 1]);
    await gate.test.advance(6 * DAY);
    expect(gate.check('sso').reason).toBe('SNAPSHOT_EXPIRED');
  });

  it('shows what a page shows while it loads', async () => {
    const gate = await createTestPlangate({ features: { sso: true }, loading: true, defaults: { help: true } });
    expect([gate.ready, gate.check('sso').reason, gate.check('help').reason]).toEqual([false, 'NOT_READY', 'DEFAULT']);
    await gate.test.advance(5000);
    expect(gate.ready).toBe(false);
    await gate.test.load();
    expect([gate.ready, gate.hasFeature('sso'), gate.check('help').reason]).toEqual([true, true, 'NOT_ENTITLED']);
  });

  it('changes the customer', async () => {
    const gate = await createTestPlangate({ features: { sso: true }, customers: { 'cus/2 ?': { audit: true } } });
    await gate.setCustomer('cus/2 ?');
    expect([gate.hasFeature('sso'), gate.hasFeature('audit'), gate.info?.customer]).toEqual([false, true, 'cus/2 ?']);
    await gate.test.set({ audit: false });
    expect(gate.hasFeature('audit')).toBe(false);
    await gate.setCustomer('cus_test');
    expect(gate.hasFeature('sso')).toBe(true);
  });

  it('is forgotten when disposed', async () => {
    const gate = await createTestPlangate({ features: { sso: true } });
    gate.dispose();
    expect(gate.hasFeature('sso')).toBe(false);
    await gate.test.set({ audit: true });
    expect(gate.hasFeature('audit')).toBe(false);
  });

  it('shares nothing with the next client', async () => {
    const [one, two] = [
      await createTestPlangate({ features: { a: true } }),
      await createTestPlangate({ features: { b: true } }),
    ];
    await one.test.set({ b: true });
    expect([one.hasFeature('a'), one.hasFeature('b'), two.hasFeature('a'), two.hasFeature('b')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
