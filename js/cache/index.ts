// plangate/cache: the customer's last list, kept on the device, so that a page answers at once and offline.
import { nameOf } from '../client/name.js';
import type { Part, PartHost } from '../client/part.js';
import { Shelf } from './shelf.js';
import { webStorage } from './stores.js';
import type { CacheStore } from './stores.js';

export { indexedDb, webStorage } from './stores.js';
export type { CacheStore } from './stores.js';

/** Options of cache(). Times in ms. How old a list may grow is a rule: `staleAfter`, `expireAfter` of createPlangate. */
export interface CacheOptions {
  /**
   * `local-first` (default): answers from the kept list at once, the server's behind it. `network-first`: from the kept
   * list only when the server does not answer. `off`: keeps nothing.
   */
  mode?: 'local-first' | 'network-first' | 'off';
  /** localStorage unless told: see indexedDb() and webStorage(). */
  store?: CacheStore;
  /** Tells sessions apart where the client is given no `customer`. Without either, nothing is kept. */
  key?: string;
  /** A list confirmed so recently is not fetched again when the page loads; 60,000 unless told. */
  freshFor?: number;
  /** Instead, for a list that allows nothing: it is waited for again, so that a buyer is let in; 0 unless told. */
  closedFor?: number;
  /** A list confirmed longer ago than this does not answer before the server was asked; a week unless told. */
  staleFor?: number;
  /** Lists of so many customers are kept; 10 unless told. */
  maxEntries?: number;
  /** A store that takes longer than this counts as empty; 500 unless told. */
  patienceMs?: number;
}

/** A cache: to be given to createPlangate's `use`. */
export interface Cache extends Part {
  /** Removes every kept list, for a logout. Never rejects. */
  clear(): Promise<void>;
}

const WEEK = 7 * 86_400_000;
const MODES = 'local-first, network-first, off';

/** What a `fetch` that lets only signed lists through says of a store: see verifiedFetch of plangate/signed. */
interface VerifiedFetch {
  keeping(store: CacheStore, clock: { now(): number }): CacheStore;
}

/** Keeps lists on the device. One cache serves one client. */
export function cache(options: CacheOptions = {}): Cache {
  let shelf: Shelf | undefined;
  const part = (host: PartHost): void => {
    shelf = attach(host, options);
  };
  return Object.assign(part, { clear: async () => void (await shelf?.delete()) });
}

/** Gives up work on a store that fails or hangs: a cache never stops an application. */
function patient({ clock }: PartHost, patienceMs: number) {
  return <T>(work: () => T | Promise<T>): Promise<T | undefined> =>
    new Promise((resolve) => {
      const timer = clock.setTimeout(() => resolve(undefined), patienceMs);
      Promise.resolve()
        .then(work)
        .then(resolve, () => resolve(undefined))
        .finally(() => clock.clearTimeout(timer));
    });
}

function attach(host: PartHost, options: CacheOptions): Shelf | undefined {
  const { mode = 'local-first', store = webStorage(), key, maxEntries = 10, patienceMs = 500 } = options;
  const { freshFor = 60_000, closedFor = 0, staleFor = WEEK } = options;
  if (!MODES.split(', ').includes(mode)) host.refuse('mode', MODES);
  if (mode === 'off' || maxEntries < 1) return undefined;
  const { clock, settings } = host;
  // Whoever believes only signed lists believes no others from the device.
  const kept = (settings.fetch as Partial<VerifiedFetch> | undefined)?.keeping?.(store, clock) ?? store;
  const shelf = new Shelf(kept, maxEntries, patient(host, patienceMs));
  let last: string | undefined;
  let seen = 0;

  const keyOf = (customer: string | null): string | undefined => nameOf(settings, customer, key);

  const bring = async (customer: string | null, evenOld: boolean): Promise<boolean> => {
    const mine = keyOf(customer);
    const kept = mine === undefined ? undefined : await shelf.get(mine);
    if (!kept) return false;
    const age = clock.now() - kept.at;
    if (!evenOld && (mode !== 'local-first' || age >= (kept.closed ? closedFor : staleFor))) return false;
    return host.take(customer, kept.text, 'cache', kept.etag) && age < (kept.closed ? closedFor : freshFor);
  };

  host.on('begin', (lists) => {
    const { customer } = host;
    const left = last;
    last = keyOf(customer);
    // Nobody is there any more: what was theirs goes.
    if (customer === null && left !== undefined && left !== last) void shelf.delete(left);
    lists.push(
      shelf.time().then((moment) => {
        clock.atLeast?.(moment);
        return bring(customer, false);
      }),
    );
  });
  host.on('failed', ({ waits }) => {
    if (!host.ready) waits.push(bring(host.customer, true));
  });
  host.on('list', ({ origin, etag }) => {
    const text = origin === 'cache' || origin === 'tab' ? null : host.snapshot();
    if (last !== undefined && text !== null) shelf.set(last, { at: clock.now(), closed: host.closed, etag, text });
  });
  host.on('update', () => {
    const now = clock.now();
    // A second visit with the clock set back knows how late it was: what had expired stays so.
    if (now > seen) shelf.seen((seen = now));
  });
  return shelf;
}
