// A process that uses a store: for races between processes, and for kill -9. Arguments: where (JSON), task, its numbers.

import { existsSync } from 'node:fs';

import { postgres } from '../../js/stores/postgres.js';
import { redis } from '../../js/stores/redis.js';
import { sqlite } from '../../js/stores/sqlite.js';
import type { Store } from '../../js/stores/index.js';
import { WAIT_MS } from '../support/patience.js';

/** Which store a worker opens. */
export interface Where {
  readonly kind: 'sqlite' | 'postgres' | 'redis';
  readonly at: string;
  /** Schema or prefix. */
  readonly space: string;
}

/** Opens it; `patienceMs` is how long a server that is there may take to answer. */
export function openStore({ kind, at, space }: Where, patienceMs = WAIT_MS): Store {
  if (kind === 'sqlite') return sqlite(at, { busyTimeoutMs: patienceMs, pollMs: 50 });
  if (kind === 'postgres') return postgres(at, { schema: space, maxConnections: 5, connectTimeoutMs: patienceMs });
  return redis(at, { prefix: `{${space}}:`, timeoutMs: patienceMs });
}

const say = (...words: (string | number)[]): void => {
  process.stdout.write(`${words.join(' ')}\n`);
};
const key = { source: 'stripe', mode: 'live', customer: 'cus_race' } as const;
const use = { ...key, key: 'calls', periodStart: 0, now: 1 };

/** Says that it is ready, and waits for the file by which all workers begin, so that they really meet. */
async function rendezvous(signal: string): Promise<void> {
  say('ready');
  while (!existsSync(signal)) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function migrateAt(store: Store, signal: string): Promise<void> {
  await rendezvous(signal);
  await store.migrate();
  say('migrated', (await store.health()).schema ?? -1);
}

/** Consumes one by one, a few at a time, until refused; says how often it was accepted. */
async function consumeAll(store: Store, limit: number, signal: string): Promise<void> {
  await store.migrate();
  await rendezvous(signal);
  let accepted = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const answer = await store.consume({ ...use, amount: 1, limit });
      if (!answer.accepted) return;
      accepted += 1;
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  say('accepted', accepted);
}

/** Puts lists of random moments; says which were stored, and each moment that a read gave. */
async function putAll(store: Store, count: number, signal: string, name: string): Promise<void> {
  await store.migrate();
  await rendezvous(signal);
  for (let i = 0; i < count; i += 1) {
    const asOf = 1_000_000 + Math.floor(Math.random() * 1_000_000);
    const { stored } = await store.put({ ...key, asOf, snapshot: JSON.stringify({ name, i, asOf }) });
    say(stored ? 'stored' : 'older', asOf);
    say('read', (await store.get(key))?.asOf ?? -1);
  }
}

/** Writes without end; says each thing only after the store has acknowledged it. */
async function writeForever(store: Store, round: number): Promise<void> {
  for (let i = 0; ; i += 1) {
    const id = `${round}_${i}`;
    const customer = { ...key, customer: `cus_${id}` };
    await store.markPending({ ...customer, eventId: `evt_${id}`, receivedAt: 1000 });
    say('mark', id);
    const change = { kind: 'granted', key: `feature_${id}` } as const;
    await store.put({ ...customer, asOf: 2000, snapshot: `{"id":"${id}"}`, changes: [change], eventId: `put_${id}` });
    say('put', id);
    await store.consume({ ...use, amount: 1, limit: null, idempotencyKey: `use_${id}` });
    say('use', id);
  }
}

async function main(): Promise<void> {
  const [where, task, first, second, name] = process.argv.slice(2) as [string, string, string, string, string];
  const store = openStore(JSON.parse(where) as Where);
  if (task === 'migrate') await migrateAt(store, first);
  else if (task === 'consume') await consumeAll(store, Number(first), second);
  else if (task === 'put') await putAll(store, Number(first), second, name);
  else if (task === 'write') await writeForever(store, Number(first));
  else throw new Error(`no such task: ${task}`);
  await store.close();
}

// Also imported for openStore alone.
if (process.argv[1]?.endsWith('program.mjs')) await main();
