// Signed deliveries for users' own tests: what a provider would send, without a provider.

import type { EventSource } from '../upstreams/engine-port.js';
import { signatureHeaders } from './signature-headers.js';
import { utf8 } from './verify.js';

/** What to send. */
export interface TestWebhookOptions {
  readonly provider: EventSource;
  /** The secret the receiver was given. */
  readonly secret: string;
  /** The event: an object, or its exact text. Default: "this customer's entitlements changed". */
  readonly event?: object | string;
  /** For the default event. */
  readonly customer?: string;
  /** For the default event; give the same again to send a duplicate. */
  readonly eventId?: string;
  /** When it is signed, unix seconds; default now. */
  readonly timestamp?: number;
  /** Default http://localhost/webhooks. */
  readonly url?: string;
}

let serial = 0;

/** Makes a delivery as the provider would send it, rightly signed. */
export async function constructTestWebhook(options: TestWebhookOptions): Promise<Request> {
  const { provider, secret, url = 'http://localhost/webhooks', timestamp = Math.floor(Date.now() / 1000) } = options;
  const eventId = options.eventId ?? `evt_test_${Date.now()}_${(serial += 1)}`;
  const { event = defaultEvent(provider, options.customer ?? 'cus_test', eventId, timestamp) } = options;
  const body = utf8(typeof event === 'string' ? event : JSON.stringify(event));
  const headers = {
    'content-type': 'application/json',
    ...(await signatureHeaders(provider, body, secret, eventId, timestamp)),
  };
  return new Request(url, { method: 'POST', headers, body: body as BodyInit });
}

function defaultEvent(provider: EventSource, customer: string, id: string, timestamp: number): object {
  if (provider === 'paygentic') {
    const time = new Date(timestamp * 1000).toISOString();
    return { eventType: 'subscription.updated.v0', eventId: id, timestamp: time, data: { customerId: customer } };
  }
  const entitlements = { object: 'list', data: [], has_more: false, url: `/v1/customer/${customer}/entitlements` };
  const summary = { object: 'entitlements.active_entitlement_summary', customer, entitlements, livemode: false };
  const type = 'entitlements.active_entitlement_summary.updated';
  return { id, object: 'event', created: timestamp, data: { object: summary }, livemode: false, type };
}
