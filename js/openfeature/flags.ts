// Entitlements as OpenFeature flags: one mapping for the providers and for OFREP.
//
// `feature` is a boolean flag: allowed or not. `feature:field` is one field of its config, `feature:` the whole config. A feature
// whose config has a member `value` is a flag of that value; `variant` (text) and `metadata` (plain values) may stand beside.

import type { Reason } from '../engine/codes.generated.js';
import type { Decision, Diff, JsonObject, JsonValue } from '../engine/types.js';

/** Reasons of OpenFeature that we use. OFREP's list is shorter: the same without ERROR. */
export type FlagReason = 'STATIC' | 'DISABLED' | 'UNKNOWN' | 'ERROR';

/** Error codes of OpenFeature that we use. */
export type FlagError = 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'PROVIDER_NOT_READY' | 'TYPE_MISMATCH' | 'GENERAL';

/** Plain values beside a flag. */
export type FlagMetadata = Readonly<Record<string, string | number | boolean>>;

/** A flag's answer: with `error`, or without `value`, the code's own default is to be used. */
export interface FlagAnswer {
  readonly reason: FlagReason;
  readonly value?: JsonValue;
  readonly variant?: string;
  readonly error?: FlagError;
  readonly details?: string;
  readonly metadata: FlagMetadata;
}

/**
 * The one table of reasons. A plan's value does not depend on the context of the evaluation: STATIC. What is denied is DISABLED; what
 * cannot be judged is denied as well, and UNKNOWN says so.
 */
export const FLAG_REASONS: Readonly<Record<Reason, FlagReason>> = {
  GRANTED: 'STATIC',
  SOFT_LIMIT_EXCEEDED: 'STATIC',
  OVERRIDE: 'STATIC',
  DEFAULT: 'STATIC',
  NOT_ENTITLED: 'DISABLED',
  NOT_YET_ACTIVE: 'DISABLED',
  EXPIRED: 'DISABLED',
  CANCELED: 'DISABLED',
  ACCESS_DENIED: 'DISABLED',
  LIMIT_REACHED: 'DISABLED',
  NO_CONFIG: 'DISABLED',
  UNKNOWN_STATUS: 'UNKNOWN',
  UNKNOWN_TYPE: 'UNKNOWN',
  INVALID_CONFIG: 'UNKNOWN',
  SNAPSHOT_EXPIRED: 'UNKNOWN',
  NOT_READY: 'ERROR',
};

/** What flags are read from. */
export interface FlagSource {
  check(key: string): Decision;
  /** Whether a feature of this name exists; undefined: there is no catalogue to know it from. */
  knows(key: string): boolean | undefined;
}

/** Reads one flag. */
export function readFlag(source: FlagSource, flag: string): FlagAnswer {
  const whole = source.check(flag);
  if (whole.reason !== 'NOT_ENTITLED' || source.knows(flag)) return ofFeature(whole);
  // A feature's own key may hold a colon: only what is no feature is split.
  const at = flag.lastIndexOf(':');
  const feature = at > 0 ? flag.slice(0, at) : flag;
  const decision = at > 0 ? source.check(feature) : whole;
  const known = source.knows(feature) ?? at < 0;
  if (decision.reason === 'NOT_ENTITLED' && !known) {
    return { reason: 'ERROR', error: 'FLAG_NOT_FOUND', details: `There is no feature "${feature}".`, metadata: {} };
  }
  return at > 0 ? ofField(decision, flag.slice(at + 1)) : ofFeature(decision);
}

/** All flags of one feature: itself, its config and the config's fields. */
export function flagsOf({ key, allowed, config }: Decision): string[] {
  return allowed && config ? [key, `${key}:`, ...Object.keys(config).map((field) => `${key}:${field}`)] : [key];
}

/** The features that a change is about. */
export const changedKeys = ({ granted, revoked, configChanged, usageChanged }: Diff): string[] => [
  ...new Set([...granted, ...revoked, ...[...configChanged, ...usageChanged].map(({ key }) => key)]),
];

function metadataOf({ reason, stale, validUntil }: Decision, extra: unknown): FlagMetadata {
  const plain = Object.entries(isObject(extra) ? extra : {}).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return {
    ...(Object.fromEntries(plain) as FlagMetadata),
    plangateReason: reason,
    stale,
    ...(validUntil !== null && { validUntil }),
  };
}

function notReady(decision: Decision): FlagAnswer | undefined {
  if (FLAG_REASONS[decision.reason] !== 'ERROR') return undefined;
  return { reason: 'ERROR', error: 'PROVIDER_NOT_READY', metadata: metadataOf(decision, null) };
}

function ofFeature(decision: Decision): FlagAnswer {
  const { allowed, reason, config = {} } = decision;
  const missing = notReady(decision);
  if (missing) return missing;
  const valued = allowed && Object.hasOwn(config, 'value') && config['value'] !== null;
  const value = valued ? config['value']! : allowed;
  const named = valued && typeof config['variant'] === 'string' ? config['variant'] : undefined;
  const variant = named ?? (typeof value === 'boolean' ? (value ? 'on' : 'off') : undefined);
  const metadata = metadataOf(decision, valued ? config['metadata'] : null);
  return { reason: FLAG_REASONS[reason], value, metadata, ...(variant !== undefined && { variant }) };
}

function ofField(decision: Decision, field: string): FlagAnswer {
  const missing = notReady(decision);
  if (missing) return missing;
  const metadata = metadataOf(decision, null);
  const reason = FLAG_REASONS[decision.reason];
  const { allowed, config } = decision;
  if (!allowed || !config) return { reason: allowed ? 'DISABLED' : reason, metadata };
  if (field === '') return { reason, value: config as JsonValue, metadata };
  const value = Object.hasOwn(config, field) ? config[field] : undefined;
  if (value !== undefined && value !== null) return { reason, value, metadata };
  return { reason: 'ERROR', error: 'FLAG_NOT_FOUND', details: `The config has no field "${field}".`, metadata };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
