import { existsSync } from 'node:fs';

import { Cluster, Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redis } from '../../js/stores/redis.js';
import type { NodeRedisClient } from '../../js/stores/redis.js';
import { hasRedis, startRedis } from '../support/redis.mjs';
import { storeContract } from './contract.js';

type Server = Awaited<ReturnType<typeof startRedis>>;

// Elsewhere than on Debian the suites below are left out where it is not installed; here that would go unnoticed.
it.runIf(existsSync('/etc/debian_version'))('Redis is installed (tools/packages.txt)', () => {
  expect(hasRedis).toBe(true);
});

/** A client of the application whose own connection stands, and whose duplicates do as told. */
function clientOf(duplicate: Partial<NodeRedisClient>): NodeRedisClient {
  const client: NodeRedisClient = {
    isOpen: true,
    sendCommand: async () => '1',
    connect: async () => undefined,
    duplicate: () => ({ ...client, ...duplicate }),
    on: () => undefined,
    removeListener: () => undefined,
    subscribe: async () => undefined,
    destroy: () => {
      throw new Error('The client is closed');
    },
  };
  return client;
}

describe('a subscriber that is gone already', () => {
  it('is told by why it could not connect', async () => {
    const connect = () => Promise.reject(new Error('Socket closed unexpectedly'));
    const store = redis(clientOf({ isOpen: false, connect }));
    await expect(store.subscribe(() => {})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await store.close();
  });

  it('keeps nobody from closing', async () => {
    const store = redis(clientOf({ isOpen: false }));
    const stop = await store.subscribe(() => {});
    await stop();
    await store.close();
  });
});

describe.skipIf(!hasRedis)('Redis', () => {
  let server: Server;
  let nodeClient: NodeRedisClient;
  let ioClient: Redis;
  let clusterServer: Server;
  let cluster: Cluster;
  let prefixes = 0;
  const prefix = (): string => `{t${prefixes}}:`;
  beforeAll(async () => {
    server = await startRedis();
    nodeClient = createClient({ url: server.url }) as unknown as NodeRedisClient;
    ioClient = new Redis(server.url);
    clusterServer = await startRedis({ cluster: true });
    cluster = new Cluster([{ host: '127.0.0.1', port: clusterServer.port }]);
  });
  afterAll(async () => {
    nodeClient?.destroy?.();
    ioClient?.disconnect();
    cluster?.disconnect();
    await clusterServer?.remove();
    await server?.remove();
  });

  const clients = {
    'Redis by URL': () => server.url,
    'Redis by a redis client': () => nodeClient,
    'Redis by an ioredis client': () => ioClient,
    'Redis cluster by an ioredis Cluster': () => cluster,
  };
  for (const [name, client] of Object.entries(clients)) {
    storeContract(name, {
      kind: 'redis',
      fresh: async (retention) => {
        prefixes += 1;
        return redis(client(), { ...retention, prefix: prefix() });
      },
      again: async () => redis(client(), { prefix: prefix() }),
    });
  }

  const key = { source: 'stripe', mode: 'live', customer: 'cus_1' } as const;

  it('leaves a given client open, and tells how durable the server is', async () => {
    const store = redis(ioClient, { prefix: '{open}:' });
    await store.put({ ...key, snapshot: '{}', asOf: 1 });
    expect(await store.health()).toMatchObject({ ok: true, durability: 'disk', schema: 1 });
    await store.close();
    expect(await ioClient.get('{open}:version')).toBe('1');
    await ioClient.config('SET', 'appendfsync', 'everysec');
    const lax = redis(nodeClient, { prefix: '{open}:' });
    expect(await lax.health()).toMatchObject({ durability: 'interval' });
    await lax.close();
    await ioClient.config('SET', 'appendfsync', 'always');
  });

  it('leaves no connection behind when it is closed while it connects', async () => {
    const connections = async (): Promise<number> =>
      String(await ioClient.client('LIST'))
        .trim()
        .split('\n').length;
    const before = await connections();
    for (let moment = 0; moment < 24; moment += 1) {
      const store = redis(server.url, { prefix: '{closing}:' });
      const asked = [store.health(), store.subscribe(() => {})];
      for (let i = 0; i < moment / 8; i += 1) await new Promise((resolve) => void setImmediate(resolve));
      for (let i = 0; i < moment % 8; i += 1) await undefined;
      await store.close();
      await Promise.allSettled(asked);
    }
    await expect.poll(connections).toBe(before);
  });

  it('refuses a layout of a later version', async () => {
    await ioClient.set('{newer}:schema', '99');
    const store = redis(ioClient, { prefix: '{newer}:' });
    await expect(store.get(key)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    expect(await store.health()).toMatchObject({ ok: false });
    await store.close();
    expect(await ioClient.keys('{newer}:*')).toEqual(['{newer}:schema']);
  });

  it('lets counters of a period expire after it, and others never', async () => {
    const store = redis(ioClient, { prefix: '{ttl}:', usageRetentionMs: 1000 });
    const use = { ...key, key: 'calls', periodStart: 0, now: 5000, amount: 1, limit: null };
    await store.consume({ ...use, periodEnd: 65_000, idempotencyKey: 'job' });
    await store.consume({ ...use, key: 'lifetime', periodEnd: null });
    const ttl = async (pattern: string): Promise<number> => ioClient.pttl((await ioClient.keys(pattern))[0] as string);
    for (const pattern of ['*ttl*counter*calls*', '*ttl*use*job']) {
      expect(await ttl(pattern)).toBeGreaterThan(50_000);
      expect(await ttl(pattern)).toBeLessThanOrEqual(61_000);
    }
    expect(await ttl('*ttl*counter*lifetime*')).toBe(-1);
    await store.close();
  });
});
