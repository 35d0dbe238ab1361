// One refresh: fetch the whole list, say what changed, keep it, take it into memory.

import type { Diff } from '../../engine/types.js';
import { etagOf } from '../../stores/common.js';
import { isStoreError } from '../../stores/errors.js';
import type { Change, Entry, Put, PutResult, Store, StoreKey } from '../../stores/store.js';
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
  /** Told of a list that could not be kept, and is served all the same. Without it, such a refresh fails. */
  readonly onUnkept?: (error: unknown) => void;
}

// Another process may keep a list between our read and our write; more than a few times in a row is not chance.
const TRIES = 4;

/** Fetches a customer's list from the billing system and keeps it. Throws what upstream, engine or store throw. */
export async function refreshCustomer(
  parts: RefresherParts,
  customer: string,
  hint: RefreshHint,
  again = true,
): Promise<Held> {
  const { upstream, store, holdings, now } = parts;
  const ahead = await aheadOf(store, now);
  const timer = withTimeout(parts.deadlineMs, parts.signal);
  const fetched = await upstream.fetch(customer, { fresh: true, signal: timer.signal }).finally(() => timer.clear());
  const key = parts.keyOf(customer);
  if (fetched.mode !== key.mode) {
    const message = `The billing system answered with ${fetched.mode} data, and this server is for ${key.mode}. Set the option mode, or use the other key.`;
    throw new ServerError('INVALID_OPTION', message);
  }
  if (fetched.warnings.length > 0) parts.onWarnings(fetched);
  const asOf = Math.round(fetched.asOf + ahead);
  const kept = await keep(parts, key, fetched, asOf, hint);
  if (!again || kept.asOf !== asOf || kept.snapshot === fetched.json) return holdings.put(kept);
  // Another list of the same moment is kept, and none can say that ours is not the later one: one of a later moment is.
  await new Promise((resolve) => setTimeout(resolve, 2));
  return refreshCustomer(parts, customer, hint, false);
}

const lastAhead = new WeakMap<Store, number>();

/**
 * How far the store's clock is ahead of this process's: lists are ordered by that one clock, for another machine's may
 * differ from ours. While the store cannot be asked, by what it said last.
 */
async function aheadOf(store: Store, now: () => number): Promise<number> {
  try {
    const ahead = (await store.clock()) - now();
    lastAhead.set(store, ahead);
    return ahead;
  } catch (error) {
    if (!isStoreError(error, 'STORE_UNAVAILABLE')) throw error;
    return lastAhead.get(store) ?? 0;
  }
}

/** What the new list is compared with. While the store cannot be asked, what memory has: if that is not the latest, the put conflicts. */
async function currentOf({ store, holdings }: RefresherParts, key: StoreKey): Promise<Known | null> {
  try {
    return await store.get(key);
  } catch (error) {
    if (!isStoreError(error, 'STORE_UNAVAILABLE')) throw error;
    return holdings.recall(key.customer);
  }
}

type Known = Pick<Entry, 'snapshot' | 'version'>;

/** Keeps the list with its audit; computes the changes again when another process was faster. */
async function keep(
  parts: RefresherParts,
  key: StoreKey,
  { json }: FetchedSnapshot,
  asOf: number,
  hint: RefreshHint,
): Promise<Entry> {
  const { store, holdings } = parts;
  let current = await currentOf(parts, key);
  for (let left = TRIES; ; left -= 1) {
    const diff = await holdings.diff(current?.snapshot, json);
    const base = current?.version ?? 0;
    const put = { ...key, snapshot: json, asOf, base, changes: changesOf(diff), ...hint };
    const result = await store.put(put).catch((error: unknown) => unkept(parts, put, error));
    // It waits for the store in this process's memory, where a list of the same version may be: this one is newer.
    if (result.reason === 'queued' && result.current) {
      return { ...result.current, version: Math.max(result.current.version, holdings.version(key.customer)) };
    }
    // `older`: a later fetch is there already, which is as good.
    if (result.current && result.reason !== 'conflict') return result.current;
    if (left === 1) throw new ServerError('BUSY', 'Other processes keep changing this customer. Try again.');
    current = result.current;
  }
}

/**
 * A list that a store without resilient() could not keep. Who waits for it gets it from memory; it is put again when it is
 * next fetched. A webhook's refetch fails instead, and stays pending.
 */
async function unkept({ onUnkept }: RefresherParts, put: Put, error: unknown): Promise<PutResult> {
  if (!isStoreError(error, 'STORE_UNAVAILABLE') || !onUnkept) throw error;
  onUnkept(error);
  const { source, mode, customer, snapshot, asOf } = put;
  const entry = { source, mode, customer, snapshot, asOf, etag: await etagOf(snapshot), version: 0, stale: true };
  return { stored: false, reason: 'queued', current: entry };
}

/** The core's diff, line by line, for the audit. */
export function changesOf(diff: Diff): Change[] {
  const plain = (kind: 'granted' | 'revoked') => diff[kind].map((key): Change => ({ kind, key }));
  const detailed = (kind: 'configChanged' | 'usageChanged') =>
    diff[kind].map(({ key, ...rest }): Change => ({ kind, key, detail: JSON.stringify(rest) }));
  return [...plain('granted'), ...plain('revoked'), ...detailed('configChanged'), ...detailed('usageChanged')];
}
