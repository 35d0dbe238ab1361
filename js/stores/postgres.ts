// plangate/stores/postgres: the store for several machines. Notices travel by LISTEN/NOTIFY.

import { messageOf, StoreError } from './errors.js';
import type { Connection, Dialect, Row, Sql } from './sql/connection.js';
import { withTables } from './sql/connection.js';
import { SqlStore } from './sql/store.js';
import type { Retention, Store } from './store.js';

/** The part of the package `pg`'s Pool that the store uses. */
export interface PgPool {
  connect(): Promise<PgClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

/** The part of the package `pg`'s PoolClient that the store uses. */
export interface PgClient {
  query(text: string, params?: unknown[]): Promise<{ rows: unknown[] }>;
  on(event: 'error' | 'end' | 'notification', listener: () => void): unknown;
  removeListener(event: 'error' | 'end' | 'notification', listener: () => void): unknown;
  release(error?: Error | boolean): void;
}

/** Options of {@link postgres}. */
export interface PostgresOptions extends Retention {
  /** The schema that holds the tables, made if it is not there; default `plangate`. Lower case, a-z 0-9 _. */
  readonly schema?: string;
  /** With a URL: connections at most; default 10. */
  readonly maxConnections?: number;
  /** With a URL: how long to wait for a connection; default 5000 ms, then STORE_UNAVAILABLE. */
  readonly connectTimeoutMs?: number;
  /** How often subscribers look for changes although nothing was notified; default 30,000 ms. */
  readonly pollMs?: number;
}

/**
 * A store in PostgreSQL 13 or later. Every write is a transaction with `synchronous_commit = on`: acknowledged is on disk.
 *
 * @param database A URL, opened with the optional package `pg`; or a Pool of it, which stays open after `close()`.
 *   Subscribers take one connection of the pool for as long as they listen: a pool needs two or more. LISTEN needs a
 *   session of its own: through a pooler in transaction mode, changes of other processes are told by polling only.
 */
export function postgres(database: string | PgPool, options: PostgresOptions = {}): Store {
  return new SqlStore(new PostgresConnection(database, options), options);
}

/** The migration's lock: 'plangate' in ASCII, as a number. */
const MIGRATION_LOCK = '8101814480265344101';
/** Bounds on what a frozen process can hold up: it holds the order of puts while it is in its transaction. */
const BEGIN = `BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '5s';
  SET LOCAL idle_in_transaction_session_timeout = '10s'`;
const RECONNECT_MS = 500;
/** How often a transaction is tried again after a deadlock or a serialization failure. */
const TRIES = 5;

function dialectOf(schema: string): Dialect {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) {
    throw new StoreError('INVALID_ARGUMENT', `schema must be a plain lower-case name, not "${schema}"`);
  }
  return {
    kind: 'postgres',
    prefix: `${schema}.`,
    text: 'text COLLATE "C"',
    int: 'bigint',
    real: 'double precision',
    forUpdate: ' FOR UPDATE',
    skipLocked: ' FOR UPDATE SKIP LOCKED',
    beforeMigration: [
      `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`,
      // CREATE SCHEMA IF NOT EXISTS asks for the right to create even when there is nothing to do.
      `DO $do$ BEGIN IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA ${schema}; END IF; END $do$`,
    ],
    isMigrated: `SELECT 1 AS found WHERE to_regclass('${schema}.schema_version') IS NOT NULL`,
    notify: `SELECT pg_notify('plangate_${schema}', '')`,
  };
}

const errorCode = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Another transaction was in the way: this one was rolled back as a whole, and may run again. */
function isContention(error: unknown): boolean {
  return ['40001', '40P01'].includes(errorCode(error));
}

function postgresError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = errorCode(cause);
  // Five characters: the server has said what is wrong. Else the network or the driver has.
  const passing = !/^[0-9A-Z]{5}$/.test(code) || /^(08|25P03|40|53|55P03|57|58)/.test(code);
  return new StoreError(passing ? 'STORE_UNAVAILABLE' : 'STORE_FAILED', `PostgreSQL: ${messageOf(cause)}`, { cause });
}

const ignore = (): void => {};

class PostgresConnection implements Connection {
  readonly dialect: Dialect;
  readonly #database: string | PgPool;
  readonly #options: PostgresOptions;
  readonly #texts = new Map<string, string>();
  #pool: Promise<PgPool> | undefined;
  #closed = false;

  constructor(database: string | PgPool, options: PostgresOptions) {
    this.dialect = dialectOf(options.schema ?? 'plangate');
    this.#database = database;
    this.#options = options;
  }

  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#borrow((client) => work(this.#sql(client)));
  }

  async write<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#borrow((client) => this.#transaction(client, work));
      } catch (error) {
        if (!isContention((error as StoreError).cause) || tries === TRIES) throw error;
      }
    }
  }

  async watch(look: () => void): Promise<() => Promise<void>> {
    const listening = new Listening(() => this.#connect(), this.dialect.prefix.slice(0, -1), look);
    await listening.start();
    const timer = setInterval(look, this.#options.pollMs ?? 30_000);
    timer.unref?.();
    return async () => {
      clearInterval(timer);
      listening.stop();
    };
  }

  async clock(): Promise<number> {
    const [row] = await this.read((sql) => sql('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS ms'));
    return Number(row?.['ms']);
  }

  async durability(): Promise<'disk' | 'interval'> {
    const [row] = await this.read((sql) => sql("SELECT current_setting('fsync') AS fsync"));
    return row?.['fsync'] === 'on' ? 'disk' : 'interval';
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pool = await this.#pool?.catch(() => undefined);
    if (typeof this.#database === 'string') await pool?.end();
    else pool?.removeListener('error', ignore);
  }

  async #connect(): Promise<PgClient> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store is closed');
    this.#pool ??= this.#open();
    return (await this.#pool).connect();
  }

  async #open(): Promise<PgPool> {
    const pool = typeof this.#database === 'string' ? await this.#create(this.#database) : this.#database;
    // A lost idle connection is replaced at its next use; without a listener it would end the process.
    pool.on('error', ignore);
    return pool;
  }

  async #create(url: string): Promise<PgPool> {
    const { default: pg } = await import('pg').catch((cause: unknown) => {
      throw new StoreError('DRIVER_MISSING', 'the PostgreSQL store needs the package pg: npm install pg', { cause });
    });
    return new pg.Pool({
      connectionString: url,
      max: this.#options.maxConnections ?? 10,
      connectionTimeoutMillis: this.#options.connectTimeoutMs ?? 5000,
      query_timeout: 15_000,
      keepAlive: true,
      application_name: 'plangate',
    }) as unknown as PgPool;
  }

  async #borrow<T>(work: (client: PgClient) => Promise<T>): Promise<T> {
    let client: PgClient;
    try {
      client = await this.#connect();
    } catch (error) {
      throw postgresError(error);
    }
    client.on('error', ignore);
    let broken: StoreError | undefined;
    try {
      return await work(client);
    } catch (error) {
      const failure = postgresError(error);
      // After a lost connection or a timeout its state is unknown: not for the next one.
      if (failure.code === 'STORE_UNAVAILABLE' && !isContention(error)) broken = failure;
      throw failure;
    } finally {
      client.removeListener('error', ignore);
      client.release(broken);
    }
  }

  async #transaction<T>(client: PgClient, work: (sql: Sql) => Promise<T>): Promise<T> {
    await client.query(BEGIN);
    try {
      const result = await work(this.#sql(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(ignore);
      throw error;
    }
  }

  #sql(client: PgClient): Sql {
    return async (text, params) => {
      let full = this.#texts.get(text);
      if (full === undefined) {
        full = withTables(this.dialect, text);
        if (this.#texts.size < 200) this.#texts.set(text, full);
      }
      return (await client.query(full, params as unknown[] | undefined)).rows as Row[];
    };
  }
}

/** A connection that listens, and is made again when it is lost. */
class Listening {
  readonly #connect: () => Promise<PgClient>;
  readonly #channel: string;
  readonly #look: () => void;
  #client: PgClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(connect: () => Promise<PgClient>, schema: string, look: () => void) {
    this.#connect = connect;
    this.#channel = `plangate_${schema}`;
    this.#look = look;
  }

  async start(): Promise<void> {
    let client: PgClient;
    try {
      client = await this.#connect();
    } catch (error) {
      throw postgresError(error);
    }
    try {
      client.on('notification', this.#look);
      client.on('error', this.#lost);
      client.on('end', this.#lost);
      await client.query(`LISTEN ${this.#channel}`);
    } catch (error) {
      this.#drop(client);
      throw postgresError(error);
    }
    if (this.#stopped) this.#drop(client);
    else this.#client = client;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    // Ended, not handed back: it would go on listening in the pool.
    if (client) this.#drop(client);
  }

  readonly #lost = (): void => {
    const client = this.#client;
    this.#client = undefined;
    if (!client || this.#stopped) return;
    this.#drop(client);
    this.#again();
  };

  #again(): void {
    this.#timer = setTimeout(() => {
      // What happened in between was not notified to us: look.
      this.start().then(this.#look, () => {
        if (!this.#stopped) this.#again();
      });
    }, RECONNECT_MS);
    this.#timer.unref?.();
  }

  #drop(client: PgClient): void {
    client.removeListener('notification', this.#look);
    client.removeListener('error', this.#lost);
    client.removeListener('end', this.#lost);
    client.on('error', ignore);
    client.release(true);
  }
}
