// plangate/stores/sqlite: the embedded store. One file, several processes, nothing acknowledged is lost.

import { StoreError } from './errors.js';
import type { Connection, Dialect, Row, Sql, SqlValue } from './sql/connection.js';
import { withTables } from './sql/connection.js';
import { SqlStore } from './sql/store.js';
import { isBusy, openSqlite, sqliteError } from './sqlite-driver.js';
import type { SqliteDatabase } from './sqlite-driver.js';
import type { Retention, Store } from './store.js';

export type { SqliteDatabase, SqliteStatement } from './sqlite-driver.js';

/** Options of {@link sqlite}. */
export interface SqliteOptions extends Retention {
  /** How long to wait for another process's transaction; default 5000 ms, then STORE_UNAVAILABLE. */
  readonly busyTimeoutMs?: number;
  /** How often to look for changes by other processes, while there are subscribers; default 500 ms. */
  readonly pollMs?: number;
}

/**
 * A store in one SQLite file, in WAL mode with `synchronous=FULL`: what was acknowledged is on disk, also after
 * `kill -9` or loss of power. Several processes on one machine may share the file (not over a network file system).
 *
 * @param file A path, opened with the optional package `libsql`, else Node's `node:sqlite`; or an open database of
 *   those, or of `better-sqlite3`. An open database is set to WAL and `synchronous=FULL`, must not be used for other
 *   transactions meanwhile, and stays open after `close()`.
 */
export function sqlite(file: string | SqliteDatabase, options: SqliteOptions = {}): Store {
  return new SqlStore(new SqliteConnection(file, options), options);
}

const dialect: Dialect = {
  kind: 'sqlite',
  prefix: 'plangate_',
  text: 'TEXT',
  int: 'INTEGER',
  real: 'REAL',
  // A write transaction has the whole database: BEGIN IMMEDIATE.
  forUpdate: '',
  skipLocked: '',
  beforeMigration: [],
  isMigrated: "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'plangate_schema_version'",
  notify: null,
};

/** A statement as it is called. */
interface BoundStatement {
  all(...params: SqlValue[]): unknown[];
  run(...params: SqlValue[]): unknown;
  readonly reader?: boolean;
}

interface Prepared {
  readonly statement: BoundStatement;
  /** For each `?`, which parameter it takes. */
  readonly order: readonly number[];
}

/** How long the driver itself may block on a lock. Short: it blocks the event loop; the rest is waited for outside. */
const DRIVER_WAIT_MS = 20;

class SqliteConnection implements Connection {
  readonly dialect = dialect;
  readonly #file: string | SqliteDatabase;
  readonly #busyMs: number;
  readonly #pollMs: number;
  readonly #prepared = new Map<string, Prepared>();
  #database: SqliteDatabase | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(file: string | SqliteDatabase, options: SqliteOptions) {
    this.#file = file;
    this.#busyMs = options.busyTimeoutMs ?? 5000;
    this.#pollMs = options.pollMs ?? 500;
  }

  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#patiently((database) => work(this.#sql(database)));
  }

  write<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#patiently(async (database) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = await work(this.#sql(database));
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollback(database);
        throw error;
      }
    });
  }

  async watch(look: () => void): Promise<() => Promise<void>> {
    const version = (): Promise<unknown> =>
      this.read(async (sql) => (await sql('PRAGMA data_version'))[0]?.['data_version']);
    let seen = await version();
    // data_version changes when another connection has committed; reading it touches no page.
    const poll = (): void => {
      void version().then(
        (now) => {
          if (now !== seen) look();
          seen = now;
        },
        () => {},
      );
    };
    const timer = setInterval(poll, this.#pollMs);
    timer.unref?.();
    return async () => clearInterval(timer);
  }

  async clock(): Promise<number> {
    return Date.now();
  }

  async durability(): Promise<'disk'> {
    return 'disk';
  }

  async close(): Promise<void> {
    await this.#exclusive(async () => {
      this.#prepared.clear();
      if (typeof this.#file === 'string') this.#database?.close();
      this.#database = undefined;
      this.#closed = true;
    });
  }

  /** One at a time: the connection has one transaction, and a read in between would see half of it. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Runs `work` again while another process has the lock, without blocking the event loop in between. */
  async #patiently<T>(work: (database: SqliteDatabase) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#busyMs;
    for (;;) {
      try {
        return await this.#exclusive(async () => work(await this.#opened()));
      } catch (error) {
        if (!isBusy(error)) throw sqliteError(error);
        if (performance.now() >= deadline) {
          const message = `another process has held the SQLite lock for ${this.#busyMs} ms`;
          throw new StoreError('STORE_UNAVAILABLE', message, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 20));
      }
    }
  }

  async #opened(): Promise<SqliteDatabase> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store is closed');
    if (this.#database) return this.#database;
    const opened = typeof this.#file === 'string' ? await openSqlite(this.#file) : this.#file;
    try {
      const pragmas = [`busy_timeout = ${DRIVER_WAIT_MS}`, 'journal_mode = WAL', 'synchronous = FULL'];
      for (const pragma of pragmas) opened.prepare(`PRAGMA ${pragma}`).all();
    } catch (error) {
      if (typeof this.#file === 'string') opened.close();
      throw error;
    }
    this.#database = opened;
    return opened;
  }

  #sql(database: SqliteDatabase): Sql {
    return async (text, params = []) => {
      const { statement, order } = this.#prepare(database, text);
      const values = order.map((index) => params[index] as SqlValue);
      // better-sqlite3 refuses all() on a statement that gives no rows.
      if (statement.reader === false) {
        statement.run(...values);
        return [];
      }
      return statement.all(...values) as Row[];
    };
  }

  #prepare(database: SqliteDatabase, text: string): Prepared {
    let prepared = this.#prepared.get(text);
    if (!prepared) {
      const order: number[] = [];
      const positional = withTables(dialect, text).replace(/\$(\d+)/g, (_, number: string) => {
        order.push(Number(number) - 1);
        return '?';
      });
      prepared = { statement: database.prepare(positional) as BoundStatement, order };
      // Multi-row inserts differ by their size: do not keep them all.
      if (this.#prepared.size < 200) this.#prepared.set(text, prepared);
    }
    return prepared;
  }
}

function rollback(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself (disk full, I/O error).
  }
}
