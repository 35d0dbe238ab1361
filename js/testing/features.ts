// What a test says of a customer's features, as a plangate snapshot (docs/wire-format.md). The core decides what it means.
import type { ConfigOf, FeatureKey } from '../client/features.js';
import type { JsonObject } from '../engine/types.js';

/** One row of a snapshot, as far as a test cares; everything has the snapshot's defaults. */
export interface EntitlementFields {
  id?: string;
  productId?: string;
  subscriptionId?: string;
  type?: 'boolean' | 'static' | 'metered';
  status?: 'active' | 'expired' | 'canceled';
  hasAccess?: boolean;
  config?: JsonObject;
  /** When it begins and ends: ms since 1970-01-01 UTC, or a date. */
  activeFrom?: number | Date;
  activeTo?: number | Date;
  /** The same, counted in ms from now by the client's clock. */
  startsIn?: number;
  endsIn?: number;
  usage?: {
    balance?: number;
    usageInPeriod?: number;
    overage?: number;
    periodStart?: number;
    periodEnd?: number;
    soft?: boolean;
    pool?: string;
  };
}

/** A row in full; made by entitlement() and metered(). */
export class TestEntitlement {
  readonly fields: EntitlementFields;

  constructor(fields: EntitlementFields) {
    this.fields = fields;
  }
}

/** A feature with all that a row can say: `entitlement({ endsIn: 14 * DAY, config: { seats: 5 } })`. */
export const entitlement = (fields: EntitlementFields = {}): TestEntitlement => new TestEntitlement(fields);

/** A metered feature: so much in a period, so much of it used. */
export function metered(
  { limit, used = 0, soft = false, pool }: { limit: number; used?: number; soft?: boolean; pool?: string },
  fields: EntitlementFields = {},
): TestEntitlement {
  const balance = Math.max(0, limit - used);
  const overage = Math.max(0, used - limit);
  const usage = { balance, usageInPeriod: used, overage, soft, ...(pool !== undefined && { pool }) };
  return new TestEntitlement({ type: 'metered', usage, ...fields });
}

/**
 * A feature of a test: `true`: has it; `false` or null: does not; an object: has it with this config; entitlement() and metered() for
 * all else; a list for several rows, as from several products.
 */
export type TestFeature<Config = JsonObject> = boolean | null | Config | TestEntitlement | readonly TestEntitlement[];

/** Features by key. */
export type TestFeatures = { readonly [K in FeatureKey]?: TestFeature<ConfigOf<K>> };

/** A row as the snapshot has it. */
export type Row = { [member: string]: unknown };

const timeOf = (moment: number | Date | undefined): number | undefined =>
  moment === undefined ? undefined : Number(moment);

function rowOf(key: string, index: number, { fields }: TestEntitlement, now: number): Row {
  const { startsIn, endsIn, activeFrom, activeTo, ...rest } = fields;
  return {
    id: `ent_test_${key}${index === 0 ? '' : `_${index}`}`,
    featureKey: key,
    type: rest.config ? 'static' : 'boolean',
    ...rest,
    activeFrom: startsIn === undefined ? timeOf(activeFrom) : now + startsIn,
    activeTo: endsIn === undefined ? timeOf(activeTo) : now + endsIn,
  };
}

/** The rows of one feature at a moment. */
export function rowsOf(key: string, feature: TestFeature | undefined, now: number): Row[] {
  if (feature === undefined || feature === null || feature === false) return [];
  const rows = feature === true ? entitlement() : feature;
  if (Array.isArray(rows)) return (rows as TestEntitlement[]).map((row, index) => rowOf(key, index, row, now));
  return [rowOf(key, 0, rows instanceof TestEntitlement ? rows : entitlement({ config: rows as JsonObject }), now)];
}
