// The latest list where something of it is switched off, spared, or never comes.
import { describe, expect, it } from 'vitest';

import { cache } from '../../js/cache/index.js';
import { live } from '../../js/live/index.js';
import type { LiveOptions } from '../../js/live/index.js';
import { quiet, world } from './live-world.js';
import { row, SECOND, settle } from './support.js';

describe('given a page without one of its triggers', () => {
  it('fetches at intervals again when it is looked at again, also where that alone is switched off', async () => {
    const { hand, server, open } = world();
    const { tab } = await open({ ...quiet, focus: false, intervalMs: 60 * SECOND });
    tab.shown = false;
    await hand.advance(600 * SECOND);
    expect(server.count('GET')).toBe(1);
    tab.shown = true;
    tab.tell('focus');
    await settle();
    expect(server.count('GET')).toBe(2);
    tab.tell('focus');
    await hand.advance(50 * SECOND);
    expect(server.count('GET')).toBe(2);
    await hand.advance(20 * SECOND);
    expect(server.count('GET')).toBe(3);
  });

  it('makes up for failures when it is connected again, also where that alone is switched off', async () => {
    const { hand, server, browser, open } = world();
    const { gate, tab } = await open({ ...quiet, focus: false, online: false });
    server.weather = 'offline';
    await gate.refresh();
    browser.isOnline = false;
    await hand.advance(600 * SECOND);
    server.weather = 'fine';
    browser.isOnline = true;
    tab.tell('online');
    await settle();
    await hand.advance(10 * SECOND);
    expect([gate.stale, server.count('GET')]).toEqual([false, 3]);
  });

  it('fetches at intervals also after a kept list that spared the first request', async () => {
    const { hand, server, open } = world();
    const texts = new Map<string, string>();
    const store = {
      get: (key: string) => texts.get(key),
      set: (key: string, text: string) => texts.set(key, text),
      delete: (key: string) => texts.delete(key),
    };
    server.set('cus_1', [row('pro')]);
    const use = (how: LiveOptions, page: LiveOptions['page']) => [cache({ store }), live({ ...quiet, ...how, page })];
    const first = await open({}, { use: [cache({ store })] });
    await settle();
    first.close();
    await open({}, { use: use({ intervalMs: 60 * SECOND }, first.tab) });
    expect(server.count('GET')).toBe(1);
    await hand.advance(70 * SECOND);
    expect(server.count('GET')).toBe(2);
  });
});

describe('given a stream', () => {
  it('takes one for dead also when its headers are never told', async () => {
    const { hand, server, open } = world();
    let asked = 0;
    const headers = () => (++asked === 2 ? new Promise<never>(() => {}) : {});
    await open({ silenceMs: 30 * SECOND }, { headers });
    expect([asked, server.count('STREAM')]).toEqual([2, 0]);
    await hand.advance(34 * SECOND);
    expect([asked, server.streams.size]).toEqual([3, 1]);
  });
});
