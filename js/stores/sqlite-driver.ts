// The synchronous SQLite drivers that the store runs on, and their one shape.

import { messageOf, StoreError } from './errors.js';

/**
 * An open SQLite database, as the packages `libsql` and `better-sqlite3` and Node's own `node:sqlite` give it.
 * SQLite 3.35 or later.
 */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): unknown;
}

/** A prepared statement, called with positional parameters: text, numbers and null. `never`: each driver types its own. */
export interface SqliteStatement {
  all(...params: never[]): unknown[];
  run(...params: never[]): unknown;
  /** better-sqlite3: false when the statement gives no rows; `all` then throws. */
  readonly reader?: boolean;
}

type Opener = (path: string) => SqliteDatabase;

async function importAny(name: string): Promise<Record<string, unknown>> {
  // A name that bundlers cannot follow: the drivers are optional.
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Record<string, unknown>;
}

async function libsqlOpener(): Promise<Opener> {
  const Database = (await importAny('libsql'))['default'] as new (path: string) => SqliteDatabase;
  return (path) => new Database(path);
}

async function nodeOpener(): Promise<Opener> {
  const Database = (await importAny('node:sqlite'))['DatabaseSync'] as new (path: string) => SqliteDatabase;
  return (path) => new Database(path);
}

/** Opens a file with the driver that is there: the package `libsql`, else Node's own (22.13 and later). */
export async function openSqlite(path: string): Promise<SqliteDatabase> {
  const opener = await libsqlOpener().catch(() =>
    nodeOpener().catch((cause: unknown) => {
      const message = 'no SQLite driver: npm install libsql, or use Node 22.13 or later, or pass an open database';
      throw new StoreError('DRIVER_MISSING', message, { cause });
    }),
  );
  try {
    return opener(path);
  } catch (cause) {
    throw new StoreError('STORE_UNAVAILABLE', `cannot open ${path}: ${messageOf(cause)}`, { cause });
  }
}

interface DriverError {
  readonly code?: unknown;
  readonly errcode?: unknown;
  readonly rawCode?: unknown;
}

/** SQLite's primary result code of whatever a driver threw; 0: not SQLite's. */
function resultCode(error: unknown): number {
  const { code, errcode, rawCode } = (error ?? {}) as DriverError;
  for (const number of [errcode, rawCode]) if (typeof number === 'number') return number & 0xff;
  const names = { BUSY: 5, LOCKED: 6, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 };
  const name = /^SQLITE_([A-Z]+)/.exec(typeof code === 'string' ? code : '')?.[1] ?? '';
  return (names as Record<string, number>)[name] ?? 0;
}

/** Another connection holds the lock: wait and try again. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === 5 || code === 6;
}

/** The store's error for a driver's. Disk full, I/O errors and an unreachable file may pass; the rest does not. */
export function sqliteError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const passing = [5, 6, 10, 13, 14].includes(resultCode(cause));
  return new StoreError(passing ? 'STORE_UNAVAILABLE' : 'STORE_FAILED', `SQLite: ${messageOf(cause)}`, { cause });
}
