// What `plangate explain` answers, as data. Every decision in it is the core's.
import { REASONS } from '../../engine/codes.generated.js';
import type { Engine } from '../../engine/engine.js';
import type { Decision, JsonObject, Unlock, Warning } from '../../engine/types.js';
import { nearest } from '../nearest.js';
import type { Found } from './found.js';

/** The JSON of `plangate explain --json`. Times are RFC 3339, those inside `decision` and `rows` ms since 1970. */
export interface Answer {
  readonly customer: string;
  readonly feature: string;
  readonly allowed: boolean;
  readonly reason: string;
  /** The reason in a sentence. */
  readonly meaning: string;
  /** The moment that was asked about. */
  readonly at: string;
  /** Until then time alone changes nothing; null: never. */
  readonly until: string | null;
  readonly decision: Decision;
  /** The list it was decided from. */
  readonly list: {
    readonly from: string;
    readonly source: string;
    readonly mode: 'live' | 'test';
    readonly asOf: string;
    readonly entries: number;
  };
  /** The customer's entitlements for the feature, as in a snapshot (docs/wire-format.md), and whether each grants. */
  readonly rows: readonly { readonly grants: boolean; readonly row: JsonObject }[];
  /** Products that would grant it, cheapest first; empty when it is allowed. */
  readonly unlocks: readonly Unlock[];
  /** Rows for the feature that were closed when the list was read. */
  readonly warnings: readonly Warning[];
  readonly notes: readonly string[];
}

/** What is asked. */
export interface Asked {
  readonly customer: string;
  readonly feature: string;
  /** ms; undefined: now. */
  readonly at?: number | undefined;
  readonly product?: string | undefined;
}

interface Snapshot {
  readonly entitlements: readonly JsonObject[];
  readonly catalogue?: { readonly features?: readonly { readonly key?: unknown }[] };
}

/** Asks the engine everything about one feature of the list it holds. */
export function answer(engine: Engine, found: Found, { customer, feature, at, product }: Asked): Answer {
  const { handle, warnings, from } = found;
  const time = at ?? found.now;
  const decision = JSON.parse(engine.check(handle, feature, time, product ?? '')) as Decision;
  const snapshot = JSON.parse(engine.encode(handle)) as Snapshot;
  const rows = snapshot.entitlements.filter((row) => row['featureKey'] === feature);
  const info = engine.info(handle)!;
  const unlocks = decision.allowed ? [] : engine.unlocks(handle, { keys: [feature] });
  return {
    customer,
    feature,
    allowed: decision.allowed,
    reason: decision.reason,
    meaning: REASONS[decision.reason],
    at: iso(time),
    until: decision.validUntil === null ? null : iso(decision.validUntil),
    decision,
    list: { from, source: info.source, mode: info.mode, asOf: iso(info.asOf), entries: info.entries },
    rows: rows.map((row) => ({ grants: decision.grants.includes(String(row['id'] ?? '')), row })),
    unlocks,
    warnings: warnings.filter(({ featureKey }) => featureKey === feature),
    notes: [...found.notes, ...notesOf(snapshot, feature, rows.length, found, at)],
  };
}

function notesOf(
  { entitlements, catalogue }: Snapshot,
  feature: string,
  rows: number,
  { now }: Found,
  at: number | undefined,
): string[] {
  const notes: string[] = [];
  if (at !== undefined && at !== now) {
    notes.push(
      `It is what today's list says about ${iso(at)}: what a later purchase or change will bring is not in it.`,
    );
  }
  const known = [
    ...entitlements.map((row) => row['featureKey']),
    ...(catalogue?.features ?? []).map(({ key }) => key),
  ].filter((key) => typeof key === 'string');
  if (rows > 0 || known.includes(feature)) return notes;
  const near = nearest(feature, known);
  const where = catalogue ? 'Neither the list nor the catalogue has' : 'The list does not have';
  notes.push(`${where} a feature '${feature}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`);
  return notes;
}

const iso = (ms: number): string => new Date(ms).toISOString();
