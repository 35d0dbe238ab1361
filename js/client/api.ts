import type {
  Decision,
  Diff,
  EngineOptions,
  JsonValue,
  LimitQuery,
  LimitResult,
  SnapshotInfo,
  Unlock,
  UnlockQuery,
} from '../engine/types.js';
import type { PlangateError } from './errors.js';
import type { Explanation } from './explain.js';
import type { Readiness, UntilOptions } from './until.js';
import type { ConfigOf, FeatureKey, FieldOf, ValueAnswer, ValueOf } from './features.js';

/** What can be listened to. */
export interface PlangateEvents {
  /** Answers changed: a new list, time passing, or another customer. */
  change: Diff;
  /** A list is loaded where there was none: the customer's first, or after the engine was replaced. */
  ready: SnapshotInfo;
  /** The list is no longer sure to be the latest: a fetch failed, or it became older than `staleAfter`. */
  stale: SnapshotInfo;
  /** A fetch or an input failed. The list loaded before stays. */
  error: PlangateError;
}

/** What to ask unlocks(): one key, several keys, or one key with a field that must be at least so much. */
export type UnlockQuestion<K extends string = FeatureKey> =
  K | readonly K[] | (Omit<UnlockQuery, 'keys'> & ({ key: K } | { keys: readonly K[] }));

/** Answers what the customer's plan entitles them to: at once, offline, and closed where nothing is known. */
export interface PlangateClient {
  /** A list is loaded. Until then defaults answer, and everything else denies with NOT_READY. */
  readonly ready: boolean;
  /** The list is older than `staleAfter`, or the last fetch failed: the answers are those of before. */
  readonly stale: boolean;
  /** Whose answers these are; null: whoever the server said. */
  readonly customer: string | null;
  /** What went wrong last; cleared when a list is loaded. */
  readonly error: PlangateError | undefined;
  /** Facts of the loaded list. */
  readonly info: SnapshotInfo | undefined;

  /** May the customer use the feature. */
  hasFeature(key: FeatureKey): boolean;
  /** The same with its reason; frozen, and the same object until it changes. */
  check<K extends FeatureKey>(key: K, options?: { product?: string | undefined }): Decision<ConfigOf<K>>;
  /** The merged config of a feature that is allowed, else null. */
  config<K extends FeatureKey>(key: K): ConfigOf<K> | null;
  /** One field of the config; the fallback when it is absent, null or of another type. */
  value<K extends FeatureKey, F extends FieldOf<K>, T extends JsonValue & ValueOf<K, F>>(
    key: K,
    field: F,
    fallback: T,
  ): ValueAnswer<K, F, T>;
  /** May so much more be used. Without a field: of the metered balance. */
  limit<K extends FeatureKey>(key: K, field?: FieldOf<K> | null, query?: LimitQuery): LimitResult;
  limit<K extends FeatureKey>(key: K, query: LimitQuery): LimitResult;
  /** The products that would grant it, cheapest first: for upgrade prompts. */
  unlocks(question: UnlockQuestion): readonly Unlock[];
  /** All there is to say about a decision, for people. */
  explain(key: FeatureKey): Explanation;
  /** The list as JSON text, to be cached and given back as `bootstrap`; null: there is none. */
  snapshot(): string | null;

  /** Listens; the answer stops listening. */
  on<Name extends keyof PlangateEvents>(name: Name, listener: (event: PlangateEvents[Name]) => void): () => void;
  off<Name extends keyof PlangateEvents>(name: Name, listener: (event: PlangateEvents[Name]) => void): void;
  /** Calls back whenever any answer may have changed: for framework stores, with getVersion() as their snapshot. */
  subscribe(listener: () => void): () => void;
  getVersion(): number;

  /** Fetches the list again; true when one was loaded. Never rejects: listen to `error`. Calls in between share one. */
  refresh(): Promise<boolean>;
  /**
   * After a checkout: refreshes, ever more slowly, until the predicate holds (true), or time is out, the signal is
   * aborted or the client disposed (false). Failed requests are told to `error` and tried again.
   */
  refreshUntil(predicate: (client: PlangateClient) => boolean, options?: UntilOptions): Promise<boolean>;
  /**
   * How the first answers stand: `ready`, `stale` (there are answers, but not sure to be the latest), `failed` (none), or
   * `timeout`: none so far. Fetches if nothing is under way. Always resolves, after at most `timeoutMs` (10,000).
   */
  waitUntilReady(options?: { timeoutMs?: number | undefined }): Promise<Readiness>;
  /** Turns to another customer: the old answers go at once, a late answer for them is dropped. Null: whoever the server says. */
  setCustomer(customer: string | null): Promise<boolean>;
  /**
   * Changes options of the rules, those not named stay, and decides again at the clock's moment: for development tools.
   * Throws INVALID_OPTION, and then nothing has changed.
   */
  configure(rules: EngineOptions): void;
  /** Stops timers and requests, frees the engine; everything denies from here on. */
  dispose(): void;
  [Symbol.dispose](): void;
}
