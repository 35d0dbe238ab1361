import type { Decision, JsonObject, Unlock } from '../engine/types.js';

/** A decision with all that led to it. */
export interface Explanation {
  readonly decision: Decision;
  /** The reason in words; REASONS has whole sentences. */
  readonly meaning: string;
  /** The customer's entitlements for the key, as in the snapshot (docs/wire-format.md). */
  readonly rows: readonly JsonObject[];
  /** Products that would grant it. */
  readonly unlocks: readonly Unlock[];
  /** All of it as text. */
  readonly text: string;
}

/** Puts the parts into words. */
export function explain(decision: Decision, rows: readonly JsonObject[], unlocks: readonly Unlock[]): Explanation {
  const { key, allowed, reason, validUntil, stale } = decision;
  const meaning = reason.toLowerCase().replaceAll('_', ' ');
  const lines = [`${key}: ${allowed ? 'allowed' : 'denied'} (${reason}).`];
  if (validUntil !== null) lines.push(`Until ${new Date(validUntil).toISOString()}.`);
  if (stale) lines.push('The list is stale.');
  for (const row of rows) lines.push(`Entitlement ${JSON.stringify(row)}`);
  if (!allowed) for (const { name, productId } of unlocks) lines.push(`Unlocked by ${name || productId}.`);
  return { decision, meaning, rows, unlocks, text: lines.join('\n') };
}
