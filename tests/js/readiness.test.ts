// How sure the answers are: tags of lists, failures that make them stale, and waiting for the first.
import { describe, expect, it, vi } from 'vitest';

import type { PartHost } from '../../js/client/part.js';
import { answers, client, HandClock, list, row, SECOND, settle, T0, wasm } from './support.js';
import { FakeServer } from './world.js';

async function served(options: object = {}) {
  const hand = new HandClock();
  const server = new FakeServer(hand);
  server.set('cus_1', [row('sso')]);
  return { server, ...(await client({ url: '/e', fetch: server.fetch, ...options })) };
}

describe('given a server that tags its lists', () => {
  it('asks for a list only if it is another', async () => {
    const { server, gate } = await served();
    const version = gate.check('sso');
    expect([await gate.refresh(), await gate.refresh()]).toEqual([true, true]);
    expect(server.count('304')).toBe(2);
    expect(gate.check('sso')).toBe(version);
    server.set('cus_1', []);
    expect(await gate.refresh()).toBe(true);
    expect([server.count('304'), gate.hasFeature('sso')]).toEqual([2, false]);
  });

  it('does not send one customer’s tag for another', async () => {
    const { server, gate } = await served({ url: (id: string | null) => `/e?customer=${id}`, customer: 'cus_1' });
    await gate.setCustomer('cus_2');
    expect([gate.ready, server.count('304')]).toEqual([true, 0]);
  });

  it('takes 304 for a failure when it sent no tag', async () => {
    const { gate } = await client({ url: '/e', fetch: async () => new Response(null, { status: 304 }) });
    expect(gate.error).toMatchObject({ code: 'HTTP_STATUS', status: 304 });
  });
});

describe('given a fetch that fails', () => {
  it('keeps the answers, says that they are stale, and once', async () => {
    const { server, gate } = await served();
    const heard: string[] = [];
    gate.on('stale', ({ customer }) => heard.push(customer));
    gate.on('error', () => {});
    server.weather = 'offline';
    expect([await gate.refresh(), await gate.refresh()]).toEqual([false, false]);
    expect([gate.stale, gate.hasFeature('sso'), heard]).toEqual([true, true, ['cus_1']]);
    server.weather = 'fine';
    await gate.refresh();
    expect([gate.stale, gate.error]).toEqual([false, undefined]);
    server.weather = 'broken';
    await gate.refresh();
    expect(heard).toHaveLength(2);
  });

  it('is no news that they are stale when a list came meanwhile', async () => {
    let host!: PartHost;
    let give!: () => void;
    const looking = new Promise<void>((resolve) => (give = resolve));
    const part = (given: PartHost): void => {
      host = given;
      given.on('failed', ({ waits }) => waits.push(looking));
    };
    const making = client({ url: '/e', fetch: answers(new Error('away')), use: [part] });
    await expect.poll(() => host.error?.code).toBe('NETWORK_ERROR');
    expect(host.take(null, list([row('sso')]), 'tab')).toBe(true);
    const { gate } = await making;
    const stale = vi.fn();
    gate.on('stale', stale);
    give();
    await settle();
    expect([gate.ready, gate.stale, stale.mock.calls.length]).toEqual([true, false, 0]);
  });

  it('has nothing that could be stale before the first list', async () => {
    const { gate } = await client({ url: '/e', fetch: async () => Promise.reject(new Error('away')) });
    const stale = vi.fn();
    gate.on('stale', stale);
    await gate.refresh();
    expect([gate.stale, stale.mock.calls.length]).toEqual([false, 0]);
  });

  it('tells how long the server asked to wait', async () => {
    const { server, gate } = await served();
    server.weather = 'broken';
    server.retryAfter = '30';
    await gate.refresh();
    expect(gate.error).toMatchObject({ code: 'HTTP_STATUS', status: 503, retryAfter: 30_000 });
  });
});

describe('given a bootstrap and a part that has a fresh list at hand before the engine is here', () => {
  it('asks the server: the list of the part is not the one that it answers from', async () => {
    const part = (host: PartHost): void =>
      void host.on('begin', (lists) => {
        lists.push(Promise.resolve(host.take(null, list([row('sso')]), 'cache')));
      });
    // Bytes of its own have to be compiled, which takes longer than any part that is asked.
    const { gate, server } = await served({ bootstrap: list([], { asOf: T0 - 1 }), wasm: wasm.slice(), use: [part] });
    await expect.poll(() => gate.hasFeature('sso')).toBe(true);
    expect(server.count('GET')).toBe(1);
  });
});

describe('given someone who waits for answers', () => {
  it('is told at once when they are there', async () => {
    const { gate, server } = await served();
    expect(await gate.waitUntilReady()).toBe('ready');
    expect(server.count('GET')).toBe(1);
  });

  it('is told that they failed', async () => {
    const { gate } = await client({ url: '/e', fetch: async () => Promise.reject(new Error('away')) });
    expect(await gate.waitUntilReady()).toBe('failed');
  });

  it('is told that they are stale: by a failure, or by their age', async () => {
    const { gate, server } = await served();
    server.weather = 'offline';
    await gate.refresh();
    expect(await gate.waitUntilReady()).toBe('stale');
    const old = await client({ bootstrap: list([row('sso')], { asOf: T0 - 10 * SECOND }), staleAfter: 5 * SECOND });
    expect([await old.gate.waitUntilReady(), old.gate.stale]).toEqual(['stale', true]);
  });

  it('waits for the request that is under way, and no longer than told', async () => {
    const { gate, server, clock } = await served({
      url: (id: string | null) => `/e?customer=${id}`,
      customer: 'cus_1',
    });
    server.weather = 'held';
    void gate.setCustomer('cus_2');
    const waits = [gate.waitUntilReady({ timeoutMs: 300 }), gate.waitUntilReady()];
    await clock.advance(300);
    expect(await waits[0]).toBe('timeout');
    server.release();
    expect(await waits[1]).toBe('ready');
    expect(server.count('GET cus_2')).toBe(1);
  });

  it('waits on when another customer’s turn begins meanwhile', async () => {
    const { gate, server } = await served({ url: (id: string | null) => `/e?customer=${id}`, customer: 'cus_1' });
    server.weather = 'held';
    void gate.setCustomer('cus_2');
    const waiting = gate.waitUntilReady();
    void gate.setCustomer('cus_3');
    await settle();
    server.release();
    expect([await waiting, gate.info?.customer, server.count('GET cus_3')]).toEqual(['ready', 'cus_3', 1]);
  });

  it('is never left waiting, also by a client that ends', async () => {
    const { gate, clock } = await client({ bootstrap: list([row('sso')]) });
    gate.dispose();
    const done = vi.fn();
    void gate.waitUntilReady({ timeoutMs: 50 }).then(done);
    await settle();
    expect(done).toHaveBeenCalledWith('failed');
    expect(clock.pending).toBe(0);
  });
});
