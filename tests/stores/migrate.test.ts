// Schemas of other versions, and stores that cannot be opened.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { postgres } from '../../js/stores/postgres.js';
import { redis } from '../../js/stores/redis.js';
import { sqlite } from '../../js/stores/sqlite.js';
import type { Store } from '../../js/stores/index.js';
import { migrations } from '../../js/stores/sql/schema.js';
import { WAIT_MS } from '../support/patience.js';
import { hasPostgres, startPostgres } from '../support/postgres.mjs';
import { freePort } from '../support/servers.mjs';
import { cus, DAY, list, T0 } from './contract-support.js';

const folder = mkdtempSync(join(tmpdir(), 'plangate-migrate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const use = { ...cus(), key: 'calls', periodStart: T0, now: T0, limit: 1, amount: 1 };

/** Takes a store of the first version, which had no counters: runs one statement at a time on the database itself. */
async function fromFirstVersion(
  run: (text: string) => Promise<unknown>,
  table: (name: string) => string,
  open: () => Store,
): Promise<void> {
  const first = open();
  await first.put(list(T0, '{"kept":1}', { changes: [{ kind: 'granted', key: 'sso' }] }));
  await first.markPending({ ...cus('cus_2'), eventId: 'evt_1', receivedAt: T0 });
  await first.close();
  await run(`DROP TABLE ${table('counters')}`);
  await run(`DROP TABLE ${table('usage_keys')}`);
  await run(`UPDATE ${table('schema_version')} SET version = 1`);

  const second = open();
  expect(await second.consume(use)).toMatchObject({ accepted: true, used: 1 });
  expect(await second.get(cus())).toMatchObject({ snapshot: '{"kept":1}' });
  expect(await second.listAudit()).toHaveLength(1);
  expect(await second.pending()).toMatchObject([{ eventId: 'evt_1' }]);
  expect(await second.health()).toMatchObject({ ok: true, schema: migrations.length });
  await second.close();

  await run(`UPDATE ${table('schema_version')} SET version = 99`);
  const newer = open();
  await expect(newer.get(cus())).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW', retryable: false });
  await expect(newer.put(list(T0 + 1))).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
  expect(await newer.health()).toMatchObject({ ok: false });
  await newer.close();
  await run(`UPDATE ${table('schema_version')} SET version = ${migrations.length}`);
  const again = open();
  expect((await again.get(cus()))?.asOf).toBe(T0);
  await again.close();
}

describe('SQLite', () => {
  it('brings an older schema up to date, with its data, and leaves a newer one alone', async () => {
    const path = join(folder, 'old.db');
    const run = async (text: string): Promise<void> => {
      const database = new Database(path);
      database.exec(text);
      database.close();
    };
    await fromFirstVersion(
      run,
      (name) => `plangate_${name}`,
      () => sqlite(path),
    );
  });

  it('keeps acknowledged writes on disk: WAL, synchronous FULL, also on a database that is given', async () => {
    const path = join(folder, 'given.db');
    const database = new Database(path);
    const store = sqlite(database);
    await store.put(list(T0));
    expect(database.prepare('PRAGMA synchronous').all()).toEqual([{ synchronous: 2 }]);
    expect(database.prepare('PRAGMA journal_mode').all()).toEqual([{ journal_mode: 'wal' }]);
    await store.close();
    expect(database.prepare('SELECT customer FROM plangate_entries').all()).toEqual([{ customer: 'cus_1' }]);
    database.close();
  });

  it('waits for another process, and says so when it waits in vain', async () => {
    const path = join(folder, 'busy.db');
    const patient = sqlite(path, { busyTimeoutMs: WAIT_MS });
    await patient.put(list(T0));
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 100);
    expect((await patient.put(list(T0 + 1))).stored).toBe(true);
    await patient.close();
    const store = sqlite(path, { busyTimeoutMs: 100 });
    other.exec('BEGIN IMMEDIATE');
    expect((await store.get(cus()))?.asOf).toBe(T0 + 1);
    await expect(store.put(list(T0 + 2))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    other.exec('ROLLBACK');
    expect((await store.put(list(T0 + 2))).stored).toBe(true);
    other.close();
    await store.close();
  });

  it('waits for another process as long as it was told, also when the clock is set back meanwhile', async () => {
    const path = join(folder, 'set-back.db');
    const store = sqlite(path, { busyTimeoutMs: 100 });
    await store.put(list(T0));
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.markPending({ ...cus(), receivedAt: T0 }).catch((error: unknown) => error);
    await new Promise<void>((resolve) => void setImmediate(resolve));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - DAY });
    onTestFinished(() => void vi.useRealTimers());
    expect(await waiting).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    other.exec('ROLLBACK');
    other.close();
    await store.close();
  });

  it('does not come back to a database for what still waits for its lock when the store is closed', async () => {
    const database = new Database(join(folder, 'closed.db'));
    const begun: string[] = [];
    let busy = false;
    const store = sqlite({
      prepare: (text) => database.prepare(text),
      exec: (text) => {
        begun.push(text);
        if (busy) throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
        return database.exec(text);
      },
      close: () => database.close(),
    });
    await store.put(list(T0));
    busy = true;
    begun.length = 0;
    const waiting = store.put(list(T0 + 1)).catch((error: unknown) => error);
    await expect.poll(() => begun.length).toBeGreaterThan(0);
    await store.close();
    busy = false;
    begun.length = 0;
    expect(await waiting).toMatchObject({ code: 'STORE_CLOSED' });
    expect(begun).toEqual([]);
    database.close();
  });

  it('says what it cannot open, and opens it when it can', async () => {
    const path = join(folder, 'missing', 'x.db');
    const store = sqlite(path);
    await expect(store.get(cus())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(existsSync(path)).toBe(false);
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(folder, 'missing'));
    expect(await store.get(cus())).toBeNull();
    await store.close();

    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, 'not a database, but a long enough text to be taken for one. '.repeat(40));
    const bytes = readFileSync(damaged);
    const broken = sqlite(damaged);
    await expect(broken.get(cus())).rejects.toMatchObject({ code: 'STORE_FAILED', retryable: false });
    await broken.close();
    expect(readFileSync(damaged).equals(bytes)).toBe(true);
  });
});

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  let pool: pg.Pool;
  beforeAll(async () => {
    cluster = await startPostgres();
    pool = new pg.Pool({ connectionString: cluster.url, max: 3 });
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool?.end();
    await cluster?.remove();
  });

  it('brings an older schema up to date, with its data, and leaves a newer one alone', async () => {
    const open = (): Store => postgres(pool, { schema: 'old' });
    await fromFirstVersion(
      (text) => pool.query(text),
      (name) => `old.${name}`,
      open,
    );
  });

  it('runs with the right to its tables only, once they are made', async () => {
    await (async (store: Store) => (await store.migrate(), store.close()))(postgres(pool, { schema: 'limited' }));
    await pool.query('CREATE ROLE app LOGIN; GRANT USAGE ON SCHEMA limited TO app');
    await pool.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limited TO app');
    const store = postgres(cluster.url.replace('plangate@', 'app@'), { schema: 'limited' });
    expect((await store.put(list(T0))).stored).toBe(true);
    await store.close();
    const denied = postgres(cluster.url.replace('plangate@', 'app@'), { schema: 'elsewhere' });
    await expect(denied.get(cus())).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await denied.close();
  });

  it('may be down when the process starts', async () => {
    await cluster.stop();
    const store = postgres(cluster.url, { schema: 'late' });
    await expect(store.get(cus())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.health()).toMatchObject({ ok: false, kind: 'postgres' });
    await cluster.start();
    expect((await store.put(list(T0))).stored).toBe(true);
    await store.close();
  });
});

describe('nobody listens', () => {
  it('is STORE_UNAVAILABLE, within the time allowed', async () => {
    const port = await freePort();
    const stores = [
      postgres(`postgres://x@127.0.0.1:${port}/x`, { connectTimeoutMs: 500 }),
      redis(`redis://127.0.0.1:${port}`, { timeoutMs: 500 }),
    ];
    for (const store of stores) {
      await expect(store.get(cus())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(store.subscribe(() => {})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await store.health()).toMatchObject({ ok: false });
      await store.close();
    }
  });
});
