// The second file of plangate/live: what happens until it is here, and where it never comes.
import { afterEach, describe, expect, it, vi } from 'vitest';

import { cache } from '../../js/cache/index.js';
import type { PlangateOptions } from '../../js/client/options.js';
import type { Part } from '../../js/client/part.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { live } from '../../js/live/index.js';
import type { LiveOptions } from '../../js/live/index.js';
import { quiet, world } from './live-world.js';
import { row, SECOND, settle, wasm } from './support.js';
import { WrongClock } from './world.js';

afterEach(() => void vi.restoreAllMocks());

/** Every import() of the file that is under way has ended, and what waited for it has run. */
async function tried(): Promise<void> {
  await import('../../js/live/machinery.js').catch(() => {});
  await vi.dynamicImportSettled();
  for (let i = 0; i < 10; i++) await settle();
}

describe('given a second file that comes late', () => {
  const MACHINERY = '../../js/live/machinery.js';
  afterEach(async () => {
    // What one test has asked for must not come in the next one.
    await vi.dynamicImportSettled();
    vi.doUnmock(MACHINERY);
  });

  /** The file is on its way until it is let through, or refused. */
  function onItsWay() {
    let come!: (ok: boolean) => void;
    const arrived = new Promise<boolean>((resolve) => (come = resolve));
    let asked = 0;
    vi.resetModules();
    vi.doMock(MACHINERY, async (original) => {
      asked++;
      if (!(await arrived)) throw new Error('no such file');
      return original();
    });
    const lands = async (ok = true): Promise<void> => {
      come(ok);
      await tried();
    };
    return { lands, asked: () => asked };
  }

  /** A client whose file is on its way. */
  async function waiting(how: LiveOptions = {}, options: Partial<PlangateOptions> = {}, all = world()) {
    const file = onItsWay();
    const { gate, tab } = await all.begin(how, options);
    await expect.poll(file.asked).toBe(1);
    return { ...all, ...file, gate, tab };
  }

  it('answers before it is here, and loads it once', async () => {
    const { gate, server, lands, asked } = await waiting();
    for (let i = 0; i < 20; i++) await gate.refresh();
    expect([gate.ready, server.streams.size, asked()]).toEqual([true, 0, 1]);
    await lands();
    expect([server.streams.size, server.count('STREAM')]).toEqual([1, 1]);
    server.set('cus_1', [row('pro')]);
    await settle();
    expect(gate.hasFeature('pro')).toBe(true);
  });

  it('leaves a client alone that was disposed meanwhile', async () => {
    const { gate, hand, server, lands } = await waiting();
    gate.dispose();
    await lands();
    await hand.advance(600 * SECOND);
    expect([server.streams.size, server.count('STREAM'), hand.pending]).toEqual([0, 0, 0]);
  });

  it('leaves a client alone that was disposed between two tries', async () => {
    const { gate, hand, lands } = await waiting();
    await lands(false);
    gate.dispose();
    expect(hand.pending).toBe(0);
  });

  it('streams for the customer of now', async () => {
    const { gate, server, lands } = await waiting();
    await gate.setCustomer('cus_2');
    server.weather = 'held';
    void gate.setCustomer('cus_3');
    await settle();
    await lands();
    expect([...server.streams].map(({ customer }) => customer)).toEqual(['cus_3']);
    server.release();
    await settle();
    expect([gate.ready, server.streams.size]).toEqual([true, 1]);
  });

  it('does not fetch at once what has just been fetched', async () => {
    const { hand, server, tab, lands } = await waiting(quiet);
    await lands();
    for (let i = 0; i < 10; i++) tab.tell('focus');
    await settle();
    expect(server.count('GET')).toBe(1);
    await hand.advance(60 * SECOND);
    expect(server.count('GET')).toBe(2);
  });

  it('makes up for a request that failed before', async () => {
    const all = world();
    all.server.weather = 'broken';
    const { gate, hand, server, ...file } = await waiting(quiet, {}, all);
    expect([gate.ready, server.count('GET')]).toEqual([false, 1]);
    server.weather = 'fine';
    await file.lands();
    await hand.advance(2 * SECOND);
    expect([gate.ready, server.count('GET')]).toEqual([true, 2]);
  });

  it('makes up for it though a kept list came behind the failure', async () => {
    const all = world();
    const texts = new Map<string, string>();
    const store = {
      get: (key: string) => texts.get(key),
      set: (key: string, text: string) => texts.set(key, text),
      delete: (key: string) => texts.delete(key),
    };
    const kept = (): Part => cache({ store, mode: 'network-first' });
    const clock = new WrongClock(all.hand);
    const visit = { wasm, clock, logger: null, url: '/e', customer: 'cus_1', fetch: all.server.fetch };
    (await createPlangate({ ...visit, use: [kept()] })).dispose();
    all.server.weather = 'broken';
    const tab = all.browser.tab();
    const file = onItsWay();
    const gate = await createPlangate({ ...visit, use: [kept(), live({ page: tab, ...quiet })] });
    await expect.poll(file.asked).toBe(1);
    expect([gate.ready, gate.stale, all.server.count('GET')]).toEqual([true, true, 2]);
    all.server.weather = 'fine';
    await file.lands();
    await all.hand.advance(2 * SECOND);
    expect([gate.stale, all.server.count('GET')]).toEqual([false, 3]);
  });

  it('tells the other tabs what was loaded before it came', async () => {
    const all = world();
    const first = await waiting({ stream: false }, {}, all);
    await first.lands();
    all.server.set('cus_1', [row('pro')]);
    const second = await waiting({ stream: false }, {}, all);
    const { gate } = first;
    expect(gate.hasFeature('pro')).toBe(false);
    await second.lands();
    await expect.poll(() => gate.hasFeature('pro')).toBe(true);
  });

  it('is told by the tab that holds the stream what changed while it was on its way', async () => {
    const all = world();
    const first = await waiting({}, {}, all);
    await first.lands();
    const second = await waiting({}, {}, all);
    await all.hand.advance(1);
    all.server.set('cus_1', [row('pro')]);
    await settle();
    expect([first.gate.hasFeature('pro'), second.gate.hasFeature('pro')]).toEqual([true, false]);
    await second.lands();
    expect([second.gate.hasFeature('pro'), all.server.count('GET'), all.server.streams.size]).toEqual([true, 2, 1]);
  });

  it('tells one error when it cannot be had, goes on without, and tries again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const heard: string[] = [];
    const onError = ({ code }: { code: string }): void => void heard.push(code);
    const { gate, hand, server, lands } = await waiting({}, { onError });
    await lands(false);
    expect([heard, gate.error?.code, gate.ready, gate.stale]).toEqual([
      ['LIVE_LOAD_FAILED'],
      'LIVE_LOAD_FAILED',
      true,
      false,
    ]);
    for (let i = 0; i < 3; i++) {
      await hand.advance(30 * SECOND);
      await tried();
    }
    expect([heard, server.streams.size]).toEqual([['LIVE_LOAD_FAILED'], 0]);
    vi.doUnmock(MACHINERY);
    server.set('cus_1', [row('pro')]);
    await hand.advance(60 * SECOND);
    await tried();
    expect([server.streams.size, gate.hasFeature('pro'), heard]).toEqual([1, true, ['LIVE_LOAD_FAILED']]);
  });
});
