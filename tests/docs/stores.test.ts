// The examples that choose a store: a real file, a real PostgreSQL. What one server kept there, another finds.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startPostgres } from '../support/postgres.mjs';
import { run } from './program.js';

let database: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database?.remove());

/** Keeps a list by the example's store; finds it by another store on the same data. */
const keeping = (again: string) => `const { open } = await import('../../../tests/docs/shop.mjs');
  const server = await open({ store });
  (await server.for('cus_pro')).dispose();
  const { ok, kind, durability } = await store.health();
  await server.close(); await store.close();
  const other = ${again};
  const kept = await other.get({ source: 'stripe', mode: 'test', customer: 'cus_pro' });
  await other.close();
  console.log(JSON.stringify([ok, kind, durability, kept && JSON.parse(kept.snapshot).entitlements.length]));`;

test('docs/stores.md: SQLite', async () => {
  const told = await run('docs/stores.md', 'sqlite(', { after: keeping("sqlite('entitlements.db')") });
  expect(told).toEqual([true, 'sqlite', 'disk', 2]);
});

test('docs/scale-out.md: PostgreSQL', async () => {
  const told = await run('docs/scale-out.md', 'postgres(process', {
    after: keeping('postgres(process.env.DATABASE_URL)'),
    env: { DATABASE_URL: database.url },
  });
  expect(told).toEqual([true, 'postgres', 'disk', 2]);
});
