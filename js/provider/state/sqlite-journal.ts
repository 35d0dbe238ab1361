// A provider's state in one SQLite file: what was committed is on disk, also after kill -9 or loss of power.

import { statSync } from 'node:fs';
import { dirname } from 'node:path';

import { openSqlite } from '../../stores/sqlite-driver.js';
import type { SqliteDatabase } from '../../stores/sqlite-driver.js';
import { isStoreError } from '../../stores/errors.js';
import { isBusy } from '../../stores/sqlite-driver.js';
import { ProviderError } from '../errors.js';
import type { Batch, Journal, KeptState, StoredDocument } from './journal.js';

const FORMAT = 1;
/** Says that a file is a provider's: "plgb". */
const APPLICATION_ID = 0x706c6762;

const TABLES = `
  CREATE TABLE IF NOT EXISTS step (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS document (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id)
  );
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};`;

const PUT =
  'INSERT INTO document (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body';

/** Prepared statements take text here, whatever the driver says. */
interface Statement {
  all(...params: string[]): unknown[];
  run(...params: string[]): unknown;
}

/** Opens (or makes) a file. Throws ProviderError: in use, unreadable, or not a provider's. */
export async function openSqliteJournal(file: string): Promise<Journal> {
  const database = await openSqlite(file).catch((cause: unknown) => {
    throw new ProviderError('STATE_UNAVAILABLE', whyNot(file, cause), { cause });
  });
  try {
    prepareFile(database, file);
    return new SqliteJournal(database, file);
  } catch (cause) {
    database.close();
    throw cause instanceof ProviderError ? cause : explained(cause, file);
  }
}

/** Why a file cannot be opened. Drivers tell a number of SQLite's. */
function whyNot(file: string, cause: unknown): string {
  const what = (path: string) => statSync(path, { throwIfNoEntry: false });
  if (isStoreError(cause) && cause.code === 'DRIVER_MISSING') return cause.message;
  if (what(file)?.isDirectory()) return `${file} is a folder, not a file`;
  if (!what(dirname(file))?.isDirectory()) return `there is no folder ${dirname(file)}`;
  return `${file} cannot be opened, or made: may this user read it and write there?`;
}

function prepareFile(database: SqliteDatabase, file: string): void {
  const value = (pragma: string): number =>
    Object.values((database.prepare(`PRAGMA ${pragma}`) as unknown as Statement).all()[0] as object)[0] as number;
  const [application, version] = [value('application_id'), value('user_version')];
  const empty = (database.prepare('SELECT 1 FROM sqlite_master LIMIT 1') as unknown as Statement).all().length === 0;
  if (!empty && application !== APPLICATION_ID) {
    throw new ProviderError('STATE_UNREADABLE', `${file} is not a provider's file. Give another path.`);
  }
  if (version > FORMAT) {
    throw new ProviderError(
      'STATE_UNREADABLE',
      `${file} was written by a newer plangate. Update plangate, or give another path.`,
    );
  }
  // Two providers on one file would each hold half of the truth in memory: the lock is kept while it is open.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('BEGIN IMMEDIATE');
  database.exec(TABLES);
  database.exec('COMMIT');
}

function explained(cause: unknown, file: string): ProviderError {
  const why = cause instanceof Error ? cause.message : String(cause);
  if (isBusy(cause)) {
    return new ProviderError('STATE_IN_USE', `${file} is in use by another provider. Stop it, or give another path.`, {
      cause,
    });
  }
  return new ProviderError('STATE_UNAVAILABLE', `${file}: ${why}`, { cause });
}

class SqliteJournal implements Journal {
  readonly #database: SqliteDatabase;
  readonly #file: string;
  readonly #step: Statement;
  readonly #put: Statement;
  readonly #remove: Statement;

  constructor(database: SqliteDatabase, file: string) {
    this.#database = database;
    this.#file = file;
    const prepare = (sql: string): Statement => database.prepare(sql) as unknown as Statement;
    this.#step = prepare('INSERT INTO step (body) VALUES (?)');
    this.#put = prepare(PUT);
    this.#remove = prepare('DELETE FROM document WHERE kind = ? AND id = ?');
  }

  load(): KeptState {
    const all = (sql: string): unknown[] => (this.#database.prepare(sql) as unknown as Statement).all();
    return {
      steps: (all('SELECT body FROM step ORDER BY seq') as { body: string }[]).map(({ body }) => body),
      documents: all('SELECT kind, id, body FROM document ORDER BY seq') as StoredDocument[],
    };
  }

  commit(batch: Batch): void {
    this.#transaction(() => this.#write(batch));
  }

  replace(batch: Batch): void {
    this.#transaction(() => {
      this.#database.exec('DELETE FROM step');
      this.#database.exec('DELETE FROM document');
      this.#write(batch);
    });
  }

  close(): void {
    // A driver may keep a closed database until its statements are collected: the lock is let go of before.
    for (const pragma of ['journal_mode = DELETE', 'locking_mode = NORMAL']) this.#database.exec(`PRAGMA ${pragma}`);
    this.#database.exec('SELECT 1 FROM sqlite_master');
    this.#database.close();
  }

  #write({ steps, puts, removals }: Batch): void {
    for (const body of steps) this.#step.run(body);
    for (const { kind, id, body } of puts) this.#put.run(kind, id, body);
    for (const { kind, id } of removals) this.#remove.run(kind, id);
  }

  #transaction(work: () => void): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      work();
      this.#database.exec('COMMIT');
    } catch (cause) {
      try {
        this.#database.exec('ROLLBACK');
      } catch {
        // It was rolled back by SQLite itself.
      }
      throw explained(cause, this.#file);
    }
  }
}
