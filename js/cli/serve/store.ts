// The store that store.url names, behind resilient().
import { EXIT, fail } from '../output.js';
import type { Store } from '../../stores/store.js';
import type { ResilientStore } from '../../stores/resilient.js';
import type { LoadedConfig } from './config.js';
import type { Log } from './log.js';

const CURES: Readonly<Record<string, string>> = {
  sqlite: 'npm install libsql beside plangate, or run Node 22.13 or later',
  postgres: 'npm install pg beside plangate',
  redis: 'npm install redis (or ioredis) beside plangate',
};

/** The kind of store that a URL names. */
export function kindOf(url: string): 'sqlite' | 'postgres' | 'redis' | 'memory' | undefined {
  if (/^sqlite:./.test(url)) return 'sqlite';
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres';
  if (/^rediss?:\/\//.test(url)) return 'redis';
  return url === 'memory:' ? 'memory' : undefined;
}

/** Makes the store and brings its schema up to date. `down` is its error when it is a database that may yet come. */
export async function makeStore({ config, whereIs }: LoadedConfig): Promise<{ store: Store; down?: Error }> {
  const { url } = config.store;
  const where = whereIs('store.url');
  const kind = kindOf(url);
  if (!kind) {
    const hint = 'use sqlite:FILE, postgres://…, redis://… or memory:';
    throw fail('INVALID_CONFIG', 'store.url names no store that there is', { where, hint, exit: EXIT.usage });
  }
  const store = await make(kind, config.store);
  try {
    await store.migrate();
    return { store };
  } catch (error) {
    const { code = 'STORE_FAILED', message = '' } = error as { code?: string; message?: string };
    // A database may start later than we do; a file that cannot be opened stays like that.
    if (code === 'STORE_UNAVAILABLE' && kind !== 'sqlite') return { store, down: error as Error };
    await store.close().catch(() => undefined);
    const hint = code === 'DRIVER_MISSING' ? CURES[kind] : 'see the store’s page, docs/stores.md';
    throw fail(code, withoutPassword(message), { where, hint, cause: error });
  }
}

/** Opens the store and asks it once. Throws what no waiting cures; a database that is only down is told and awaited. */
export async function openStore(loaded: LoadedConfig, log: Log): Promise<ResilientStore> {
  const { store, down } = await makeStore(loaded);
  const kind = kindOf(loaded.config.store.url);
  if (down) {
    const { code } = down as { code?: string };
    log.warn({ store: kind, code }, 'the store cannot be reached yet; it is tried again with each request');
  }
  const { resilient } = await import('../../stores/index.js');
  return resilient(store, {
    onError: ({ code, message }) => log.error({ store: kind, code, error: withoutPassword(message) }, 'store trouble'),
    onRecover: () => log.info({ store: kind }, 'the store is back'),
  });
}

async function make(
  kind: 'sqlite' | 'postgres' | 'redis' | 'memory',
  settings: { url: string; schema?: string; prefix?: string },
): Promise<Store> {
  const { url, schema, prefix } = settings;
  switch (kind) {
    case 'sqlite':
      return (await import('../../stores/sqlite.js')).sqlite(url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, ''));
    case 'postgres':
      return (await import('../../stores/postgres.js')).postgres(url, schema === undefined ? {} : { schema });
    case 'redis':
      return (await import('../../stores/redis.js')).redis(url, prefix === undefined ? {} : { prefix });
    case 'memory':
      return (await import('../../stores/index.js')).memory();
  }
}

/** Drivers put the address into their messages. */
export const withoutPassword = (text: string): string => text.replace(/(:\/\/[^/?#\s:@]*):[^/?#\s@]*@/g, '$1:***@');
