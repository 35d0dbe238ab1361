// What the SQL stores share: statements in one dialect-neutral text, run by a connection that knows its database.

/** A value that may be bound to a statement. */
export type SqlValue = string | number | null;

/** A row as the driver gives it. Numbers may come as text (64-bit integers of PostgreSQL). */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement. `$1`... are parameters, `{name}` is one of the store's tables. */
export type Sql = (text: string, params?: readonly SqlValue[]) => Promise<Row[]>;

/** Where the databases differ. */
export interface Dialect {
  readonly kind: 'sqlite' | 'postgres';
  /** In front of every table's name. */
  readonly prefix: string;
  /** Column types. Text compares by its bytes. */
  readonly text: string;
  readonly int: string;
  readonly real: string;
  /** Appended to a SELECT: locks the row until the transaction ends. */
  readonly forUpdate: string;
  /** Appended to a SELECT: the same, leaving out rows that another transaction has locked. */
  readonly skipLocked: string;
  /** Run first in the migration's transaction. */
  readonly beforeMigration: readonly string[];
  /** Answers a row when the table of the schema's version is there. */
  readonly isMigrated: string;
  /** Run in the transaction of a stored put: tells other processes when it commits. */
  readonly notify: string | null;
}

/** A database that is open, or opens itself when used. Throws StoreError only. */
export interface Connection {
  readonly dialect: Dialect;
  /** Runs statements that only read. */
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs one transaction. When it returned, it is committed, durably. `work` may run again when the database says so. */
  write<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Calls `look` when another process may have changed something. */
  watch(look: () => void): Promise<() => Promise<void>>;
  clock(): Promise<number>;
  durability(): Promise<'disk' | 'interval' | 'unknown'>;
  close(): Promise<void>;
}

/** Puts the table names in. */
export function withTables(dialect: Dialect, text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => dialect.prefix + name);
}
