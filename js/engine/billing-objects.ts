// What the billing ledger knows, as bindings/BILLING.md says. Times are ms since epoch.

/** Any JSON object that the ledger keeps and gives back. */
export type JsonObject = Readonly<Record<string, unknown>>;
export type FeatureKind = 'boolean' | 'static' | 'metered';
export type Interval = 'day' | 'week' | 'month' | 'year';
export type TrialEndBehavior = 'continue' | 'cancel' | 'pause';
export type SubscriptionStatus = 'scheduled' | 'trialing' | 'active' | 'paused' | 'canceled';

/** What an attachment gives: config, and for metered features the allowance. */
export interface EntitlementTemplate {
  readonly config?: JsonObject | null;
  /** Metered: how much per period. */
  readonly limit?: number;
  readonly soft?: boolean;
  /** Paygentic's pricingUnitId: features with the same pool share one balance. */
  readonly pool?: string | null;
  /** The limit counts for each unit of the item's quantity. */
  readonly perUnit?: boolean;
  readonly reset?: 'period' | 'never' | Interval;
}

export interface BillingObject {
  readonly id: string;
  readonly created: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: JsonObject;
}

export interface Feature extends BillingObject {
  readonly key: string;
  readonly name: string;
  readonly type: FeatureKind;
  readonly product: string | null;
  readonly active: boolean;
}

export interface Product extends BillingObject {
  readonly name: string;
  readonly description: string | null;
  /** The price that a page shows first; one of the product's own. */
  readonly defaultPrice: string | null;
  readonly active: boolean;
}

export interface Plan extends BillingObject {
  readonly product: string;
  readonly name: string;
  readonly active: boolean;
}

export interface Price extends BillingObject {
  readonly product: string;
  readonly plan: string | null;
  readonly currency: string;
  readonly unitAmount: number | null;
  readonly interval: Interval | null;
  readonly intervalCount: number | null;
  /** What the application calls it; one price's at a time. */
  readonly key: string | null;
  readonly active: boolean;
}

export interface Attachment extends BillingObject {
  readonly feature: Feature;
  readonly product: string;
  readonly price: string | null;
  readonly template: EntitlementTemplate | null;
}

export interface Customer extends BillingObject {
  readonly clock: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly externalId: string | null;
}

export interface Clock extends BillingObject {
  readonly time: number;
  /** When something happens next to its customers. */
  readonly nextAt: number | null;
  readonly name: string | null;
}

export interface SubscriptionItem {
  readonly id: string;
  readonly price: string;
  readonly product: string;
  readonly quantity: number;
  readonly created: number;
  readonly periodStart: number;
  readonly periodEnd: number;
}

export interface Subscription extends BillingObject {
  readonly customer: string;
  readonly clock: string | null;
  readonly plan: string | null;
  readonly status: SubscriptionStatus;
  readonly items: readonly SubscriptionItem[];
  readonly startAt: number;
  readonly anchor: number;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly trialStart: number | null;
  readonly trialEnd: number | null;
  readonly trialEndBehavior: TrialEndBehavior;
  readonly cancelAt: number | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: number | null;
  readonly endedAt: number | null;
  readonly pausedAt: number | null;
  readonly resumesAt: number | null;
  readonly pending: {
    readonly plan: string | null;
    readonly items: readonly { readonly id: string; readonly price: string; readonly quantity: number }[];
  } | null;
}

/** A metered entitlement's balance in its period. */
export interface EntitlementUsage {
  readonly limit: number;
  readonly balance: number;
  readonly usageInPeriod: number;
  readonly overage: number;
  readonly periodStart: number;
  /** null: the allowance never resets. */
  readonly periodEnd: number | null;
  readonly soft: boolean;
  readonly pool: string | null;
}

/** One row: a subscription's right to a feature of a product. */
export interface EntitlementRow {
  readonly id: string;
  readonly customer: string;
  readonly featureId: string;
  readonly featureKey: string;
  readonly type: FeatureKind;
  readonly product: string;
  readonly subscription: string;
  readonly attachment: string;
  readonly status: 'active' | 'expired' | 'canceled';
  readonly hasAccess: boolean;
  /** When it was first known of. */
  readonly created: number;
  readonly activeFrom: number;
  readonly activeTo: number | null;
  readonly config: JsonObject | null;
  readonly usage: EntitlementUsage | null;
}

/** Stripe's view: one per feature, however many products grant it. */
export interface ActiveEntitlementRow {
  readonly id: string;
  readonly customer: string;
  readonly feature: Feature;
  readonly featureKey: string;
  readonly activeFrom: number;
}

export interface UsageRow {
  readonly id: string;
  readonly customer: string;
  readonly feature: string;
  readonly subscription: string | null;
  readonly quantity: number;
  readonly at: number;
  readonly created: number;
}
