import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { sqlite } from '../../js/stores/sqlite.js';
import { storeContract } from './contract.js';

let folder = '';
let files = 0;
const path = (): string => join(folder, `${files}.db`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plangate-sqlite-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

storeContract('SQLite', {
  kind: 'sqlite',
  fresh: async (retention) => {
    files += 1;
    return sqlite(path(), { ...retention, pollMs: 50 });
  },
  again: async () => sqlite(path(), { pollMs: 50 }),
});
