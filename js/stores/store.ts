// The store: what a server keeps. Bytes, numbers and their order; it knows nothing of features and decides no access.

/** Whose data: one customer of one billing system, live or test. Each part at most 512 UTF-8 bytes, without NUL. */
export interface StoreKey {
  readonly source: string;
  readonly mode: 'live' | 'test';
  readonly customer: string;
}

/** A customer's list as it is kept. */
export interface Entry extends StoreKey {
  /** plangate's snapshot JSON, exactly as it was put. */
  readonly snapshot: string;
  /** When the fetch that gave this list began, ms since 1970. */
  readonly asOf: number;
  /** Digest of `snapshot`; equal text has an equal etag in every store. */
  readonly etag: string;
  /** Position in the store's one sequence of changes. Grows with every stored put, of any customer. */
  readonly version: number;
  /** Only from `resilient()`: the store could not be asked, this is what it said (or was told) last. */
  readonly stale?: boolean;
}

/** One line of a diff that the core computed. The store keeps it and reads none of it. */
export interface Change {
  readonly kind: 'granted' | 'revoked' | 'configChanged' | 'usageChanged';
  /** The feature's key. */
  readonly key: string;
  /** JSON text of the rest, e.g. `{"field":"limitGB","from":5,"to":10}`. */
  readonly detail?: string;
}

/** A list to keep. */
export interface Put extends StoreKey {
  readonly snapshot: string;
  readonly asOf: number;
  /**
   * The version that `changes` were computed against; 0: there was none. If another version is there by now, nothing is
   * stored and the answer is `conflict`: compute the changes again, put again. Left out: not checked.
   */
  readonly base?: number;
  /** For the audit; kept in the same transaction as the list. */
  readonly changes?: readonly Change[];
  /** The webhook event that asked for this fetch: named in the audit and remembered as seen. */
  readonly eventId?: string;
  /** The ticket of the pending refetch that this fulfils. */
  readonly settles?: string;
  /** The time of the audit rows; default: the clock. */
  readonly now?: number;
}

/**
 * What became of a put.
 *
 * - `stored: true`: kept, durably as the store's documentation says. Also when exactly this list was kept before.
 * - `older`: the store holds a later fetch (or, of two different lists of one moment, the one with the greater etag).
 * - `conflict`: `base` is not the version that is there.
 * - `queued`: only from `resilient()`: not kept yet, in memory, will be tried again. Do not acknowledge to anyone.
 */
export interface PutResult {
  readonly stored: boolean;
  readonly reason?: 'older' | 'conflict' | 'queued';
  /** What the store holds now; null only with `conflict`, where nothing is. */
  readonly current: Entry | null;
}

/** A webhook's word that a customer must be fetched again. */
export interface PendingMark extends StoreKey {
  /** The event, so that its repetitions are known. Without one the mark is always made. */
  readonly eventId?: string;
  /** When it was received, ms since 1970. A put whose fetch began later settles it. */
  readonly receivedAt: number;
}

/** A customer that must be fetched again. One per customer, however many events asked. */
export interface Pending extends StoreKey {
  /** The latest event that asked. */
  readonly eventId: string | null;
  /** When the latest event was received. */
  readonly receivedAt: number;
  /** Names this state of the request: give it to `put({settles})`. A later event makes a new one. */
  readonly ticket: string;
  /** How often it was claimed since the latest event. */
  readonly attempts: number;
  /** When it may be claimed (again). */
  readonly dueAt: number;
}

/** One kept line of the audit: who got or lost what, when, from which event. */
export interface AuditRow extends StoreKey, Change {
  /** Cursor; grows in the order of commits, so that `after` never misses a row. */
  readonly id: number;
  readonly at: number;
  readonly asOf: number;
  readonly version: number;
  readonly eventId: string | null;
}

/** Narrows `listAudit`. Absent members do not narrow. */
export interface AuditQuery {
  readonly source?: string;
  readonly mode?: 'live' | 'test';
  readonly customer?: string;
  /** The feature's key. */
  readonly key?: string;
  /** Rows beyond this id, in the order asked for. */
  readonly after?: number;
  /** `oldest` first (default), or `newest` first. */
  readonly order?: 'oldest' | 'newest';
  /** At most 1000; default 100. */
  readonly limit?: number;
}

/** Narrows and pages `listCustomers`. */
export interface CustomerQuery {
  readonly source?: string;
  readonly mode?: 'live' | 'test';
  /** The `next` of the page before. */
  readonly after?: string;
  /** At most 1000; default 100. */
  readonly limit?: number;
}

/** A page of customers, the longest not fetched first. */
export interface CustomerPage {
  readonly customers: readonly (StoreKey & { readonly asOf: number; readonly version: number })[];
  /** Give it as `after`; null: this was the last page. */
  readonly next: string | null;
}

/** Which counter: one feature, or one pool of features, of one customer in one period. */
export interface CounterKey extends StoreKey {
  /** The feature's key. */
  readonly key: string;
  /** Features of one pool share one counter. Absent or empty: the feature has its own. */
  readonly pool?: string;
  /** Names the period; each period has a counter of its own, which starts at zero (or at `base`). */
  readonly periodStart: number;
  /** From here on, `now` counts in the period that begins here. Absent or null: open end. */
  readonly periodEnd?: number | null;
  /** The billing system's own count for this period. The counter is never below it. */
  readonly base?: number;
  /** ms since 1970. */
  readonly now: number;
}

/** Use of something that is metered. */
export interface Consumption extends CounterKey {
  /** The most the counter may reach, as the core decided; null: no limit. */
  readonly limit: number | null;
  /** Past the limit is allowed, and told (`over`). */
  readonly soft?: boolean;
  /** Finite, not negative. */
  readonly amount: number;
  /** The same key again gives the first answer again, refusals included, and counts nothing. */
  readonly idempotencyKey?: string;
}

/** What became of a consumption. */
export interface ConsumeResult {
  readonly accepted: boolean;
  /** The counter after it (when replayed: after it at the time). */
  readonly used: number;
  /** Accepted, and beyond a soft limit. */
  readonly over: boolean;
  /** This is the answer to an earlier call with the same idempotency key. */
  readonly replayed: boolean;
}

/** Gives back what was consumed: a whole consumption by its idempotency key, or an amount. */
export type Release = CounterKey &
  (
    | { readonly consumed: string; readonly amount?: undefined; readonly idempotencyKey?: undefined }
    | { readonly consumed?: undefined; readonly amount: number; readonly idempotencyKey?: string }
  );

/** What became of a release. */
export interface ReleaseResult {
  /** What was given back; 0 when there was nothing (unknown, refused, or released before). */
  readonly released: number;
  /** The counter after it. */
  readonly used: number;
  /** Nothing was done, because it was done before. */
  readonly replayed: boolean;
}

/** Told to subscribers, in every process: this customer has a new list. Intermediate versions may be left out. */
export interface ChangeNotice extends StoreKey {
  readonly version: number;
}

/** How the store is. */
export interface Health {
  readonly ok: boolean;
  /** `memory`, `sqlite`, `postgres`, `redis`. */
  readonly kind: string;
  /** What survives: `none` (process memory), `disk` (acknowledged is on disk), `interval` (seconds may be lost), `unknown`. */
  readonly durability: 'none' | 'disk' | 'interval' | 'unknown';
  /** The schema's version, when it could be read. */
  readonly schema?: number;
  /** Customers that wait for a refetch. */
  readonly pending?: number;
  /** Only from `resilient()`: puts that are not kept yet. */
  readonly queued?: number;
  readonly error?: string;
}

/**
 * The one interface of all stores. Every method may throw StoreError; a method that returned has kept what it says.
 * Stores connect and migrate by themselves at first use.
 */
export interface Store {
  /** Connects, and brings the schema up to date. Safe from several processes at once. First use does it, too. */
  migrate(): Promise<void>;
  get(key: StoreKey): Promise<Entry | null>;
  /** Keeps a list, its audit and its event in one transaction, unless the store holds a later one. Safe to repeat. */
  put(put: Put): Promise<PutResult>;
  listCustomers(query?: CustomerQuery): Promise<CustomerPage>;

  /** Remembers, before a webhook is acknowledged, that a customer must be fetched. `first` is false for a known event. */
  markPending(mark: PendingMark): Promise<{ readonly first: boolean }>;
  /** Whether this event is known (remembered for the store's `eventRetentionMs`). */
  seenEvent(event: { source: string; mode: 'live' | 'test'; eventId: string }): Promise<boolean>;
  /** What waits, the first due first. Reads only. */
  pending(limit?: number): Promise<readonly Pending[]>;
  /** Takes what is due at `now` for `leaseMs`; no other process gets it in that time, and anyone gets it after. */
  claimPending(claim: { now: number; leaseMs: number; limit?: number }): Promise<readonly Pending[]>;
  /** Not before `until`. False: a later event, or a put, has overtaken it. */
  postponePending(pending: StoreKey & { ticket: string }, until: number): Promise<boolean>;
  /** Gives up on it. False: a later event, or a put, has overtaken it. */
  dismissPending(pending: StoreKey & { ticket: string }): Promise<boolean>;

  listAudit(query?: AuditQuery): Promise<readonly AuditRow[]>;

  /** Counts `amount`, if it fits. One atomic step in the store: many processes together never exceed a hard limit. */
  consume(request: Consumption): Promise<ConsumeResult>;
  release(request: Release): Promise<ReleaseResult>;
  usage(counter: CounterKey): Promise<{ readonly used: number }>;

  /** Calls back for changes from any process, from now on. Resolves when listening; the answer stops it. */
  subscribe(listener: (notice: ChangeNotice) => void): Promise<() => Promise<void>>;
  /** The store's clock, ms. Take `asOf` and `receivedAt` from it when several machines write. */
  clock(): Promise<number>;
  /** Removes what its retention has passed. Runs by itself now and then; here for schedulers and tests. */
  prune(now: number): Promise<void>;
  /** Never throws. */
  health(): Promise<Health>;
  close(): Promise<void>;
}

/** How long a store remembers. */
export interface Retention {
  /** Seen webhook events; default 30 days (a billing system's own longest resend). */
  readonly eventRetentionMs?: number;
  /** At most this many seen events, the oldest forgotten first; default 100,000. */
  readonly eventRetentionCount?: number;
  /** Audit rows; default: forever. */
  readonly auditRetentionMs?: number;
  /**
   * Counters and their idempotency keys, after their period's end; default 35 days. A counter with an open end is never
   * removed; its idempotency keys are, this long after their use.
   */
  readonly usageRetentionMs?: number;
}
