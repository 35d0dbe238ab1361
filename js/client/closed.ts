// What is answered where nothing is known: everything denies.
import type { Decision, LimitResult } from '../engine/types.js';

/** Freezes parsed JSON all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/** The decision about any key. */
export const closed = (key: string): Decision =>
  deepFreeze({ key, allowed: false, reason: 'NOT_READY', grants: [], validUntil: null, stale: false, fallback: false });

/** The answer about any limit. */
export const DENIED: LimitResult = Object.freeze({ allowed: false, reason: 'NOT_READY', used: 0 });
