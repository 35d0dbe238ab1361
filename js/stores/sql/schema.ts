// The tables, as numbered migrations. Released migrations are never edited: a change is a new one at the end.

import { StoreError } from '../errors.js';
import type { Connection, Dialect, Sql } from './connection.js';

type Migration = (dialect: Dialect) => readonly string[];

const KEY = (d: Dialect): string => `source ${d.text} NOT NULL, mode ${d.text} NOT NULL, customer ${d.text} NOT NULL`;

const lists: Migration = (d) => [
  // One row: the ends of the two sequences. Whoever puts holds its lock, so both grow in the order of commits.
  `CREATE TABLE {sequence} (id ${d.int} PRIMARY KEY, version ${d.int} NOT NULL, audit ${d.int} NOT NULL)`,
  `INSERT INTO {sequence} (id, version, audit) VALUES (1, 0, 0)`,
  `CREATE TABLE {entries} (${KEY(d)}, snapshot ${d.text} NOT NULL, as_of ${d.int} NOT NULL, etag ${d.text} NOT NULL,
     version ${d.int} NOT NULL, PRIMARY KEY (source, mode, customer))`,
  `CREATE UNIQUE INDEX plangate_entries_version ON {entries} (version)`,
  `CREATE INDEX plangate_entries_as_of ON {entries} (as_of, source, mode, customer)`,
  `CREATE TABLE {pending} (${KEY(d)}, event_id ${d.text}, received_at ${d.int} NOT NULL, ticket ${d.text} NOT NULL,
     attempts ${d.int} NOT NULL, due_at ${d.int} NOT NULL, PRIMARY KEY (source, mode, customer))`,
  `CREATE INDEX plangate_pending_due ON {pending} (due_at)`,
  `CREATE TABLE {events} (source ${d.text} NOT NULL, mode ${d.text} NOT NULL, event_id ${d.text} NOT NULL,
     seen_at ${d.int} NOT NULL, PRIMARY KEY (source, mode, event_id))`,
  `CREATE INDEX plangate_events_seen ON {events} (seen_at)`,
  `CREATE TABLE {audit} (id ${d.int} PRIMARY KEY, at ${d.int} NOT NULL, ${KEY(d)}, kind ${d.text} NOT NULL,
     feature_key ${d.text} NOT NULL, detail ${d.text}, event_id ${d.text}, as_of ${d.int} NOT NULL, version ${d.int} NOT NULL)`,
  `CREATE INDEX plangate_audit_customer ON {audit} (customer, id)`,
  `CREATE INDEX plangate_audit_feature ON {audit} (feature_key, id)`,
];

const counters: Migration = (d) => [
  `CREATE TABLE {counters} (${KEY(d)}, counter ${d.text} NOT NULL, period ${d.int} NOT NULL, period_end ${d.int},
     used ${d.real} NOT NULL, PRIMARY KEY (source, mode, customer, counter, period))`,
  `CREATE INDEX plangate_counters_end ON {counters} (period_end)`,
  `CREATE TABLE {usage_keys} (${KEY(d)}, idempotency_key ${d.text} NOT NULL, counter ${d.text} NOT NULL,
     period ${d.int} NOT NULL, amount ${d.real} NOT NULL, accepted ${d.int} NOT NULL, past_limit ${d.int} NOT NULL,
     used ${d.real} NOT NULL, released ${d.int} NOT NULL, expires ${d.int} NOT NULL,
     PRIMARY KEY (source, mode, customer, idempotency_key))`,
  `CREATE INDEX plangate_usage_keys_expires ON {usage_keys} (expires)`,
];

/** All migrations in order; the schema's version is how many were run. */
export const migrations: readonly Migration[] = [lists, counters];

/** The schema's version in the database; 0: nothing was made yet. */
export async function schemaVersion(sql: Sql, dialect: Dialect): Promise<number> {
  const [there] = await sql(dialect.isMigrated);
  if (!there) return 0;
  const [row] = await sql('SELECT version FROM {schema_version}');
  return Number(row?.['version'] ?? 0);
}

/** Refuses a schema that a later plangate made. */
export function checkSchema(found: number, known: number): void {
  if (found <= known) return;
  const message = `the store's schema is version ${found}, this plangate knows ${known}: use the plangate that wrote it, or a later one`;
  throw new StoreError('SCHEMA_TOO_NEW', message);
}

/** Brings the schema up to date in one transaction; `known` is for tests of the migrations themselves. */
export async function migrateSql(connection: Connection, known = migrations.length): Promise<void> {
  const { dialect } = connection;
  const found = await connection.read((sql) => schemaVersion(sql, dialect));
  checkSchema(found, known);
  if (found === known) return;
  await connection.write(async (sql) => {
    for (const statement of dialect.beforeMigration) await sql(statement);
    // Read again: another process may have been first to the lock.
    const from = await schemaVersion(sql, dialect);
    checkSchema(from, known);
    if (from === 0) {
      await sql(`CREATE TABLE {schema_version} (version ${dialect.int} NOT NULL)`);
      await sql('INSERT INTO {schema_version} (version) VALUES (0)');
    }
    for (const migration of migrations.slice(from, known)) {
      for (const statement of migration(dialect)) await sql(statement);
    }
    await sql('UPDATE {schema_version} SET version = $1', [known]);
  });
}
