// Several processes on one store: real ones, at the same moment.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeNotice } from '../../js/stores/index.js';
import { bundle, finish, firstLine, start } from '../support/child.mjs';
import { hasPostgres, startPostgres } from '../support/postgres.mjs';
import { hasRedis, startRedis } from '../support/redis.mjs';
import { until } from './contract-support.js';
import { openStore } from './worker.js';
import type { Where } from './worker.js';

const key = { source: 'stripe', mode: 'live', customer: 'cus_race' } as const;

let program: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  program = await bundle(new URL('./worker.ts', import.meta.url));
});
afterAll(() => program?.remove());

/** Starts the same task in several processes that begin together, and gives each one's lines. */
async function together(count: number, where: Where, ...task: (string | number)[]): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-together-'));
  const signal = join(folder, 'begin');
  const runs = Array.from({ length: count }, (_, i) =>
    start(program.outfile, JSON.stringify(where), ...task.map(String), signal, `worker${i}`),
  );
  await Promise.all(runs.map(firstLine));
  writeFileSync(signal, '');
  const said = await Promise.all(runs.map(finish));
  rmSync(folder, { recursive: true });
  return said.map(([, ...lines]) => lines);
}

const numbers = (lines: string[], word: string): number[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(' ')[1]));

function races(place: () => Where): void {
  it('is migrated once by processes that start together', async () => {
    const where = { ...place(), space: 'race_migrate', at: place().at.replace(/\.db$/, '-migrate.db') };
    const all = await together(4, where, 'migrate');
    expect(new Set(all.flat()).size).toBe(1);
    expect(numbers(all.flat(), 'migrated')).toHaveLength(4);
  });

  it('never oversells a hard limit', async () => {
    const all = await together(3, place(), 'consume', 300);
    const accepted = all.map((lines) => numbers(lines, 'accepted')[0] as number);
    expect(accepted.reduce((sum, each) => sum + each, 0)).toBe(300);
    const store = openStore(place());
    expect(await store.usage({ ...key, key: 'calls', periodStart: 0, now: 1 })).toEqual({ used: 300 });
    await store.close();
  });

  it('never lets an older list replace a newer one, and tells the changes', async () => {
    const store = openStore(place());
    const heard: ChangeNotice[] = [];
    const stop = await store.subscribe((notice) => heard.push(notice));
    const all = await together(3, place(), 'put', 60);
    const last = await store.get(key);
    expect(last?.asOf).toBe(
      Math.max(...all.flatMap((lines) => [...numbers(lines, 'stored'), ...numbers(lines, 'older')])),
    );
    for (const lines of all) {
      const reads = numbers(lines, 'read');
      expect(reads).toHaveLength(60);
      expect(reads).toEqual([...reads].sort((a, b) => a - b));
    }
    await until(() => heard.at(-1)?.version === last?.version, 'the last change');
    const versions = heard.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    await stop();
    await store.close();
  });
}

describe('processes on one SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-race-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  races(() => ({ kind: 'sqlite', at: join(folder, 'race.db'), space: '' }));
});

describe.skipIf(!hasPostgres)('processes on one PostgreSQL', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    cluster = await startPostgres();
  });
  afterAll(async () => cluster?.remove());
  races(() => ({ kind: 'postgres', at: cluster.url, space: 'race' }));
});

describe.skipIf(!hasRedis)('processes on one Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => server?.remove());
  races(() => ({ kind: 'redis', at: server.url, space: 'race' }));
});
