import type { Reason, WarningCode } from './codes.generated.js';

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [member: string]: JsonValue };
/** A feature's config. */
export type JsonObject = { readonly [field: string]: JsonValue };

/** May this customer use this feature, and why. Frozen; the same object until the decision changes. */
export interface Decision<Config = JsonObject> {
  readonly key: string;
  readonly allowed: boolean;
  readonly reason: Reason;
  /** Merged config of the granting entitlements; absent: none, or denied. */
  readonly config?: Config;
  /** Metered features: what the period allows in all. */
  readonly limit?: number;
  /** Metered features: what is left of it. */
  readonly remaining?: number;
  /** Ids of the entitlements that grant. */
  readonly grants: readonly string[];
  /** The moment (ms) at which time alone changes this decision; null: never. */
  readonly validUntil: number | null;
  /** The list is older than `staleAfter`. */
  readonly stale: boolean;
  /** The answer is the application's default. */
  readonly fallback: boolean;
}

/** May so much more be used. */
export interface LimitResult {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** Absent: none is known (denied), or unlimited. */
  readonly limit?: number;
  readonly unlimited?: true;
  /** What was compared: the caller's `used`, or the billing system's usage. */
  readonly used: number;
  readonly remaining?: number;
}

/** What to compare with a limit. */
export interface LimitQuery {
  /** Current use. Absent: the billing system's own count (metered), else 0. */
  used?: number | undefined;
  /** How much more is wanted; 1 unless told. */
  requested?: number | undefined;
  /** Only entitlements of this product. */
  product?: string | undefined;
}

/** What differs between two moments or lists. */
export interface Diff {
  /** Denied before, allowed now. */
  readonly granted: readonly string[];
  /** Allowed before, denied now. */
  readonly revoked: readonly string[];
  readonly configChanged: readonly {
    readonly key: string;
    readonly field: string;
    /** Absent: the field was not there. */
    readonly from?: JsonValue;
    readonly to?: JsonValue;
  }[];
  readonly usageChanged: readonly {
    readonly key: string;
    readonly from: { readonly limit?: number; readonly remaining?: number };
    readonly to: { readonly limit?: number; readonly remaining?: number };
  }[];
}

/** A product that would grant what was asked, with its active prices, cheapest per month first. */
export interface Unlock {
  readonly productId: string;
  readonly name: string;
  readonly display?: JsonObject;
  readonly prices: readonly {
    readonly id: string;
    /** In the currency's minor unit; absent: tiered or custom. */
    readonly unitAmount?: number;
    readonly currency: string;
    /** Absent: one-time. */
    readonly interval?: 'day' | 'week' | 'month' | 'year';
    readonly intervalCount?: number;
  }[];
}

/** What unlocks() is asked: all of `keys`, and with `field`, at least `atLeast` of it for the first key. */
export interface UnlockQuery {
  keys: readonly string[];
  field?: string | undefined;
  atLeast?: number | undefined;
  /** Only prices in this currency. */
  currency?: string | undefined;
}

/** A row that was closed (it denies) or dropped when a list was read. */
export interface Warning {
  readonly code: WarningCode;
  readonly featureKey: string;
  readonly pointer: string;
  readonly page: number;
}

/** Facts of a loaded list. */
export interface SnapshotInfo {
  readonly customer: string;
  readonly source: string;
  readonly mode: 'live' | 'test';
  /** When the list was fetched from the billing system (ms). */
  readonly asOf: number;
  readonly entries: number;
}

/** Wire formats the engine reads; see docs/wire-format.md. */
export type Format = 'snapshot' | 'stripe-list' | 'stripe-summary' | 'paygentic-list';

/** What the caller knows about a list and its bytes may not say. */
export interface LoadRequest {
  /** Expected customer. */
  customer?: string | undefined;
  source?: string | undefined;
  mode?: 'live' | 'test' | undefined;
  /** When the list was fetched (ms); required for every format but `snapshot`. */
  asOf?: number | undefined;
}

/** How configs of several granting entitlements are merged. */
export type MergePolicy = 'max' | 'sum' | 'min' | 'latest';

/** Answers the application gives itself: true grants, an object grants with that config, false and null deny. */
export type PlainFeatures = { readonly [key: string]: boolean | JsonObject | null };

/** Options of the rules, read by the core. */
export interface EngineOptions {
  /** Merge policy by feature key and config field. */
  merge?: { readonly [key: string]: { readonly [field: string]: MergePolicy } };
  /** The number that means "unlimited", by feature key and config field. */
  unlimitedValue?: { readonly [key: string]: { readonly [field: string]: number } };
  /** The list is stale this many ms after it was fetched from the billing system. */
  staleAfter?: number;
  /** The list denies everything this many ms after it was fetched from the billing system. */
  expireAfter?: number;
  /** Features that stay as they are (`keep`) past `expireAfter`. */
  onExpired?: { readonly [key: string]: 'deny' | 'keep' };
  /** Answers until a list is loaded. */
  defaults?: PlainFeatures;
  /** Answers that win over everything (development tools). */
  overrides?: PlainFeatures;
  /** Caps on input. */
  caps?: { maxBytes?: number; maxDepth?: number; maxEntries?: number; maxKeyBytes?: number };
}
