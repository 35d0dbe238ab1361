// An engine that does not load, or stops: closed, told, and replaced. The traps are injected; the answers are real.
import { describe, expect, it, vi } from 'vitest';

import { entryCreate } from '../../js/client/entry.js';
import type { PlangateOptions } from '../../js/client/options.js';
import type { PlangateClient } from '../../js/client/api.js';
import type { Binding } from '../../js/engine/binding.js';
import createModule from '../../js/engine/generated/glue.js';
import { wasmSource } from '../../js/engine/source.js';
import { DeviceClock } from '../../js/client/clock.js';
import { answers, DAY, HandClock, list, row, SECOND, settle, T0, wasm } from './support.js';
import { FakeServer, WrongClock } from './world.js';

const pro = list([row('sso'), row('trial', { activeTo: T0 + SECOND })]);

/** A client whose engine fails to load while `broken`, and traps in the next call of the function that `trap` names. */
async function fragile(
  options: PlangateOptions,
  faults: { broken?: boolean; trap?: keyof Binding | undefined; held?: Promise<void> } = {},
) {
  const clock = new HandClock();
  const real = wasmSource(createModule, () => wasm, {});
  let loads = 0;
  const instantiate = async (): Promise<Binding> => {
    loads++;
    await faults.held;
    if (faults.broken) throw new Error('blocked by CSP');
    return new Proxy(await real.instantiate(), {
      get(binding, name: keyof Binding) {
        if (name !== faults.trap) return binding[name];
        faults.trap = undefined;
        return () => {
          throw new WebAssembly.RuntimeError('unreachable');
        };
      },
    });
  };
  const createPlangate = entryCreate(() => ({ key: faults, instantiate }));
  const onError = vi.fn();
  const gate: PlangateClient = await createPlangate({ clock, logger: null, onError, ...options });
  const codes = (): string[] => onError.mock.calls.map(([error]) => (error as { code: string }).code);
  return { gate, clock, faults, codes, loads: () => loads };
}

describe('given an engine that does not load', () => {
  it('leaves a client that denies everything and says why', async () => {
    const { gate, codes } = await fragile(
      { url: '/e', fetch: answers(pro), defaults: { sso: true } },
      { broken: true },
    );
    expect(codes()).toEqual(['ENGINE_LOAD_FAILED']);
    expect(gate.error?.message).toBe('blocked by CSP (ENGINE_LOAD_FAILED)');
    expect([gate.ready, gate.hasFeature('sso')]).toEqual([false, false]);
    expect(gate.check('sso')).toEqual({
      key: 'sso',
      allowed: false,
      reason: 'NOT_READY',
      grants: [],
      validUntil: null,
      stale: false,
      fallback: false,
    });
    expect(gate.check('sso')).toBe(gate.check('sso'));
    expect(gate.limit('sso', 'n')).toMatchObject({ allowed: false, reason: 'NOT_READY' });
    expect([gate.config('sso'), gate.snapshot(), gate.unlocks('sso'), gate.info]).toEqual([null, null, [], undefined]);
    expect(gate.explain('sso').text).toContain('NOT_READY');
  });

  it('tries again with the next refresh', async () => {
    const { gate, faults } = await fragile({ url: '/e', fetch: answers(pro) }, { broken: true });
    faults.broken = false;
    expect(await gate.refresh()).toBe(true);
    expect([gate.hasFeature('sso'), gate.error]).toEqual([true, undefined]);
  });

  it('tries again by itself when it is asked, but not all the time', async () => {
    const { gate, faults, loads, clock } = await fragile({ bootstrap: pro }, { broken: true });
    for (let i = 0; i < 100; i++) {
      gate.hasFeature('sso');
      await settle();
    }
    expect(loads()).toBe(1);
    clock.sleep(10 * SECOND);
    gate.hasFeature('sso');
    await settle();
    expect(loads()).toBe(2);
    faults.broken = false;
    clock.sleep(10 * SECOND);
    expect(gate.hasFeature('sso')).toBe(false);
    await expect.poll(() => gate.hasFeature('sso')).toBe(true);
    expect(loads()).toBe(3);
    expect(gate.hasFeature('trial')).toBe(false);
  });

  it('tries again by itself also when a server has put the clock back meanwhile', async () => {
    const hand = new HandClock();
    const server = new FakeServer(hand);
    const clock = new DeviceClock(new WrongClock(hand, DAY));
    const { gate, loads } = await fragile({ url: '/e', fetch: server.fetch, clock }, { broken: true });
    expect([clock.now() - hand.time < SECOND, loads()]).toEqual([true, 1]);
    hand.sleep(10 * SECOND);
    gate.hasFeature('sso');
    await settle();
    expect(loads()).toBe(2);
  });
});

describe('given an engine that stops', () => {
  it.each(['check', 'limit', 'encode', 'unlocks', 'info'] as const)(
    'in %s: closed, then back with the list it had',
    async (trap) => {
      const { gate, faults, codes, loads } = await fragile({ bootstrap: pro });
      faults.trap = trap;
      const question: Record<typeof trap, () => unknown> = {
        check: () => gate.check('other').reason,
        limit: () => gate.limit('sso', 'n').reason,
        encode: () => gate.snapshot() ?? 'NOT_READY',
        unlocks: () => gate.unlocks('sso')[0] ?? 'NOT_READY',
        info: () => gate.info ?? 'NOT_READY',
      };
      expect(question[trap]()).toBe('NOT_READY');
      expect([gate.ready, gate.hasFeature('sso'), codes()]).toEqual([false, false, ['ENGINE_FAILED']]);
      await expect.poll(() => gate.hasFeature('sso')).toBe(true);
      expect([loads(), gate.error]).toEqual([2, undefined]);
    },
  );

  it.each(['load', 'table', 'input'] as const)('in %s of a new list: goes on with the last good one', async (trap) => {
    const { gate, faults, codes } = await fragile({ url: '/e', fetch: answers(pro, list([row('new')])) });
    faults.trap = trap;
    await gate.refresh();
    await expect.poll(() => gate.hasFeature('sso')).toBe(true);
    expect(codes()).toEqual(['ENGINE_FAILED']);
    expect(await gate.refresh()).toBe(true);
    expect([gate.hasFeature('new'), gate.hasFeature('sso')]).toEqual([true, false]);
  });

  it('in telling what a new list changed: closed, then back with that list', async () => {
    const { gate, faults, codes } = await fragile({ url: '/e', fetch: answers(pro, list([row('new')])) });
    gate.on('change', () => {});
    faults.trap = 'diff';
    expect(await gate.refresh()).toBe(true);
    await expect.poll(() => codes()).toEqual(['ENGINE_FAILED']);
    await expect.poll(() => [gate.hasFeature('new'), gate.hasFeature('sso')]).toEqual([true, false]);
    expect(gate.error).toBeUndefined();
  });

  it('while a list is on its way: takes that list, not the one before', async () => {
    let arrive!: (list: object) => void;
    const coming = new Promise<object>((resolve) => (arrive = resolve));
    const { gate, faults } = await fragile({ url: '/e', fetch: answers(pro, coming) });
    const refreshed = gate.refresh();
    let go!: () => void;
    faults.held = new Promise((resolve) => (go = resolve));
    faults.trap = 'limit';
    gate.limit('sso', 'n');
    arrive(list([row('new')]));
    await settle();
    go();
    expect(await refreshed).toBe(true);
    expect([gate.hasFeature('new'), gate.hasFeature('sso'), gate.error]).toEqual([true, false, undefined]);
  });

  it('as time passes: closed, then decided anew for the right time', async () => {
    const { gate, faults, clock, codes } = await fragile({ bootstrap: pro });
    faults.trap = 'table';
    await clock.advance(SECOND);
    expect(codes()).toEqual(['ENGINE_FAILED']);
    await expect.poll(() => gate.hasFeature('sso')).toBe(true);
    expect(gate.check('trial').reason).toBe('EXPIRED');
  });

  it('again and again: is not replaced in a loop', async () => {
    const { gate, faults, loads } = await fragile({ bootstrap: pro });
    for (let i = 0; i < 5; i++) {
      // The first one is: the others come when it has been.
      if (i === 1) await expect.poll(() => gate.hasFeature('sso')).toBe(true);
      faults.trap = 'limit';
      gate.limit('sso', 'n');
      await settle();
      await settle();
    }
    expect(loads()).toBe(2);
    expect(gate.hasFeature('sso')).toBe(false);
  });
});
