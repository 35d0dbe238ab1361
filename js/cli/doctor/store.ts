// The store: opened as the server opens it, written to and read.
import type { Store } from '../../stores/store.js';
import type { LoadedConfig } from '../serve/config.js';
import { makeStore, withoutPassword } from '../serve/store.js';
import { bad, ok, thrownAs, warn } from './check.js';
import type { Check } from './check.js';

// A counter of a period that is long over: nobody reads it, and the store removes it by itself.
const COUNTER = {
  source: 'plangate-doctor',
  mode: 'test',
  customer: 'doctor',
  key: 'doctor',
  periodStart: 0,
  periodEnd: 1,
  now: 0,
} as const;

/** Opens, writes, reads, and gives back what was written. */
export async function storeCheck(loaded: LoadedConfig): Promise<Check> {
  const where = loaded.whereIs('store.url');
  let store: Store | undefined;
  try {
    const made = await makeStore(loaded);
    store = made.store;
    if (made.down) {
      const hint = 'start the database, or correct store.url; the server starts without it, and keeps nothing';
      return bad('store', `it is not reached: ${withoutPassword(made.down.message)}`, { where, hint });
    }
    await writeAndRead(store);
    return await stateOf(store, where);
  } catch (thrown) {
    if (thrown instanceof Error) thrown.message = withoutPassword(thrown.message);
    return thrownAs('store', thrown, 'see docs/stores.md');
  } finally {
    await store?.close().catch(() => undefined);
  }
}

async function writeAndRead(store: Store): Promise<void> {
  const before = await store.usage(COUNTER);
  await store.consume({ ...COUNTER, amount: 1, limit: null });
  const after = await store.usage(COUNTER);
  await store.release({ ...COUNTER, amount: 1 });
  if (after.used !== before.used + 1) throw new Error('what was written is not what is read back');
}

async function stateOf(store: Store, where: string): Promise<Check> {
  const { kind, durability, schema, pending = 0 } = await store.health();
  const waiting = pending > 0 ? `, ${pending} customers wait to be fetched` : '';
  const version = schema === undefined ? '' : `, schema ${schema}`;
  const what = `${kind} can be written and read${version}${waiting}`;
  if (durability === 'none') {
    return warn('store', `${what}; it forgets everything when the process ends`, {
      where,
      hint: 'use sqlite:, postgres: or redis:',
    });
  }
  if (durability === 'interval') {
    return warn('store', `${what}; a crash may lose its last seconds`, {
      where,
      hint: 'for Redis: appendfsync always',
    });
  }
  return ok('store', what);
}
