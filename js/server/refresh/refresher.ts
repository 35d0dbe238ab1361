// One refresh: fetch the whole list, say what changed, keep it, take it into memory.

import type { Diff } from '../../engine/types.js';
import type { Change, Entry, Store, StoreKey } from '../../stores/store.js';
import { ServerError } from '../errors.js';
import type { Held, Holdings } from '../holdings.js';
import { withTimeout } from '../upstreams/streams.js';
import type { FetchedSnapshot, Upstream } from '../upstreams/upstream.js';
import type { RefreshHint } from './queue.js';

/** What a refresh needs. */
export interface RefresherParts {
  readonly upstream: Upstream;
  readonly store: Store;
  readonly holdings: Holdings;
  readonly keyOf: (customer: string) => StoreKey;
  /** This process's clock, ms. */
  readonly now: () => number;
  readonly deadlineMs: number;
  /** Gives up what is under way: the server closes. */
  readonly signal: AbortSignal;
  /** Told of rows that were closed or dropped. */
  readonly onWarnings: (fetched: FetchedSnapshot) => void;
}

// Another process may keep a list between our read and our write; more than a few times in a row is not chance.
const TRIES = 4;

/** Fetches a customer's list from the billing system and keeps it. Throws what upstream, engine or store throw. */
export async function refreshCustomer(parts: RefresherParts, customer: string, hint: RefreshHint): Promise<Held> {
  const { upstream, store, holdings, now } = parts;
  // Lists are ordered by one clock, the store's: this process's own may differ from another machine's.
  const ahead = (await store.clock()) - now();
  const timer = withTimeout(parts.deadlineMs, parts.signal);
  const fetched = await upstream.fetch(customer, { fresh: true, signal: timer.signal }).finally(() => timer.clear());
  const key = parts.keyOf(customer);
  if (fetched.mode !== key.mode) {
    const message = `The billing system answered with ${fetched.mode} data, and this server is for ${key.mode}. Set the option mode, or use the other key.`;
    throw new ServerError('INVALID_OPTION', message);
  }
  if (fetched.warnings.length > 0) parts.onWarnings(fetched);
  return holdings.put(await keep(parts, key, fetched, Math.round(fetched.asOf + ahead), hint));
}

/** Keeps the list with its audit; computes the changes again when another process was faster. */
async function keep(
  { store, holdings }: RefresherParts,
  key: StoreKey,
  { json }: FetchedSnapshot,
  asOf: number,
  hint: RefreshHint,
): Promise<Entry> {
  let current = await store.get(key);
  for (let left = TRIES; ; left -= 1) {
    const diff = await holdings.diff(current?.snapshot, json);
    const base = current?.version ?? 0;
    const result = await store.put({ ...key, snapshot: json, asOf, base, changes: changesOf(diff), ...hint });
    // `older`: a later fetch is there already, which is as good; `queued`: the store is down and holds it in memory.
    if (result.current && result.reason !== 'conflict') return result.current;
    if (left === 1) throw new ServerError('BUSY', 'Other processes keep changing this customer. Try again.');
    current = result.current;
  }
}

/** The core's diff, line by line, for the audit. */
export function changesOf(diff: Diff): Change[] {
  const plain = (kind: 'granted' | 'revoked') => diff[kind].map((key): Change => ({ kind, key }));
  const detailed = (kind: 'configChanged' | 'usageChanged') =>
    diff[kind].map(({ key, ...rest }): Change => ({ kind, key, detail: JSON.stringify(rest) }));
  return [...plain('granted'), ...plain('revoked'), ...detailed('configChanged'), ...detailed('usageChanged')];
}
