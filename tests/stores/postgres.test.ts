import { existsSync } from 'node:fs';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgres } from '../../js/stores/postgres.js';
import { hasPostgres, startPostgres } from '../support/postgres.mjs';
import { storeContract } from './contract.js';

type Cluster = Awaited<ReturnType<typeof startPostgres>>;

// Elsewhere than on Debian the suites below are left out where it is not installed; here that would go unnoticed.
it.runIf(existsSync('/etc/debian_version'))('PostgreSQL is installed (tools/packages.txt)', () => {
  expect(hasPostgres).toBe(true);
});

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: Cluster;
  let pool: pg.Pool;
  let schemas = 0;
  beforeAll(async () => {
    cluster = await startPostgres();
    pool = new pg.Pool({ connectionString: cluster.url, max: 4 });
  });
  afterAll(async () => {
    await pool?.end();
    await cluster?.remove();
  });

  const schema = (): string => `plangate_${schemas}`;
  storeContract('PostgreSQL by URL', {
    kind: 'postgres',
    fresh: async (retention) => {
      schemas += 1;
      return postgres(cluster.url, { ...retention, schema: schema(), maxConnections: 4 });
    },
    again: async () => postgres(cluster.url, { schema: schema(), maxConnections: 4 }),
  });

  it('runs on a pool that is given, and leaves it open', async () => {
    const store = postgres(pool, { schema: 'given_pool' });
    const key = { source: 'stripe', mode: 'live', customer: 'cus_1' } as const;
    const stop = await store.subscribe(() => {});
    await store.put({ ...key, snapshot: '{}', asOf: 1 });
    expect(await store.health()).toMatchObject({ ok: true, durability: 'disk', schema: 2 });
    await stop();
    await store.close();
    const { rows } = await pool.query('SELECT customer FROM given_pool.entries');
    expect(rows).toEqual([{ customer: 'cus_1' }]);
  });

  it('refuses a schema name that is none', () => {
    expect(() => postgres(pool, { schema: 'a"; DROP' })).toThrow(/plain lower-case name/);
  });
});
