// The ledger's objects as Paygentic's JSON. Members that the rules do not know are kept in the object's `data`.

import type {
  Attachment,
  Customer,
  EntitlementRow,
  Feature,
  Plan,
  Price,
  Product,
  Subscription,
} from '../../engine/billing.js';
import type { PaygenticVersion } from '../options.js';
import type { LedgerReader } from '../ledger.js';

/** JSON of an object as Paygentic answers it. */
export type Json = Readonly<Record<string, unknown>>;

/** RFC 3339 in UTC; null stays null. */
export function time(ms: number): string;
export function time(ms: number | null): string | null;
export function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Members that are there: Paygentic leaves out what is not. */
export function present(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

/** When an object was last changed, as far as it is known. */
function updated(data: Json, created: number): string {
  return time((data['updatedAt'] as number | undefined) ?? created);
}

export function product({ id, created, data, description, metadata, name }: Product, merchantId: string): Json {
  return {
    id,
    object: 'product',
    createdAt: time(created),
    description: description ?? '',
    merchantId,
    metadata,
    name,
    updatedAt: updated(data, created),
  };
}

export function feature(
  { id, created, data, key, metadata, name, product: of, type }: Feature,
  merchantId: string,
): Json {
  return {
    id,
    object: 'feature',
    key,
    name,
    type,
    merchantId,
    productId: of ?? '',
    metadata,
    createdAt: time(created),
    updatedAt: updated(data, created),
  };
}

export function customer({ id, created, data, email, externalId, name }: Customer, merchantId: string): Json {
  const consumerId = `org_${id.replace(/[^a-zA-Z0-9]|^cus_/g, '')}`;
  const organization = present({
    id: consumerId,
    name: name ?? email ?? id,
    billingEmail: email,
    phone: data['phone'],
    address: data['consumerAddress'],
  });
  return {
    id,
    object: 'customer',
    consumerId,
    createdAt: time(created),
    merchantId,
    organization,
    ...present({ externalId, taxId: data['taxId'], taxRates: data['taxRates'] }),
    updatedAt: updated(data, created),
    validTaxAddress: { valid: false },
  };
}

/** What a feature's allowance looks like, as it was given with the price. */
export function priceFeature({ id, data, feature: { id: featureId, key, name, type } }: Attachment): Json {
  return { id, featureId, entitlementTemplate: data['entitlementTemplate'] ?? {}, feature: { key, name, type } };
}

export function price(from: Price, attached: readonly Attachment[]): Json {
  const { id, created, currency, data, unitAmount } = from;
  return {
    id,
    object: 'price',
    createdAt: time(created),
    currency: currency.toUpperCase(),
    ...present({
      billableMetricId: data['billableMetricId'],
      feeId: data['feeId'],
      billingCadence: data['billingCadence'],
    }),
    invoiceDisplayName: data['invoiceDisplayName'] ?? id,
    model: data['model'] ?? 'standard',
    paymentTerm: data['paymentTerm'] ?? 'in_advance',
    properties: data['properties'] ?? { unitPrice: unitAmount === null ? '0' : String(unitAmount / 100) },
    updatedAt: updated(data, created),
    features: attached.map(priceFeature),
    grantDiscountEnabled: data['grantDiscountEnabled'] ?? false,
    quantity: data['quantity'] ?? 1,
  };
}

/** A price with the features of its own. */
export function priceIn(ledger: LedgerReader, from: Price): Json {
  return price(from, ledger.every('attachments', { price: from.id, scope: 'price' }));
}

const INTERVALS: Readonly<Record<string, string>> = { P1M: 'monthly', P3M: 'quarterly', P1Y: 'yearly' };

export function plan(ledger: LedgerReader, from: Plan, merchantId: string): Json {
  const { id, created, data, name, product: productId } = from;
  const prices = ledger.every('prices', { plan: id });
  return {
    id,
    object: 'plan',
    billingInterval: INTERVALS[(data['billingCadence'] as string | undefined) ?? 'P1M'] ?? 'monthly',
    createdAt: time(created),
    currency: String(data['currency'] ?? prices[0]?.currency ?? 'usd').toUpperCase(),
    ...present({ description: data['description'], invoiceDisplayName: data['invoiceDisplayName'] }),
    merchantId,
    name,
    prices: prices.map((each) => priceIn(ledger, each)),
    productId,
    updatedAt: updated(data, created),
  };
}

// One that begins later waits as one that is to be paid first does.
const STATUS = {
  scheduled: 'pending_payment',
  trialing: 'active',
  active: 'active',
  paused: 'active',
  canceled: 'terminated',
};

export function subscription(from: Subscription): Json {
  const { id, created, customer: customerId, data, plan: planId } = from;
  return {
    id,
    object: 'subscription',
    autoCharge: data['autoCharge'] ?? false,
    createdAt: time(created),
    customerId,
    ...present({ endingAt: time(from.cancelAt ?? (from.cancelAtPeriodEnd ? from.periodEnd : null)) }),
    taxExempt: data['taxExempt'] ?? false,
    name: data['name'] ?? id,
    // Subscriptions made through Stripe's API have no plan: the price stands for it.
    planId: planId ?? from.items[0]?.price ?? '',
    startedAt: time(from.startAt),
    status: STATUS[from.status],
    ...present({
      terminatedAt: time(from.endedAt),
      terminatedBy: data['terminatedBy'],
      terminationReason: data['terminationReason'],
      testClockId: from.clock,
    }),
    updatedAt: updated(data, created),
  };
}

function usageOf({ usage }: EntitlementRow): Json {
  if (!usage) return {};
  return {
    isSoftLimit: usage.soft,
    balance: usage.balance,
    usageInPeriod: usage.usageInPeriod,
    overage: usage.overage,
    currentPeriodStart: time(usage.periodStart),
    currentPeriodEnd: time(usage.periodEnd),
  };
}

/** A static feature always has a config in what is published. */
function configOf({ config, type }: EntitlementRow): Json | null {
  return config ?? (type === 'static' ? {} : null);
}

function rowOf(row: EntitlementRow): Json {
  return {
    featureKey: row.featureKey,
    featureType: row.type,
    status: row.status,
    activeFrom: time(row.activeFrom),
    activeTo: time(row.activeTo),
    hasAccess: row.hasAccess,
  };
}

function ownerOf({
  customer: customerId,
  featureId,
  product: productId,
  subscription: subscriptionId,
}: EntitlementRow): Json {
  return { customerId, featureId, productId, subscriptionId, metadata: {} };
}

/** What the newer version adds to metered rows. */
function poolOf({ usage }: EntitlementRow): Json {
  return usage ? { pricingUnitId: usage.pool } : {};
}

/** A row of the list, in either version. */
export function entitlementRow(row: EntitlementRow, version: PaygenticVersion): Json {
  const shared = { entitlementId: row.id, ...rowOf(row), config: configOf(row), ...usageOf(row) };
  if (version === '2026-05-20') return { ...shared, productId: row.product };
  return { ...shared, ...ownerOf(row), ...poolOf(row) };
}

/** One entitlement, in either version. */
export function entitlement(row: EntitlementRow, version: PaygenticVersion): Json {
  const config = configOf(row);
  const shared = { object: 'entitlement', id: row.id, ...rowOf(row), ...ownerOf(row), ...usageOf(row) };
  if (version === '2026-08-06') return { ...shared, config, ...poolOf(row) };
  return { ...shared, ...(row.type === 'static' && { config }) };
}
