// The ledger's objects as Stripe's JSON. Members that the rules do not know are kept in the object's `data`, or are what a
// new account's are.

import type {
  ActiveEntitlementRow,
  Attachment,
  Clock,
  Customer,
  Feature,
  JsonObject,
  Price,
  Product,
} from '../../engine/billing.js';
import { isDeleted } from '../ledger.js';
import type { EndpointDocument, EventDocument } from '../state/documents.js';

/** JSON of an object as Stripe answers it. */
export type Json = Readonly<Record<string, unknown>>;

/** Unix seconds of a time; null stays null. */
export function seconds(ms: number): number;
export function seconds(ms: number | null): number | null;
export function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}

/** Members of `data` by name, or what stands there when they were never given. */
function kept<T extends Json>(data: JsonObject, defaults: T): T {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, data[name] ?? value])) as T;
}

export function feature({ id, key, name, active, metadata }: Feature): Json {
  return { id, object: 'entitlements.feature', active, livemode: false, lookup_key: key, metadata, name };
}

export function productFeature({ id, feature: attached }: Attachment): Json {
  return { id, object: 'product_feature', entitlement_feature: feature(attached), livemode: false };
}

export function activeEntitlement({ id, feature: { id: own }, featureKey }: ActiveEntitlementRow): Json {
  return { id, object: 'entitlements.active_entitlement', feature: own, livemode: false, lookup_key: featureKey };
}

const PRODUCT_DEFAULTS = {
  images: [],
  marketing_features: [],
  package_dimensions: null,
  shippable: null,
  statement_descriptor: null,
  tax_code: null,
  unit_label: null,
  url: null,
};

export function product(from: Product): Json {
  if (isDeleted(from)) return deleted(from.id, 'product');
  const { id, active, created, data, description, metadata, name } = from;
  return {
    id,
    object: 'product',
    active,
    created: seconds(created),
    default_price: from.defaultPrice,
    description,
    livemode: false,
    metadata,
    name,
    type: 'service',
    updated: (data['updated'] as number | undefined) ?? seconds(created),
    ...kept(data, PRODUCT_DEFAULTS),
  };
}

function recurring({ interval, intervalCount }: Price): Json | null {
  if (interval === null) return null;
  return { interval, interval_count: intervalCount ?? 1, meter: null, trial_period_days: null, usage_type: 'licensed' };
}

/** An amount in whole units; null when it has a fraction, which only the decimal text tells then. */
function whole(amount: number | null): number | null {
  return amount === null || Number.isInteger(amount) ? amount : null;
}

/** An amount with at most twelve decimals, and no more than it needs. */
function decimalText(amount: number | null): string | null {
  return amount === null ? null : amount.toFixed(12).replace(/\.?0+$/, '');
}

export function price(from: Price): Json {
  const { id, active, created, currency, data, metadata, unitAmount } = from;
  return {
    id,
    object: 'price',
    active,
    billing_scheme: 'per_unit',
    created: seconds(created),
    currency,
    custom_unit_amount: null,
    livemode: false,
    metadata,
    product: from.product,
    recurring: recurring(from),
    tiers_mode: null,
    transform_quantity: null,
    type: from.interval === null ? 'one_time' : 'recurring',
    unit_amount: whole(unitAmount),
    unit_amount_decimal: decimalText(unitAmount),
    lookup_key: from.key,
    ...kept(data, { nickname: null, tax_behavior: 'unspecified' }),
  };
}

/** The older name of a recurring price, which subscription items still carry. */
export function plan(from: Price): Json {
  const { id, active, created, currency, data, metadata, unitAmount } = from;
  return {
    id,
    object: 'plan',
    active,
    amount: whole(unitAmount),
    amount_decimal: decimalText(unitAmount),
    billing_scheme: 'per_unit',
    created: seconds(created),
    currency,
    interval: from.interval,
    interval_count: from.intervalCount ?? 1,
    livemode: false,
    metadata,
    meter: null,
    nickname: data['nickname'] ?? null,
    product: from.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}

const CUSTOMER_DEFAULTS = {
  address: null,
  currency: null,
  description: null,
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
};

export function customer(from: Customer): Json {
  if (isDeleted(from)) return deleted(from.id, 'customer');
  const { id, clock, created, data, email, metadata, name } = from;
  return {
    id,
    object: 'customer',
    balance: 0,
    created: seconds(created),
    default_source: null,
    delinquent: false,
    discount: null,
    email,
    invoice_prefix: id.replace(/^cus_/, '').slice(0, 8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata,
    name,
    next_invoice_sequence: 1,
    test_clock: clock,
    ...kept(data, CUSTOMER_DEFAULTS),
    ...(data['business_name'] !== undefined && { business_name: data['business_name'] }),
    ...(data['individual_name'] !== undefined && { individual_name: data['individual_name'] }),
  };
}

/** How long Stripe keeps a test clock: 30 days. */
const CLOCK_LIFE_SECONDS = 30 * 86_400;

export function testClock({ id, created, name, time }: Clock): Json {
  return {
    id,
    object: 'test_helpers.test_clock',
    created: seconds(created),
    deletes_after: seconds(created) + CLOCK_LIFE_SECONDS,
    frozen_time: seconds(time),
    livemode: false,
    name,
    status: 'ready',
    status_details: {},
  };
}

export function webhookEndpoint(from: EndpointDocument, withSecret = false): Json {
  return {
    id: from.id,
    object: 'webhook_endpoint',
    api_version: from.apiVersion,
    application: null,
    created: seconds(from.createdAt),
    description: from.description,
    enabled_events: from.events,
    livemode: false,
    metadata: from.metadata,
    // Told once, when the endpoint is made.
    ...(withSecret && { secret: from.secret }),
    status: from.enabled ? 'enabled' : 'disabled',
    url: from.url,
  };
}

/** `pending`: endpoints that have not taken it yet. */
export function event(from: EventDocument, pending: number): Json {
  return { ...from.payload, pending_webhooks: pending };
}

export function deleted(id: string, object: string): Json {
  return { id, object, deleted: true };
}
