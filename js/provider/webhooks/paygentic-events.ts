// Paygentic's events: {eventType, eventId, timestamp, data}, signed as Svix signs.

import type { BillingChange } from '../../engine/billing.js';
import { subscription, time } from '../paygentic/shapes.js';
import type { Json } from '../paygentic/shapes.js';
import type { Work } from '../state/work.js';
import { writeEvent } from './outbox.js';

/** Writes an event of Paygentic's. */
export function writePaygenticEvent(work: Work, type: string, customer: string, data: Json, at = work.now): void {
  const id = work.ids.make('evt');
  const payload = { eventType: type, eventId: id, timestamp: time(at), data };
  writeEvent(work, { id, protocol: 'paygentic', type, createdAt: at, customer, payload });
}

const EVENTS: Partial<Record<BillingChange['kind'], string>> = {
  'subscription.created': 'subscription.created.v0',
  'subscription.canceled': 'subscription.cancelled.v0',
};

/** Writes the events of the ledger's changes. */
export function writePaygenticChanges(work: Work, changes: readonly BillingChange[]): void {
  for (const change of changes) {
    if (!('object' in change)) continue;
    const { at, customer, object } = change;
    const data = { customerId: customer, subscriptionId: object.id, ...subscription(object) };
    writePaygenticEvent(work, EVENTS[change.kind] ?? 'subscription.updated.v0', customer, data, at);
  }
}
