// What the client answers, on the real engine.
import { describe, expect, it, vi } from 'vitest';

import { cache } from '../../js/cache/index.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { live } from '../../js/live/index.js';
import { answers, client, DAY, HandClock, list, row, settle, T0, wasm } from './support.js';

const catalogue = {
  features: [{ key: 'sso', name: 'Single sign-on' }],
  products: [
    {
      id: 'prod_pro',
      name: 'Pro',
      features: [{ key: 'sso' }],
      prices: [{ id: 'p1', unitAmount: 4900, currency: 'eur', interval: 'month' }],
    },
    { id: 'prod_max', name: 'Max', features: [{ key: 'sso' }, { key: 'quota', config: { limitGB: 500 } }] },
  ],
};
const bootstrap = list(
  [
    row('export', { productId: 'prod_a' }),
    row('quota', { type: 'static', config: { limitGB: 50, tier: 'fast', soft: null, tags: ['a', { b: 1 }] } }),
    row('calls', { type: 'metered', usage: { balance: 10, usageInPeriod: 90 } }),
    row('trial', { activeTo: T0 + DAY }),
    row('gone', { status: 'canceled' }),
  ],
  { catalogue },
);

describe('given a list at hand', () => {
  it('answers at once', async () => {
    const { gate } = await client({ bootstrap });
    expect(gate.ready).toBe(true);
    expect(gate.info).toMatchObject({ customer: 'cus_1', entries: 5 });
    expect(
      ['export', 'quota', 'calls', 'trial', 'gone', 'sso', '', 'limitGB'].map((key) => gate.hasFeature(key)),
    ).toEqual([true, true, true, true, false, false, false, false]);
  });

  it.each([
    ['text', JSON.stringify(bootstrap)],
    ['bytes', new TextEncoder().encode(JSON.stringify(bootstrap))],
    ['an object', bootstrap],
  ])('takes it as %s', async (_, given) => {
    const { gate } = await client({ bootstrap: given });
    expect(gate.hasFeature('export')).toBe(true);
  });

  it('denies what is no key at all', async () => {
    const { gate } = await client({ bootstrap });
    for (const key of [undefined, null, 5, {}, Symbol('x'), ['export']] as never[]) {
      expect(gate.hasFeature(key)).toBe(false);
      expect(gate.check(key).allowed).toBe(false);
      expect(gate.limit(key, 'n').allowed).toBe(false);
    }
    expect(gate.hasFeature('export')).toBe(true);
  });

  it('gives the reason', async () => {
    const { gate } = await client({ bootstrap });
    expect(gate.check('trial')).toEqual({
      key: 'trial',
      allowed: true,
      reason: 'GRANTED',
      grants: ['ent_trial'],
      validUntil: T0 + DAY,
      stale: false,
      fallback: false,
    });
    expect(gate.check('gone').reason).toBe('CANCELED');
    expect(gate.check('sso').reason).toBe('NOT_ENTITLED');
    expect(gate.check('calls')).toMatchObject({ limit: 100, remaining: 10 });
  });

  it('gives the same frozen decision until it changes', async () => {
    const { gate } = await client({ bootstrap });
    const decision = gate.check('quota');
    expect(gate.check('quota')).toBe(decision);
    expect(() => Object.assign(decision, { allowed: false })).toThrow(TypeError);
    expect(() => Object.assign(decision.config!['tags']![1 as never]!, { b: 2 })).toThrow(TypeError);
    expect(gate.config('quota')).toBe(decision.config);
  });

  it('keeps a decision through a list that does not change it', async () => {
    const later = list([row('export'), row('quota', { type: 'static', config: { limitGB: 50 } })], { asOf: T0 + 1 });
    const first = list([row('quota', { type: 'static', config: { limitGB: 50 } }), row('trial')]);
    const { gate } = await client({ url: '/e', fetch: answers(first, later) });
    const [quota, trial] = [gate.check('quota'), gate.check('trial')];
    await gate.refresh();
    expect(gate.check('quota')).toBe(quota);
    expect(gate.check('trial')).not.toBe(trial);
    expect(gate.check('trial').allowed).toBe(false);
  });

  it('narrows to a product, without mixing it up with a key', async () => {
    const { gate } = await client({ bootstrap });
    expect(gate.check('export', { product: 'prod_a' }).allowed).toBe(true);
    expect(gate.check('export', { product: 'prod_b' }).allowed).toBe(false);
    expect(gate.check('export\0prod_b')).toMatchObject({ key: 'export\0prod_b', reason: 'NOT_ENTITLED' });
    expect(gate.check('export', { product: 'prod_a' })).toBe(gate.check('export', { product: 'prod_a' }));
  });

  it('gives config and values, and fallbacks for the rest', async () => {
    const { gate } = await client({ bootstrap });
    expect(gate.config('quota')).toMatchObject({ limitGB: 50, tier: 'fast' });
    expect(gate.config('export')).toBeNull();
    expect(gate.config('sso')).toBeNull();
    expect(gate.value('quota', 'limitGB', 5)).toBe(50);
    expect(gate.value('quota', 'tier', 'slow')).toBe('fast');
    expect(gate.value('quota', 'tags', [])).toEqual(['a', { b: 1 }]);
    expect(gate.value('quota', 'limitGB', 'none')).toBe('none');
    expect(gate.value('quota', 'tags', {})).toEqual({});
    expect(gate.value('quota', 'soft', true)).toBe(true);
    expect(gate.value('quota', 'constructor', 1)).toBe(1);
    expect(gate.value('sso', 'limitGB', 5)).toBe(5);
  });

  it('compares limits', async () => {
    const { gate } = await client({ bootstrap });
    expect(gate.limit('quota', 'limitGB', { used: 49 })).toEqual({
      allowed: true,
      reason: 'GRANTED',
      limit: 50,
      used: 49,
      remaining: 1,
    });
    expect(gate.limit('quota', 'limitGB', { used: 48, requested: 3 })).toMatchObject({ reason: 'LIMIT_REACHED' });
    expect(gate.limit('quota', 'limitGB', { used: null as never })).toMatchObject({ reason: 'INVALID_CONFIG' });
    expect(gate.limit('quota')).toMatchObject({ allowed: false, reason: 'NO_CONFIG' });
    expect(gate.limit('calls')).toMatchObject({ allowed: true, limit: 100, used: 90, remaining: 10 });
    expect(gate.limit('calls', { requested: 11 })).toMatchObject({ allowed: false, reason: 'LIMIT_REACHED' });
    expect(gate.limit('calls', null, { requested: 10 })).toMatchObject({ allowed: true });
  });

  it('names what unlocks a feature', async () => {
    const { gate } = await client({ bootstrap });
    const ids = (...question: Parameters<typeof gate.unlocks>): string[] =>
      gate.unlocks(...question).map(({ productId }) => productId);
    expect(gate.unlocks('sso')[0]).toMatchObject({ name: 'Pro', prices: [{ unitAmount: 4900, currency: 'eur' }] });
    expect(ids('sso')).toEqual(['prod_pro', 'prod_max']);
    expect(ids(['sso', 'quota'])).toEqual(['prod_max']);
    expect(ids({ keys: ['sso', 'quota'] })).toEqual(['prod_max']);
    expect(ids({ key: 'quota', field: 'limitGB', atLeast: 501 })).toEqual([]);
    expect(ids({ key: 'quota', field: 'limitGB', atLeast: 500 })).toEqual(['prod_max']);
    expect(ids('nothing')).toEqual([]);
  });

  it('tells of a question it could not read, and goes on', async () => {
    const onError = vi.fn();
    const { gate } = await client({ bootstrap, onError });
    expect(gate.unlocks({ key: 'sso', atLeast: 'much' as never, field: 'x' })).toEqual([]);
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(gate.hasFeature('export')).toBe(true);
  });

  it('explains itself to people', async () => {
    const { gate } = await client({ bootstrap });
    const locked = gate.explain('sso');
    expect(locked.text).toContain('sso: denied (NOT_ENTITLED)');
    expect(locked.text).toContain('Unlocked by Pro.');
    expect(locked).toMatchObject({ rows: [], meaning: 'not entitled', unlocks: [{ name: 'Pro' }, {}] });
    const trial = gate.explain('trial');
    expect(trial.decision).toBe(gate.check('trial'));
    expect(trial.rows).toMatchObject([{ id: 'ent_trial', activeTo: T0 + DAY }]);
    expect(trial.text).toContain('Until 2026-01-02T00:00:00.000Z.');
  });

  it('hands its list out, to begin with it another time', async () => {
    const { gate } = await client({ bootstrap });
    const text = gate.snapshot()!;
    const again = await client({ bootstrap: text });
    expect(again.gate.snapshot()).toBe(text);
    expect(again.gate.unlocks('sso')).toEqual(gate.unlocks('sso'));
  });

  it('warns about rows that were closed, and denies only those', async () => {
    const logger = { warn: vi.fn(), error: vi.fn() };
    const { gate } = await client({ bootstrap: list([row('a', { config: [] }), row('b')]), logger });
    expect([gate.check('a').reason, gate.hasFeature('b')]).toEqual(['INVALID_CONFIG', true]);
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('closed'), [
      expect.objectContaining({ featureKey: 'a' }),
    ]);
  });
});

describe('given no list', () => {
  it('denies with NOT_READY, answers defaults, and lets overrides win', async () => {
    const options = { defaults: { sso: true, quota: { limitGB: 5 }, beta: false }, overrides: { debug: true } };
    const { gate } = await client({ url: '/e', fetch: answers(new Error('offline')), ...options });
    expect(gate.ready).toBe(false);
    expect(gate.error).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(gate.info).toBeUndefined();
    expect(gate.snapshot()).toBeNull();
    expect(gate.check('x')).toMatchObject({ allowed: false, reason: 'NOT_READY', fallback: false });
    expect(gate.check('sso')).toMatchObject({ allowed: true, reason: 'DEFAULT', fallback: true });
    expect(gate.check('beta')).toMatchObject({ allowed: false, reason: 'DEFAULT', fallback: true });
    expect(gate.check('debug')).toMatchObject({ allowed: true, reason: 'OVERRIDE' });
    expect([gate.hasFeature('x'), gate.hasFeature('sso'), gate.hasFeature('debug')]).toEqual([false, true, true]);
    expect(gate.value('quota', 'limitGB', 1)).toBe(5);
    expect(gate.limit('x', 'n').reason).toBe('NOT_READY');
  });

  it('drops the defaults once a list is there', async () => {
    const { gate } = await client({ bootstrap, defaults: { sso: true } });
    expect(gate.check('sso').reason).toBe('NOT_ENTITLED');
  });

  it.each([
    ['/staleAfter', { staleAfter: 'x' }],
    ['/merge/a/b', { merge: { a: { b: 'avg' } } }],
    ['/defaults/a', { defaults: { a: 5 } }],
    ['/onExpired', { onExpired: 'keep' }],
  ])('rejects for options that the core refuses, and says which: %s', async (pointer, rules) => {
    const made = client({ bootstrap, ...(rules as object) });
    const message = expect.stringMatching(new RegExp(`^${pointer}: .+ \\(INVALID_OPTION\\)$`));
    await expect(made).rejects.toMatchObject({ code: 'INVALID_OPTION', pointer, message });
  });

  it('rejects for no options', async () => {
    await expect(createPlangate({} as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it.each([
    ['cache', cache],
    ['live', live],
  ])('refuses %s itself where what it returns is meant', async (_, part) => {
    const made = client({ bootstrap, use: [part as never] });
    const message = 'use: expected what cache() returns (INVALID_OPTION)';
    await expect(made).rejects.toMatchObject({ code: 'INVALID_OPTION', pointer: '/use', message });
  });

  it('refuses a list of another customer, or of the other mode', async () => {
    const errors: unknown[] = [];
    const onError = (error: { code: string }): unknown => errors.push(error.code);
    const a = await client({ bootstrap, customer: 'cus_2', onError });
    const b = await client({ bootstrap, mode: 'test', onError });
    expect(errors).toEqual(['CUSTOMER_MISMATCH', 'MODE_MISMATCH']);
    expect([a.gate.hasFeature('export'), b.gate.hasFeature('export')]).toEqual([false, false]);
  });
});

describe('given a disposed client', () => {
  it('denies everything, asks nobody and keeps no timer', async () => {
    const fetch = answers(bootstrap);
    const { gate, clock } = await client({ url: '/e', fetch });
    expect(gate.hasFeature('trial')).toBe(true);
    const heard = vi.fn();
    gate.on('change', heard);
    gate.dispose();
    gate.dispose();
    expect([gate.hasFeature('export'), gate.ready]).toEqual([false, false]);
    expect(gate.check('export')).toMatchObject({ allowed: false, reason: 'NOT_READY' });
    expect(await gate.refresh()).toBe(false);
    expect(await gate.setCustomer('cus_2')).toBe(false);
    await clock.advance(2 * DAY);
    expect(clock.pending).toBe(0);
    expect(fetch.calls).toHaveLength(1);
    expect(heard).not.toHaveBeenCalled();
  });

  it('is what a block with `using` leaves behind', async () => {
    let kept;
    {
      using gate = (await client({ bootstrap })).gate;
      kept = gate;
      expect(kept.hasFeature('export')).toBe(true);
    }
    expect(kept.hasFeature('export')).toBe(false);
  });

  it('drops a request that is still under way', async () => {
    const signals: AbortSignal[] = [];
    const fetch = answers(bootstrap, ({ signal }: RequestInit) => (signals.push(signal!), new Promise(() => {})));
    const { gate, clock } = await client({ url: '/e', fetch });
    const refreshed = gate.refresh();
    await settle();
    gate.dispose();
    expect(await refreshed).toBe(false);
    expect([signals[0]!.aborted, clock.pending]).toEqual([true, 0]);
  });
});

describe('given several clients', () => {
  it('keeps them apart', async () => {
    const a = await createPlangate({ wasm, logger: null, clock: new HandClock(), bootstrap });
    const b = await createPlangate({ wasm, logger: null, clock: new HandClock(), bootstrap: list([row('other')]) });
    expect([a.hasFeature('export'), a.hasFeature('other')]).toEqual([true, false]);
    expect([b.hasFeature('export'), b.hasFeature('other')]).toEqual([false, true]);
    a.dispose();
    expect(b.hasFeature('other')).toBe(true);
  });
});
