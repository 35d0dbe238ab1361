// Stripe's events: what requests and time bring about, written when it happens, kept with it, delivered after.

import type { BillingChange, Subscription } from '../../engine/billing.js';
import { STRIPE_API_VERSION } from '../../server/upstreams/stripe.js';
import { isDeleted } from '../ledger.js';
import type { Work } from '../state/work.js';
import { activeEntitlement, seconds } from '../stripe/shapes.js';
import type { Json } from '../stripe/shapes.js';
import { subscription } from '../stripe/subscription-shape.js';
import { writeEvent } from './outbox.js';

/** How an event is told besides its object. */
export interface EventOptions {
  /** Whose it is. */
  readonly customer?: string;
  /** The object before the change: members that differ are told as previous_attributes. */
  readonly before?: Json;
  /** When it happened, ms; default now. */
  readonly at?: number;
}

/** The most rows that a summary event holds. */
export const SUMMARY_ROWS = 10;

/** Writes an event of Stripe's. */
export function writeStripeEvent(work: Work, type: string, object: Json, options: EventOptions = {}): void {
  const { before, ...rest } = options;
  writeWith(work, type, { object, ...(before && { previous_attributes: differences(before, object) }) }, rest);
}

function writeWith(
  work: Work,
  type: string,
  data: Json,
  { customer = null, at = work.now }: { customer?: string | null; at?: number },
): void {
  const id = work.ids.make('evt');
  const { requestId, idempotencyKey } = work.origin;
  const payload = {
    id,
    object: 'event',
    api_version: STRIPE_API_VERSION,
    created: seconds(at),
    data,
    livemode: false,
    pending_webhooks: 0,
    request: { id: requestId, idempotency_key: idempotencyKey },
    type,
  };
  writeEvent(work, { id, protocol: 'stripe', type, createdAt: at, customer, payload });
}

/** Members of `before` that are otherwise in `after`. */
function differences(before: Json, after: Json): Json {
  const names = Object.keys({ ...before, ...after });
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, before[name] ?? null]));
}

const SUBSCRIPTION_EVENTS: Partial<Record<BillingChange['kind'], string>> = {
  'subscription.created': 'customer.subscription.created',
  'subscription.canceled': 'customer.subscription.deleted',
  'subscription.paused': 'customer.subscription.paused',
  'subscription.resumed': 'customer.subscription.resumed',
  'subscription.updated': 'customer.subscription.updated',
  'subscription.trialEnded': 'customer.subscription.updated',
  'subscription.renewed': 'customer.subscription.updated',
  'subscription.started': 'customer.subscription.updated',
};

/** Writes the events of the ledger's changes. */
export function writeStripeChanges(work: Work, changes: readonly BillingChange[]): void {
  for (const change of changes) {
    if (change.kind === 'activeEntitlements.changed') writeSummary(work, change.customer, change.at);
    else if ('object' in change) writeSubscription(work, change);
  }
}

function writeSubscription(work: Work, change: Extract<BillingChange, { object: Subscription }>): void {
  const type = SUBSCRIPTION_EVENTS[change.kind];
  if (type === undefined) return;
  const { at, customer, object, previous } = change;
  const shape = (from: Subscription): Json => subscription(work.ledger, from, STRIPE_API_VERSION);
  const updated = type.endsWith('.updated') && { before: shape({ ...object, ...previous }) };
  writeStripeEvent(work, type, shape(object), { at, customer, ...updated });
}

/** A list cut at ten rows, as Stripe cuts it. Of a deleted customer nothing is listed any more. */
function listedAt({ ledger }: Work, customer: string, at: number | undefined): { rows: Json[]; hasMore: boolean } {
  if (isDeleted(ledger.get('customer', customer))) return { rows: [], hasMore: false };
  const { data, hasMore } = ledger.list(
    'activeEntitlements',
    { customer, ...(at !== undefined && { at }) },
    { limit: SUMMARY_ROWS },
  );
  return { rows: data.map((row) => activeEntitlement(row)), hasMore };
}

/** The list as it was at a moment, and what the last event said, with Stripe's own form of its url. */
function writeSummary(work: Work, customer: string, at: number): void {
  const { rows, hasMore } = listedAt(work, customer, at);
  const object = {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: { object: 'list', data: rows, has_more: hasMore, url: `/v1/customer/${customer}/entitlements` },
    livemode: false,
  };
  const before = work.documents.get('summary', customer)?.data ?? [];
  work.documents.put('summary', customer, { data: rows });
  const type = 'entitlements.active_entitlement_summary.updated';
  writeWith(work, type, { object, previous_attributes: { entitlements: { data: before } } }, { customer, at });
}

/** Remembers everybody's list without an event: what a seed begins with is no news. */
export function rememberSummaries(work: Work): void {
  const changed = work.changes.filter(({ kind }) => kind === 'activeEntitlements.changed');
  for (const customer of new Set(changed.map((change) => change.customer))) {
    const at = work.ledger.get('customer', customer).clock === null ? work.now : undefined;
    work.documents.put('summary', customer, { data: listedAt(work, customer, at).rows });
  }
}
