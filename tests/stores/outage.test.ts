// Servers that stop and start under load.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStoreError, resilient } from '../../js/stores/index.js';
import type { ChangeNotice, ResilientStore } from '../../js/stores/index.js';
import { hasPostgres, startPostgres } from '../support/postgres.mjs';
import { hasRedis, startRedis } from '../support/redis.mjs';
import { cus, list, T0, until } from './contract-support.js';
import { openStore } from './worker.js';
import type { Where } from './worker.js';

interface Server {
  start(): Promise<void>;
  stop(signal?: string): Promise<void>;
}

const use = { ...cus('cus_use'), key: 'calls', periodStart: T0, now: T0, amount: 1, limit: null };

/** A store that is down is waited for so long. */
const GIVES_UP_MS = 10_000;

/** What was acknowledged, and what was not. */
class Load {
  readonly stored: string[] = [];
  readonly queued: string[] = [];
  readonly marked: string[] = [];
  readonly used: string[] = [];
  refused = 0;
  readonly #store: ResilientStore;
  #on = true;

  constructor(store: ResilientStore) {
    this.#store = store;
  }

  /** A few lanes that write without end, each waiting for its answers. */
  run(): Promise<unknown> {
    return Promise.all(['a', 'b', 'c'].map((lane) => this.#lane(lane)));
  }

  stop(): void {
    this.#on = false;
  }

  async #lane(lane: string): Promise<void> {
    for (let i = 0; this.#on; i += 1) {
      const id = `${lane}${i}`;
      const { stored } = await this.#store.put(list(T0, `{"id":"${id}"}`, cus(id)));
      (stored ? this.stored : this.queued).push(id);
      await this.#insisted(
        () => this.#store.markPending({ ...cus(`m_${id}`), eventId: id, receivedAt: T0 }),
        this.marked,
        id,
      );
      await this.#insisted(() => this.#store.consume({ ...use, idempotencyKey: id }), this.used, id);
    }
  }

  async #insisted(call: () => Promise<unknown>, acknowledged: string[], id: string): Promise<void> {
    try {
      await call();
      acknowledged.push(id);
    } catch (error) {
      if (!isStoreError(error, 'STORE_UNAVAILABLE')) throw error;
      this.refused += 1;
    }
  }
}

async function outage(server: Server, where: Where, signal: string): Promise<void> {
  const errors: string[] = [];
  const store = resilient(openStore(where, GIVES_UP_MS), {
    timeoutMs: GIVES_UP_MS,
    retryMaxMs: 300,
    maxQueued: 100_000,
    onError: ({ message }) => errors.push(message),
  });
  const heard: ChangeNotice[] = [];
  const unsubscribe = await store.subscribe((notice) => heard.push(notice));
  await store.put(list(T0, '{"before":1}'));
  await openStore(where).migrate();
  // Gives up sooner: it is asked when it is known to be down, and as often as it takes afterwards.
  const second = openStore(where, 1000);
  const load = new Load(store);
  const running = load.run();
  await until(() => load.stored.length > 20, 'load before the outage');

  await server.stop(signal);
  expect(await store.get(cus())).toMatchObject({ snapshot: '{"before":1}', stale: true });
  await until(() => load.queued.length > 20 && load.refused > 5, 'load during the outage');
  await expect(second.subscribe(() => {})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const before = load.stored.length;
  await server.start();
  await until(() => load.stored.length > before + 20, 'load after the outage');
  load.stop();
  await running;
  await until(() => store.queued === 0, 'the queue to empty');

  // A fresh handle, without any memory, has everything that was acknowledged, and what was queued.
  const fresh = openStore(where);
  for (const id of [...load.stored, ...load.queued])
    expect((await fresh.get(cus(id)))?.snapshot).toBe(`{"id":"${id}"}`);
  for (const id of load.marked) expect(await fresh.seenEvent({ ...cus(), eventId: id })).toBe(true);
  for (const id of load.used)
    expect(await fresh.consume({ ...use, idempotencyKey: id })).toMatchObject({ replayed: true });
  const { used } = await fresh.usage(use);
  expect(used).toBeGreaterThanOrEqual(load.used.length);
  expect(used).toBeLessThanOrEqual(load.used.length + load.refused);

  // Notices go on after it, also from other handles, and none is missing.
  const { current } = await fresh.put(list(T0, '{}', cus('cus_after')));
  await until(() => heard.some(({ version }) => version === current?.version), 'a notice after the outage');
  const told = new Set(heard.map(({ customer }) => customer));
  for (const id of [...load.stored, ...load.queued]) expect(told).toContain(id);
  expect(errors.length).toBeGreaterThan(0);
  await unsubscribe();
  const subscribes = (): Promise<boolean> =>
    second
      .subscribe(() => {})
      .then(
        async (stop) => (await stop(), true),
        () => false,
      );
  await until(subscribes, 'the second handle to connect again');
  await second.close();
  await fresh.close();
  await store.close();
}

describe.skipIf(!hasPostgres)('PostgreSQL stops and starts under load', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    cluster = await startPostgres();
  });
  afterAll(async () => cluster?.remove());

  for (const signal of ['SIGINT', 'SIGQUIT']) {
    it(`loses nothing acknowledged (${signal})`, () =>
      outage(cluster, { kind: 'postgres', at: cluster.url, space: `outage_${signal.toLowerCase()}` }, signal));
  }
});

describe.skipIf(!hasRedis)('Redis stops and starts under load', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => server?.remove());

  for (const signal of ['SIGTERM', 'SIGKILL']) {
    it(`loses nothing acknowledged (${signal})`, () =>
      outage(server, { kind: 'redis', at: server.url, space: `outage_${signal.toLowerCase()}` }, signal));
  }
});
