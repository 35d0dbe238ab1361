// What the billing ledger takes and answers, as bindings/BILLING.md says. Times are ms since epoch.
import type {
  ActiveEntitlementRow,
  Attachment,
  Clock,
  Customer,
  EntitlementRow,
  EntitlementTemplate,
  Feature,
  FeatureKind,
  Interval,
  JsonObject,
  Plan,
  Price,
  Product,
  Subscription,
  SubscriptionStatus,
  TrialEndBehavior,
  UsageRow,
} from './billing-objects.js';
import type { BillingErrorCode } from './codes.generated.js';

export type * from './billing-objects.js';
export type { BillingErrorCode } from './codes.generated.js';

/** Text to text. In an update, `''` or null unsets one. */
export type Metadata = Readonly<Record<string, string | null>>;

interface Extra {
  readonly metadata?: Metadata | null | '';
  readonly data?: JsonObject;
}

interface Create extends Extra {
  readonly id: string;
}

/** A subscription's item in a command. */
export interface ItemRequest {
  readonly id?: string;
  readonly price?: string;
  readonly quantity?: number;
  readonly deleted?: boolean;
}

/** Everything that changes a ledger. These are what a journal keeps. */
export type BillingCommand =
  | ({ readonly do: 'clock.create'; readonly time: number; readonly name?: string | null } & Create)
  | { readonly do: 'clock.advance'; readonly id: string; readonly to: number }
  | {
      readonly do: 'clock.delete' | 'product.delete' | 'customer.delete';
      readonly id: string;
    }
  | ({
      readonly do: 'feature.create';
      readonly key: string;
      readonly name: string;
      readonly type?: FeatureKind;
      readonly product?: string | null;
    } & Create)
  | ({ readonly do: 'feature.update'; readonly name?: string; readonly active?: boolean } & Create)
  | ({
      readonly do: 'product.create';
      readonly name: string;
      readonly description?: string | null;
      readonly active?: boolean;
    } & Create)
  | ({
      readonly do: 'product.update';
      readonly name?: string;
      readonly description?: string | null;
      readonly active?: boolean;
      readonly defaultPrice?: string | null;
    } & Create)
  | ({ readonly do: 'plan.create'; readonly product: string; readonly name: string } & Create)
  | ({ readonly do: 'plan.update'; readonly name?: string; readonly active?: boolean } & Create)
  | ({
      readonly do: 'price.create';
      readonly product?: string;
      readonly plan?: string | null;
      readonly currency: string;
      readonly unitAmount: number | null;
      readonly interval?: Interval | null;
      readonly intervalCount?: number | null;
      readonly active?: boolean;
      readonly key?: string | null;
      readonly transferKey?: boolean;
    } & Create)
  | ({
      readonly do: 'price.update';
      readonly active?: boolean;
      readonly key?: string | null;
      readonly transferKey?: boolean;
    } & Create)
  | ({
      readonly do: 'attachment.create';
      readonly feature: string;
      readonly product?: string;
      readonly price?: string;
      readonly template?: EntitlementTemplate | null;
    } & Create)
  | ({ readonly do: 'attachment.update'; readonly template?: EntitlementTemplate | null } & Create)
  | { readonly do: 'attachment.delete'; readonly id: string; readonly product?: string }
  | ({
      readonly do: 'customer.create';
      readonly clock?: string | null;
      readonly name?: string | null;
      readonly email?: string | null;
      readonly externalId?: string | null;
    } & Create)
  | ({
      readonly do: 'customer.update';
      readonly name?: string | null;
      readonly email?: string | null;
      readonly externalId?: string | null;
    } & Create)
  | SubscriptionCreate
  | SubscriptionUpdate
  | { readonly do: 'subscription.cancel'; readonly id: string; readonly when?: 'now' | 'period_end' }
  | { readonly do: 'subscription.pause'; readonly id: string; readonly resumesAt?: number | null }
  | { readonly do: 'subscription.resume'; readonly id: string; readonly anchor?: 'now' | 'unchanged' }
  | UsageRecord;

export interface SubscriptionCreate extends Create {
  readonly do: 'subscription.create';
  readonly customer: string;
  readonly items?: readonly ItemRequest[];
  readonly plan?: string;
  readonly quantity?: number;
  readonly startAt?: number;
  readonly trialEnd?: number;
  readonly trialDays?: number;
  readonly trialEndBehavior?: TrialEndBehavior;
  readonly anchor?: number;
  readonly periodsFrom?: number;
  readonly cancelAt?: number | null;
  readonly cancelAtPeriodEnd?: boolean;
}

export interface SubscriptionUpdate extends Create {
  readonly do: 'subscription.update';
  readonly items?: readonly ItemRequest[];
  readonly plan?: string;
  readonly when?: 'now' | 'period_end';
  readonly anchor?: 'now' | 'unchanged';
  readonly trialEnd?: number | 'now';
  readonly trialEndBehavior?: TrialEndBehavior;
  readonly cancelAt?: number | null;
  readonly cancelAtPeriodEnd?: boolean;
}

export interface UsageRecord extends Create {
  readonly do: 'usage.record';
  readonly customer?: string;
  readonly externalCustomer?: string;
  readonly feature?: string;
  readonly featureKey?: string;
  readonly product?: string;
  readonly subscription?: string;
  readonly quantity: number;
  readonly at?: number;
}

/** A page of a list: by cursor or by offset. */
export interface PageRequest {
  readonly limit?: number;
  readonly startingAfter?: string;
  readonly endingBefore?: string;
  readonly offset?: number;
}

/** A stretch of time, ms: from a moment on, before another. */
export interface Stretch {
  readonly from?: number;
  readonly before?: number;
}

/** What every list of objects may be narrowed by: when they were made, and what is kept with them. */
interface ObjectFilters {
  created?: Stretch;
  data?: JsonObject;
}

/** Question -> what it may be narrowed by. */
export interface ListFilters {
  features: ObjectFilters & { key?: string; active?: boolean; type?: FeatureKind; product?: string | null };
  products: ObjectFilters & { active?: boolean; ids?: readonly string[] };
  plans: ObjectFilters & { product?: string; active?: boolean };
  prices: ObjectFilters & {
    product?: string;
    plan?: string;
    active?: boolean;
    recurring?: boolean;
    currency?: string;
    interval?: Interval;
    keys?: readonly string[];
  };
  attachments: ObjectFilters & {
    product?: string;
    price?: string;
    feature?: string;
    scope?: 'product' | 'price' | 'all';
  };
  customers: ObjectFilters & { email?: string; externalId?: string; clock?: string };
  subscriptions: ObjectFilters & {
    customer?: string;
    price?: string;
    plan?: string;
    clock?: string;
    status?: SubscriptionStatus | 'ended' | 'all';
    item?: string;
    periodStart?: Stretch;
    periodEnd?: Stretch;
  };
  clocks: ObjectFilters;
  usage: ObjectFilters & { customer?: string; feature?: string };
  entitlements: {
    customer?: string;
    externalCustomer?: string;
    at?: number;
    product?: string;
    feature?: string;
    featureKey?: string;
    subscription?: string;
    type?: FeatureKind;
    status?: 'active' | 'expired' | 'canceled';
    hasAccess?: boolean;
    scope?: 'current' | 'all';
  };
  activeEntitlements: { customer: string; at?: number };
}

/** Question about one object -> its answer. */
export interface One {
  feature: Feature;
  product: Product;
  plan: Plan;
  price: Price;
  attachment: Attachment;
  customer: Customer;
  subscription: Subscription;
  clock: Clock;
  entitlement: EntitlementRow;
  activeEntitlement: ActiveEntitlementRow;
}

/** List -> one of its rows. */
export interface Rows {
  features: Feature;
  products: Product;
  plans: Plan;
  prices: Price;
  attachments: Attachment;
  customers: Customer;
  subscriptions: Subscription;
  clocks: Clock;
  usage: UsageRow;
  entitlements: EntitlementRow;
  activeEntitlements: ActiveEntitlementRow;
}

/** What is left of a deleted customer, product or attachment. */
export interface Deleted {
  readonly id: string;
  readonly deleted: true;
}

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly hasMore: boolean;
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

/** Why a command or query was refused. */
export interface BillingRefusal {
  readonly code: BillingErrorCode;
  readonly message: string;
  /** The offending member's path, `items[0].price`; empty when there is none. */
  readonly param: string;
}

/** Something that happened, at `at` in the customer's time. */
export type BillingChange = { readonly at: number; readonly customer: string } & (
  | {
      readonly kind: `subscription.${'created' | 'updated' | 'trialEnded' | 'renewed' | 'paused' | 'resumed' | 'started' | 'canceled'}`;
      readonly subscription: string;
      readonly object: Subscription;
      readonly previous: Partial<Subscription>;
    }
  | {
      readonly kind: `entitlement.${'granted' | 'revoked' | 'changed'}`;
      readonly entitlement: string;
      readonly feature: string;
      readonly featureKey: string;
      readonly product: string;
      readonly subscription: string;
    }
  | {
      readonly kind: 'activeEntitlements.changed';
      readonly granted: readonly string[];
      readonly revoked: readonly string[];
    }
  | {
      readonly kind: 'usage.recorded';
      readonly feature: string;
      readonly featureKey: string;
      readonly quantity: number;
      readonly exhausted: boolean;
    }
  | { readonly kind: 'customer.deleted' }
);

/** What came of a command. Time's changes are told even when the command was refused. */
export type BillingOutcome<Result = unknown> = {
  readonly changes: readonly BillingChange[];
  /** When something happens next by itself to a customer without a clock; null: never. */
  readonly nextAt: number | null;
} & ({ readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: BillingRefusal });
