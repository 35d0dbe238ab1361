// Subscriptions as Stripe's JSON.

import type { Subscription, SubscriptionItem } from '../../engine/billing.js';
import type { LedgerReader } from '../ledger.js';
import { plan, price, seconds } from './shapes.js';
import type { Json } from './shapes.js';

/** The first version that tells a subscription's period on its items only. */
const PERIOD_ON_ITEMS = '2025-03-31';

// A subscription that begins later has no status of its own in Stripe; it is not active yet.
const STATUS = {
  scheduled: 'incomplete',
  trialing: 'trialing',
  active: 'active',
  paused: 'paused',
  canceled: 'canceled',
};

const TRIAL_END = { continue: 'create_invoice', cancel: 'cancel', pause: 'pause' };

/** What to do at a trial's end without a way to pay, in the rules' words. */
export const TRIAL_END_BEHAVIOR = { create_invoice: 'continue', cancel: 'cancel', pause: 'pause' } as const;

/** Metadata by item, as it is kept with a subscription. */
export function metadataOfItems({ data }: Subscription): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return (data['item_metadata'] ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function subscriptionItem(ledger: LedgerReader, item: SubscriptionItem, of: Subscription): Json {
  const own = ledger.get('price', item.price);
  return {
    id: item.id,
    object: 'subscription_item',
    billing_thresholds: null,
    created: seconds(item.created),
    current_period_end: seconds(item.periodEnd),
    current_period_start: seconds(item.periodStart),
    discounts: [],
    metadata: metadataOfItems(of)[item.id] ?? {},
    plan: plan(own),
    price: price(own),
    quantity: item.quantity,
    subscription: of.id,
    tax_rates: [],
  };
}

const PAYMENT_SETTINGS = {
  payment_method_options: null,
  payment_method_types: null,
  save_default_payment_method: 'off',
};

/** What has to do with paying: as it is for a customer who always pays. */
const PAYMENT = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_mode: { type: 'classic' },
  billing_thresholds: null,
  customer_account: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
  latest_invoice: null,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  payment_settings: PAYMENT_SETTINGS,
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  schedule: null,
  transfer_data: null,
};

/** @param version Stripe-Version of the request. */
export function subscription(ledger: LedgerReader, from: Subscription, version: string): Json {
  const { data, id } = from;
  const items = from.items.map((item) => subscriptionItem(ledger, item, from));
  const old = version < PERIOD_ON_ITEMS;
  return {
    id,
    object: 'subscription',
    ...PAYMENT,
    billing_cycle_anchor: seconds(from.anchor),
    cancel_at: seconds(from.cancelAt ?? (from.cancelAtPeriodEnd ? from.periodEnd : null)),
    cancel_at_period_end: from.cancelAtPeriodEnd,
    canceled_at: seconds(from.canceledAt),
    cancellation_details: {
      comment: null,
      feedback: null,
      ...(data['cancellation_details'] as Json | undefined),
      reason: from.canceledAt === null ? null : 'cancellation_requested',
    },
    collection_method: data['collection_method'] ?? 'charge_automatically',
    created: seconds(from.created),
    currency: (items[0]?.['price'] as Json | undefined)?.['currency'] ?? 'usd',
    customer: from.customer,
    days_until_due: data['days_until_due'] ?? null,
    default_payment_method: data['default_payment_method'] ?? null,
    description: data['description'] ?? null,
    ended_at: seconds(from.endedAt),
    items: {
      object: 'list',
      data: items,
      has_more: false,
      total_count: items.length,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    livemode: false,
    metadata: from.metadata,
    pause_collection: data['pause_collection'] ?? null,
    pending_update: null,
    start_date: seconds(from.startAt),
    status: STATUS[from.status],
    test_clock: from.clock,
    trial_end: seconds(from.trialEnd),
    trial_settings: { end_behavior: { missing_payment_method: TRIAL_END[from.trialEndBehavior] } },
    trial_start: seconds(from.trialStart),
    ...(old && { current_period_end: seconds(from.periodEnd), current_period_start: seconds(from.periodStart) }),
  };
}
