// The latest list without being asked for: streams, focus, connection, tabs. No timer is real, no network either.
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { LiveOptions } from '../../js/live/index.js';
import { quiet, world } from './live-world.js';
import { row, SECOND, settle } from './support.js';

afterEach(() => void vi.restoreAllMocks());

describe('given a stream', () => {
  it('answers from each list as it comes, without a request', async () => {
    const { server, open } = world();
    const { gate } = await open();
    server.set('cus_1', [row('pro')]);
    await settle();
    expect([gate.hasFeature('pro'), server.count('GET'), server.count('STREAM')]).toEqual([true, 1, 1]);
  });

  it('opens it again when it breaks, ever more slowly while that fails, and misses nothing', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { hand, server, open } = world();
    const { gate } = await open({ silenceMs: 3600 * SECOND });
    await hand.advance(60 * SECOND);
    server.cut();
    await settle();
    server.set('cus_1', [row('pro')]);
    await hand.advance(2 * SECOND - 1);
    expect(server.count('STREAM')).toBe(1);
    await hand.advance(1);
    expect(server.count('STREAM')).toBe(2);
    await hand.advance(600 * SECOND);
    // 2, 4, 8, 16, 32, 64, 128, 256, 300 s.
    expect(server.count('STREAM')).toBe(9);
    server.weather = 'fine';
    await hand.advance(300 * SECOND);
    expect(gate.hasFeature('pro')).toBe(true);
  });

  it.each([
    ['an event', (text: string) => `data: ${text}\ndata: ${text}\n\n`],
    ['a line that does not end', (text: string) => `data: ${text}${text}`],
  ])('gives it up for %s of more than maxBytes, tells it, and opens it again ever more slowly', async (_, sent) => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { hand, server, open } = world();
    const { gate } = await open({}, { maxBytes: 1000 });
    const told: unknown[] = [];
    gate.on('error', ({ code }) => told.push(code));
    const flood = async (): Promise<void> => {
      for (const stream of server.streams) stream.send(sent('x'.repeat(600)));
      for (let i = 0; i < 5; i++) await settle();
    };
    await flood();
    expect([told, server.streams.size, gate.ready]).toEqual([['BODY_TOO_LARGE'], 0, true]);
    await hand.advance(2 * SECOND);
    expect(server.count('STREAM')).toBe(2);
    await flood();
    await hand.advance(2 * SECOND);
    expect(server.count('STREAM')).toBe(2);
    await hand.advance(2 * SECOND);
    expect(server.count('STREAM')).toBe(3);
    // What fits is taken as before, however many there are.
    for (let i = 0; i < 20; i++) server.set('cus_1', [row('pro', { id: `ent_${'y'.repeat(300)}${i}` })]);
    await settle();
    expect([gate.hasFeature('pro'), told.length]).toEqual([true, 2]);
  });

  it('takes a silent one for dead', async () => {
    const { hand, server, open } = world();
    await open({ silenceMs: 30 * SECOND });
    for (const stream of server.streams) await hand.advance(29 * SECOND).then(() => stream.send(': \n\n'));
    await settle();
    await hand.advance(29 * SECOND);
    expect([server.count('STREAM'), server.streams.size]).toEqual([1, 1]);
    await hand.advance(4 * SECOND);
    expect([server.count('STREAM'), server.streams.size]).toEqual([2, 1]);
  });

  it.each([
    [404, 1],
    [401, 1],
    [204, 1],
    [429, 6],
    [503, 6],
  ])('asks a server that says %i for one %i times in a minute', async (status, times) => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { hand, server, open } = world();
    const fetch = vi.fn(async () => new Response(null, { status }));
    await open({ fetch });
    await hand.advance(63 * SECOND);
    expect(fetch).toHaveBeenCalledTimes(times);
    expect(server.count('GET')).toBe(1);
  });

  it('asks where it is told to, with the headers of the client', async () => {
    const { server, open } = world();
    const sent: [string, unknown][] = [];
    const fetch = (async (url: string, init: RequestInit) => {
      sent.push([String(url), init.headers]);
      return server.fetch(url, init);
    }) as typeof globalThis.fetch;
    const headers = { authorization: 'Bearer t' };
    await open({ fetch }, { headers });
    await open({ fetch, stream: '/news' }, { headers, customer: 'cus_2' });
    await open({ fetch, stream: (customer) => `/of/${customer}` }, { customer: 'cus_3' });
    await open({ fetch }, { url: 'https://x.test/e/?a=1#top', customer: 'cus_4' });
    expect(sent.map(([url]) => url)).toEqual([
      '/e/stream?customer=cus_1',
      '/news',
      '/of/cus_3',
      'https://x.test/e/stream?a=1',
    ]);
    expect(sent[0]![1]).toMatchObject({ accept: 'text/event-stream', authorization: 'Bearer t' });
  });

  it.each([{}, { tabs: false }])('tries again when its address cannot be told yet (%o)', async (how) => {
    const { hand, server, open } = world();
    let signedIn = false;
    const url = (customer: string | null): string => {
      if (!signedIn) throw new Error('nobody is signed in');
      return `/e?customer=${customer}`;
    };
    const { gate } = await open(how, { url });
    expect([gate.ready, gate.error?.code, server.log]).toEqual([false, 'NETWORK_ERROR', []]);
    signedIn = true;
    await hand.advance(10 * SECOND);
    expect([gate.ready, server.streams.size]).toEqual([true, 1]);
  });

  it('sends no secret key that a function brings in', async () => {
    const { hand, server, open } = world();
    // Put together, so that no scanner takes it for a real one.
    const headers = () => ({ authorization: `Bearer ${['sk', 'live', 'a1'].join('_')}` });
    const { gate } = await open({}, { headers });
    await hand.advance(10 * SECOND);
    expect([gate.error?.code, server.log]).toEqual(['SECRET_KEY_IN_CLIENT', []]);
  });

  it('fetches when it tells of something else than a list', async () => {
    const { hand, server, open } = world();
    await open();
    for (const { send } of server.streams) send('event: changed\ndata: x\n\n');
    await settle();
    expect(server.count('GET')).toBe(1);
    await hand.advance(5 * SECOND);
    expect(server.count('GET')).toBe(2);
  });

  it('uses a list only when it passes the application’s look', async () => {
    const { server, open } = world();
    const verify = vi.fn(async (_: string, signature: string | null) => {
      if (signature !== 'good') throw new Error('forged');
    });
    const { gate } = await open({ verify });
    const tell = async (feature: string, signature: string): Promise<void> => {
      const { weather } = server;
      server.weather = 'offline';
      server.set('cus_1', [row(feature)]);
      server.weather = weather;
      for (const { send } of server.streams)
        send(`event: signature\ndata: ${signature}\n\nevent: snapshot\ndata: ${server.body('cus_1')}\n\n`);
      await settle();
    };
    await tell('a', 'bad');
    expect(gate.hasFeature('a')).toBe(false);
    await tell('b', 'good');
    expect(gate.hasFeature('b')).toBe(true);
  });

  it('ends with the client, and with its customer', async () => {
    const { hand, server, open } = world();
    const { gate } = await open();
    await gate.setCustomer('cus_2');
    await settle();
    expect([...server.streams].map(({ customer }) => customer)).toEqual(['cus_2']);
    gate.dispose();
    await settle();
    await hand.advance(600 * SECOND);
    expect([server.streams.size, hand.pending]).toEqual([0, 0]);
  });
});

describe('given a page that is looked at', () => {
  it('fetches, but not again and again', async () => {
    const { hand, server, open } = world();
    const { tab } = await open(quiet);
    await hand.advance(6 * SECOND);
    for (let i = 0; i < 10; i++) tab.tell('focus');
    await settle();
    expect(server.count('GET')).toBe(2);
    for (let i = 0; i < 10; i++) tab.tell('focus');
    await hand.advance(4 * SECOND);
    expect(server.count('GET')).toBe(2);
    await hand.advance(60 * SECOND);
    expect(server.count('GET')).toBe(3);
  });

  it('does not take being shown for the first time for more', async () => {
    const { hand, server, open } = world();
    const { tab } = await open(quiet);
    tab.tell('wake');
    await hand.advance(60 * SECOND);
    expect(server.count('GET')).toBe(1);
    tab.tell('sleep');
    tab.tell('wake');
    await settle();
    expect(server.count('GET')).toBe(2);
  });

  it('does not fetch where that is switched off', async () => {
    const { hand, server, open } = world();
    const { tab } = await open({ ...quiet, focus: false, online: false });
    await hand.advance(60 * SECOND);
    tab.tell('focus');
    tab.tell('online');
    await hand.advance(60 * SECOND);
    expect(server.count('GET')).toBe(1);
  });

  it('fetches at intervals only when told, and while somebody looks', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { hand, server, open } = world();
    const { tab } = await open({ ...quiet, intervalMs: 60 * SECOND });
    await hand.advance(150 * SECOND);
    expect(server.count('GET')).toBe(3);
    tab.shown = false;
    await hand.advance(600 * SECOND);
    expect(server.count('GET')).toBe(3);
    tab.shown = true;
    tab.tell('focus');
    await hand.advance(60 * SECOND);
    expect(server.count('GET')).toBe(5);
  });
});

describe('given a server in trouble', () => {
  it('waits twice as long each time, and comes back by itself', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { hand, server, open } = world();
    server.weather = 'broken';
    const { gate, tab } = await open(quiet);
    const at: number[] = [];
    for (let second = 1; second <= 64; second++) {
      const before = server.count('GET');
      tab.tell('focus');
      await hand.advance(SECOND);
      if (server.count('GET') > before) at.push(second);
    }
    expect(at).toEqual([1, 3, 7, 15, 31, 63]);
    server.weather = 'fine';
    await hand.advance(64 * SECOND);
    expect([gate.ready, gate.stale]).toEqual([true, false]);
  });

  it('waits as long as the server asks', async () => {
    const { hand, server, open } = world();
    server.weather = 'broken';
    server.retryAfter = '120';
    await open(quiet);
    await hand.advance(119 * SECOND);
    expect(server.count('GET')).toBe(1);
    await hand.advance(2 * SECOND);
    expect(server.count('GET')).toBe(2);
  });

  it('asks seldom when it is refused', async () => {
    const { hand, open } = world();
    const fetch = vi.fn(async () => new Response('no', { status: 403 }));
    await open(quiet, { fetch });
    await hand.advance(299 * SECOND);
    expect(fetch).toHaveBeenCalledTimes(1);
    await hand.advance(2 * SECOND);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('does not ask while the device is offline, and at once when it is back', async () => {
    const { hand, server, browser, open } = world();
    const { gate, tab } = await open(quiet);
    server.weather = 'offline';
    await gate.refresh();
    browser.isOnline = false;
    await hand.advance(3600 * SECOND);
    expect(server.count('GET')).toBe(2);
    server.weather = 'fine';
    server.set('cus_1', [row('pro')]);
    browser.isOnline = true;
    tab.tell('online');
    await hand.advance(SECOND);
    expect([server.count('GET'), gate.hasFeature('pro')]).toEqual([3, true]);
  });
});

describe('given several tabs', () => {
  it('holds one stream for all, and one request serves all', async () => {
    const { server, open } = world();
    const tabs = [await open(), await open(), await open()];
    expect(server.streams.size).toBe(1);
    server.set('cus_1', [row('pro')]);
    await settle();
    await settle();
    expect(tabs.map(({ gate }) => gate.hasFeature('pro'))).toEqual([true, true, true]);
    server.weather = 'offline';
    server.set('cus_1', [row('max')]);
    server.weather = 'fine';
    await tabs[2]!.gate.refresh();
    await settle();
    expect(tabs.map(({ gate }) => gate.hasFeature('max'))).toEqual([true, true, true]);
    expect([server.count('GET'), server.count('STREAM')]).toEqual([4, 1]);
  });

  it('hands the stream over when the tab that holds it is closed, or sleeps', async () => {
    const { hand, server, open } = world();
    const [a, b, c] = [await open(), await open(), await open()];
    a.close();
    await settle();
    expect([server.streams.size, server.count('STREAM')]).toEqual([1, 2]);
    b.tab.tell('sleep');
    await settle();
    server.set('cus_1', [row('pro')]);
    await settle();
    expect([b.gate.hasFeature('pro'), c.gate.hasFeature('pro')]).toEqual([false, true]);
    await hand.advance(6 * SECOND);
    b.tab.tell('wake');
    await settle();
    expect([b.gate.hasFeature('pro'), server.streams.size]).toEqual([true, 1]);
  });

  it('keeps customers apart', async () => {
    const { server, open } = world();
    const [a, b] = [await open(), await open()];
    server.set('cus_2', [row('audit')]);
    await b.gate.setCustomer('cus_2');
    await settle();
    expect(server.streams.size).toBe(2);
    server.set('cus_1', [row('pro')]);
    await settle();
    await settle();
    expect([a.gate.hasFeature('pro'), b.gate.hasFeature('pro')]).toEqual([true, false]);
    expect([a.gate.hasFeature('audit'), b.gate.hasFeature('audit')]).toEqual([false, true]);
  });

  it('shares nothing between tabs of nobody in particular, unless there is a key', async () => {
    const { server, open } = world();
    const of = (how: LiveOptions) => open(how, { customer: null, url: '/e' });
    await of({});
    await of({});
    expect(server.streams.size).toBe(2);
    await of({ key: 'session' });
    await of({ key: 'session' });
    expect(server.streams.size).toBe(3);
  });
});
