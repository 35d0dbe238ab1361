// Lists kept on the device: answers at once and offline, never another's, never a reason to fail.
import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';

import { cache, indexedDb, webStorage } from '../../js/cache/index.js';
import type { CacheOptions, CacheStore } from '../../js/cache/index.js';
import { DeviceClock } from '../../js/client/clock.js';
import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { DAY, HandClock, row, SECOND, settle, T0, wasm } from './support.js';
import { FakeServer, WrongClock } from './world.js';

/** A device: its storage lives on from visit to visit. */
class Device {
  readonly hand = new HandClock();
  readonly server = new FakeServer(this.hand);
  readonly wrong = new WrongClock(this.hand);
  readonly kept = new Map<string, string>();
  store: CacheStore = {
    get: (key) => this.kept.get(key),
    set: (key, text) => void this.kept.set(key, text),
    delete: (key) => void this.kept.delete(key),
  };

  async visit(options: Partial<PlangateOptions> = {}, how: CacheOptions = {}) {
    const part = cache({ store: this.store, ...how });
    const gate = await createPlangate({
      wasm,
      clock: new DeviceClock(this.wrong),
      logger: null,
      url: (customer) => `/e?customer=${customer}`,
      customer: 'cus_1',
      fetch: this.server.fetch,
      use: [part],
      ...options,
    });
    const leave = async (): Promise<void> => {
      await settle();
      gate.dispose();
    };
    return { gate, part, leave };
  }
}

/** A device that was here before, with `sso` in its list. */
async function device(how: CacheOptions = {}): Promise<Device> {
  const one = new Device();
  one.server.set('cus_1', [row('sso'), row('trial', { activeTo: T0 + 60 * SECOND })]);
  await (await one.visit({}, how)).leave();
  return one;
}

const hang = (): Promise<never> => new Promise(() => {});
const HANGING: CacheStore = { get: hang, set: hang, delete: hang };

describe('given a store that hangs', () => {
  async function visited() {
    const one = new Device();
    one.store = HANGING;
    const opening = one.visit();
    await one.hand.advance(5 * SECOND);
    return { one, ...(await opening) };
  }

  it('asks once for a customer who left and came back meanwhile', async () => {
    const { one, gate } = await visited();
    expect([gate.ready, one.server.count('GET')]).toEqual([true, 1]);
    const turns = ['cus_2', 'cus_1', 'cus_2', 'cus_1'].map((customer) => gate.setCustomer(customer));
    await one.hand.advance(5 * SECOND);
    await settle();
    expect((await Promise.all(turns)).at(-1)).toBe(true);
    expect([gate.ready, gate.customer]).toEqual([true, 'cus_1']);
    expect([one.server.count('GET cus_1'), one.server.count('GET cus_2')]).toEqual([2, 0]);
  });

  it('asks no more for a customer whose list came from the server meanwhile', async () => {
    const { one, gate } = await visited();
    const turning = gate.setCustomer('cus_2');
    expect(await gate.refresh()).toBe(true);
    await one.hand.advance(5 * SECOND);
    expect(await turning).toBe(true);
    expect(one.server.count('GET cus_2')).toBe(1);
  });
});

describe('given a list kept from the last visit', () => {
  it('answers from it at once, and asks the server behind it', async () => {
    const one = await device();
    one.hand.sleep(61 * SECOND);
    one.server.set('cus_1', []);
    one.server.weather = 'held';
    const { gate } = await one.visit();
    expect([gate.ready, gate.hasFeature('sso'), gate.hasFeature('trial')]).toEqual([true, true, false]);
    one.server.release();
    expect(await gate.refresh()).toBe(true);
    expect(gate.hasFeature('sso')).toBe(false);
    expect(one.server.count('GET')).toBe(2);
  });

  it('lets those who wait know whether it was still the latest', async () => {
    const one = await device();
    one.hand.sleep(61 * SECOND);
    one.server.weather = 'held';
    const { gate } = await one.visit();
    const waiting = gate.waitUntilReady();
    one.server.release();
    expect(await waiting).toBe('ready');
    one.hand.sleep(61 * SECOND);
    one.server.weather = 'held';
    const again = (await one.visit()).gate.waitUntilReady({ timeoutMs: 11 * SECOND });
    await settle();
    await one.hand.advance(10 * SECOND);
    expect(await again).toBe('stale');
  });

  it('spares the request while it is fresh, and sends its tag later', async () => {
    const one = await device();
    one.hand.sleep(59 * SECOND);
    await (await one.visit()).leave();
    expect(one.server.count('GET')).toBe(1);
    one.hand.sleep(SECOND);
    await (await one.visit()).leave();
    expect([one.server.count('GET'), one.server.count('304')]).toEqual([2, 1]);
    one.hand.sleep(59 * SECOND);
    const { gate } = await one.visit();
    expect([one.server.count('GET'), gate.hasFeature('sso')]).toEqual([2, true]);
  });

  it('answers offline, stale, and ends what ends meanwhile', async () => {
    const one = await device();
    one.server.weather = 'offline';
    one.hand.sleep(2 * DAY);
    const { gate } = await one.visit({ staleAfter: DAY });
    await settle();
    expect([gate.hasFeature('sso'), gate.stale, gate.check('sso').stale]).toEqual([true, true, true]);
    expect(gate.check('trial').reason).toBe('EXPIRED');
    expect(gate.error?.code).toBe('NETWORK_ERROR');
  });

  it('denies after the limit, but for the features that are kept', async () => {
    const one = await device();
    one.server.weather = 'offline';
    one.hand.sleep(2 * DAY);
    const { gate } = await one.visit({ expireAfter: DAY, onExpired: { export: 'keep', sso: 'keep' } });
    expect([gate.hasFeature('sso'), gate.check('other').reason]).toEqual([true, 'SNAPSHOT_EXPIRED']);
    const strict = await one.visit({ expireAfter: DAY });
    expect(strict.gate.check('sso').reason).toBe('SNAPSHOT_EXPIRED');
  });

  it('is asked only when the server is away, if the network comes first', async () => {
    const one = await device();
    one.server.set('cus_1', [row('new')]);
    const { gate } = await one.visit({}, { mode: 'network-first' });
    expect([gate.hasFeature('new'), gate.hasFeature('sso')]).toEqual([true, false]);
    await settle();
    one.server.weather = 'broken';
    const away = await one.visit({}, { mode: 'network-first' });
    expect([away.gate.hasFeature('new'), away.gate.stale, away.gate.error?.status]).toEqual([true, true, 503]);
  });

  it('is not waited with when it is very old: the server is asked first', async () => {
    const one = await device();
    one.hand.sleep(8 * DAY);
    one.server.set('cus_1', []);
    const { gate } = await one.visit();
    expect(gate.hasFeature('sso')).toBe(false);
    one.hand.sleep(8 * DAY);
    one.server.set('cus_1', [row('late')]);
    await (await one.visit()).leave();
    one.hand.sleep(8 * DAY);
    one.server.weather = 'offline';
    expect((await one.visit()).gate.hasFeature('late')).toBe(true);
  });
});

describe('given a list that allows nothing', () => {
  it('lets a buyer in after the checkout: the server is asked before anything is answered', async () => {
    const one = new Device();
    one.server.set('cus_1', [row('pro', { status: 'canceled' })]);
    await (await one.visit()).leave();
    one.hand.sleep(SECOND);
    one.server.set('cus_1', [row('pro')]);
    expect((await one.visit()).gate.hasFeature('pro')).toBe(true);
  });

  it('answers for as long as it is told to, and offline', async () => {
    const one = new Device();
    await (await one.visit({}, { closedFor: 5 * SECOND })).leave();
    one.hand.sleep(4 * SECOND);
    await one.visit({}, { closedFor: 5 * SECOND });
    expect(one.server.count('GET')).toBe(1);
    one.server.weather = 'offline';
    one.hand.sleep(DAY);
    const { gate } = await one.visit();
    expect([gate.ready, gate.check('pro').reason]).toEqual([true, 'NOT_ENTITLED']);
  });
});

describe('given several customers', () => {
  it('never answers one with another’s list', async () => {
    const one = await device();
    one.server.set('cus_2', [row('audit')]);
    const { gate } = await one.visit();
    await gate.setCustomer('cus_2');
    await settle();
    one.server.weather = 'offline';
    expect([gate.hasFeature('audit'), gate.hasFeature('sso')]).toEqual([true, false]);
    const turned = gate.setCustomer('cus_1');
    expect(gate.hasFeature('audit')).toBe(false);
    await turned;
    expect([gate.hasFeature('sso'), gate.hasFeature('audit')]).toEqual([true, false]);
    await gate.setCustomer('cus_3');
    expect([gate.ready, gate.hasFeature('sso')]).toEqual([false, false]);
  });

  it('tells live from test data, and servers apart', async () => {
    const one = await device();
    one.server.weather = 'offline';
    expect((await one.visit({ mode: 'test' })).gate.ready).toBe(false);
    expect((await one.visit({ url: '/elsewhere' })).gate.ready).toBe(false);
    expect((await one.visit()).gate.ready).toBe(true);
  });

  it('keeps nothing, and stops nobody, where there is no address for them', async () => {
    const one = await device();
    const url = (customer: string | null): string => {
      if (customer === null) throw new Error('nobody is signed in');
      return `/e?customer=${customer}`;
    };
    const { gate } = await one.visit({ customer: null, url }, { key: 'session-9' });
    expect([gate.ready, gate.error?.code, await gate.refresh()]).toEqual([false, 'NETWORK_ERROR', false]);
    expect(await gate.setCustomer('cus_1')).toBe(true);
    expect(gate.hasFeature('sso')).toBe(true);
  });

  it('keeps nothing for nobody, unless there is a key', async () => {
    const one = new Device();
    await (await one.visit({ customer: null })).leave();
    expect([...one.kept.keys()].filter((key) => key.includes('['))).toEqual([]);
    await (await one.visit({ customer: null }, { key: 'session-9' })).leave();
    one.server.weather = 'offline';
    expect((await one.visit({ customer: null }, { key: 'session-9' })).gate.ready).toBe(true);
    expect((await one.visit({ customer: null }, { key: 'session-10' })).gate.ready).toBe(false);
  });

  it('removes what a customer leaves behind who logs out, and everything when told', async () => {
    const one = await device();
    const { gate, part } = await one.visit();
    await gate.setCustomer('cus_2');
    await gate.setCustomer(null);
    await settle();
    const lists = (): number => [...one.kept.keys()].filter((key) => key.includes('[')).length;
    expect(lists()).toBe(1);
    await part.clear();
    expect(lists()).toBe(0);
  });

  it('keeps none where it may keep none, and does not try to make room for ever', async () => {
    const one = new Device();
    let deleted = 0;
    one.store = { ...one.store, delete: () => (++deleted > 100 ? hang() : undefined) };
    const { gate } = await one.visit({}, { maxEntries: 0 });
    await settle();
    expect([gate.ready, deleted, one.kept.size]).toEqual([true, 0, 0]);
  });

  it('keeps no more lists than it may: the oldest goes', async () => {
    const one = new Device();
    const { gate } = await one.visit({}, { maxEntries: 2 });
    for (const id of ['cus_2', 'cus_3', 'cus_1', 'cus_4']) {
      await gate.setCustomer(id);
      await settle();
    }
    const kept = [...one.kept.keys()]
      .filter((key) => key.includes('['))
      .map((key) => /cus_\d"\]/.exec(key)![0].slice(0, 5));
    expect(kept.sort()).toEqual(['cus_1', 'cus_4']);
  });
});

describe('given a clock that is set back between two visits', () => {
  it('remembers how late it was, offline as well', async () => {
    const one = await device();
    const { gate } = await one.visit();
    await one.hand.advance(61 * SECOND);
    expect(gate.hasFeature('trial')).toBe(false);
    await settle();
    one.server.weather = 'offline';
    one.wrong.error = -DAY;
    const again = await one.visit();
    expect([again.gate.hasFeature('trial'), again.gate.hasFeature('sso')]).toEqual([false, true]);
  });

  it('believes a server that says it was never so late', async () => {
    const one = new Device();
    one.wrong.error = DAY;
    one.server.weather = 'offline';
    await (
      await one.visit({ bootstrap: { plangate: 1, customer: 'cus_1', source: 'test', asOf: T0, entitlements: [] } })
    ).leave();
    one.server.weather = 'fine';
    one.wrong.error = 0;
    one.server.set('cus_1', [row('trial', { activeTo: T0 + 60 * SECOND })]);
    expect((await one.visit()).gate.hasFeature('trial')).toBe(true);
  });
});

const fail = (): never => {
  throw new DOMException('no', 'SecurityError');
};

describe('given storage that is no good', () => {
  it.each<[string, CacheStore]>([
    ['throws', { get: fail, set: fail, delete: fail }],
    ['rejects', { get: async () => fail(), set: async () => fail(), delete: async () => fail() }],
    ['answers nonsense', { get: () => 'nonsense\n{', set: () => {}, delete: () => {} }],
    ['answers no text', { get: () => 5 as never, set: () => {}, delete: () => {} }],
    ['holds a broken list', { get: () => `[${T0},false,null]\n{"plangate":1,`, set: () => {}, delete: () => {} }],
    ['is of a host without any', webStorage()],
  ])('goes on without it when it %s', async (_, store) => {
    const one = new Device();
    one.server.set('cus_1', [row('sso')]);
    one.store = store;
    const { gate, part } = await one.visit();
    expect([gate.ready, gate.hasFeature('sso')]).toEqual([true, true]);
    expect(await gate.refresh()).toBe(true);
    await part.clear();
  });

  it('does not wait for storage that hangs', async () => {
    const one = new Device();
    one.server.set('cus_1', [row('sso')]);
    one.store = HANGING;
    const visiting = one.visit({}, { patienceMs: 100 });
    for (let i = 0; i < 5; i++) await one.hand.advance(100);
    expect((await visiting).gate.hasFeature('sso')).toBe(true);
  });

  it('makes room when it is full, and gives up when there is none', async () => {
    const one = new Device();
    const room = { bytes: Infinity };
    const { store, kept } = one;
    one.store = {
      ...store,
      set: (key, text) => {
        const used = [...kept].reduce((sum, [name, value]) => sum + (name === key ? 0 : value.length), text.length);
        if (used > room.bytes) throw new DOMException('full', 'QuotaExceededError');
        kept.set(key, text);
      },
    };
    const { gate } = await one.visit();
    for (const id of ['cus_2', 'cus_3']) await gate.setCustomer(id);
    await settle();
    room.bytes = [...kept.values()].join('').length + 20;
    await gate.setCustomer('cus_4');
    await settle();
    const has = (id: string): boolean => [...kept.keys()].some((key) => key.includes(`"${id}"]`));
    expect([has('cus_1'), has('cus_3'), has('cus_4')]).toEqual([false, true, true]);
    room.bytes = 10;
    expect(await gate.refresh()).toBe(true);
  });

  it('refuses a mode that is none', async () => {
    const one = new Device();
    await expect(one.visit({}, { mode: 'local' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('is not touched when it is switched off', async () => {
    const one = new Device();
    const get = vi.fn();
    one.store = { get, set: get, delete: get };
    const { part, leave } = await one.visit({}, { mode: 'off' });
    await part.clear();
    await leave();
    expect(get).not.toHaveBeenCalled();
  });
});

describe('given IndexedDB', () => {
  it('keeps lists there', async () => {
    const one = new Device();
    one.store = indexedDb('test');
    one.server.set('cus_1', [row('sso')]);
    const { gate, part } = await one.visit();
    await expect.poll(() => one.store.get('plangate/1/index')).toContain('cus_1');
    gate.dispose();
    one.server.weather = 'offline';
    const again = await one.visit();
    expect(again.gate.hasFeature('sso')).toBe(true);
    await part.clear();
    await expect.poll(() => one.store.get('plangate/1/index')).toBe('[]');
  });
});
