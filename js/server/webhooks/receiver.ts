// From a delivery to a kept signal: verified, understood by the core, kept, and only then acknowledged.

import type { Store } from '../../stores/store.js';
import type { EngineProvider, EventFacts, EventSource } from '../upstreams/engine-port.js';
import { engineOf, isPlangateError } from '../upstreams/engine-port.js';
import { readCapped } from '../upstreams/streams.js';
import { isWebhookError, WebhookError } from './errors.js';
import { verifyStripe } from './stripe.js';
import { secretBytes, svixHeaders, verifySvix } from './svix.js';
import { Tally } from './tally.js';
import type { WebhookCounts, WebhookOutcome } from './tally.js';
import { rawBody, secretList } from './verify.js';
import type { Secrets, VerifyOptions } from './verify.js';

/** "This customer's list may have changed": all that an event is believed. The refetched list is the authority. */
export interface WebhookSignal {
  readonly source: string;
  readonly mode: 'live' | 'test';
  readonly customer: string;
  /** The same for every repetition of the event; null: the provider gave none. */
  readonly eventId: string | null;
  /** The provider's own event type. */
  readonly type: string;
  /** When the provider says it happened, ms. Deliveries come in any order: do not sort by it. */
  readonly createdAt: number | null;
  readonly receivedAt: number;
}

/**
 * Keeps a signal, durably: the delivery is acknowledged when this resolves, and sent again by the provider when it rejects.
 * `first` is false when this event id was kept before.
 */
export type KeepSignal = (signal: WebhookSignal) => Promise<{ readonly first: boolean }>;

/** How a receiver is made. */
export interface ReceiverOptions extends VerifyOptions {
  /** Whose webhooks. */
  readonly provider: EventSource;
  /** The endpoint's signing secret, or several while it is being rotated. */
  readonly secrets: Secrets;
  readonly keep: KeepSignal;
  /** The source's name in snapshots and stores; default the provider's. The same as the upstream's. */
  readonly source?: string;
  /**
   * Only events of this mode are kept (a live Stripe Connect endpoint gets test events too). Default: any; an event that
   * does not say, as Paygentic's, counts as live.
   */
  readonly mode?: 'live' | 'test';
  /** Larger deliveries are refused unread; default 1 MiB. */
  readonly maxBytes?: number;
  /** Default: the engine of the `plangate/server` entry. */
  readonly engine?: EngineProvider;
}

/** Receives the webhooks of one endpoint. */
export interface WebhookReceiver {
  /** Answers a delivery: 2xx once it is kept (or nothing is to be kept), 4xx not believed, 503 could not be kept. */
  handle(request: Request): Promise<Response>;
  /** The same without HTTP; throws WebhookError, or whatever `keep` rejected with. */
  receive(body: Uint8Array | string, headers: Headers): Promise<WebhookOutcome>;
  counts(): WebhookCounts;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Keeps signals in a store: a refetch is due, and the event id is remembered, in one step. By the store's clock, which is a
 * little later than ours at receipt: at worst one refetch too many, never one too few.
 */
export const keepIn =
  (store: Pick<Store, 'markPending' | 'clock'>): KeepSignal =>
  async ({ source, mode, customer, eventId }) => {
    const receivedAt = await store.clock();
    return store.markPending({ source, mode, customer, receivedAt, ...(eventId !== null && { eventId }) });
  };

/** Makes a receiver. A wrong option is heard here, not at the first delivery. */
export function webhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const secrets = secretList(options.secrets, options.provider);
  if (options.provider === 'paygentic') secrets.forEach(secretBytes);
  const tally = new Tally();
  const receive = async (body: Uint8Array | string, headers: Headers): Promise<WebhookOutcome> => {
    try {
      const { outcome, type } = await judge(options, rawBody(body), headers);
      tally.outcome(outcome, type);
      return outcome;
    } catch (thrown) {
      tally.failure(thrown);
      throw thrown;
    }
  };
  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return answer(405, { error: { code: 'METHOD_NOT_ALLOWED' } }, { allow: 'POST' });
    try {
      const body = await readCapped(request, options.maxBytes ?? MAX_BYTES);
      if (body) return answer(200, { outcome: await receive(body, request.headers) });
      const large = new WebhookError('BODY_TOO_LARGE', 'The delivery is larger than maxBytes.');
      tally.failure(large);
      return refusal(large);
    } catch (thrown) {
      return isWebhookError(thrown) ? refusal(thrown) : answer(503, { error: { code: 'NOT_KEPT' } });
    }
  };
  return { receive, handle, counts: () => tally.counts() };
}

/** Verifies a delivery, asks the core what it is, and keeps what must be kept. */
async function judge(
  options: ReceiverOptions,
  body: Uint8Array,
  headers: Headers,
): Promise<{ readonly outcome: WebhookOutcome; readonly type: string }> {
  const receivedAt = options.now ?? Date.now();
  const deliveryId = await verify(options, body, headers);
  const facts = await understand(options, body);
  const { type, customer } = facts;
  if (facts.kind === 'ignored') return { outcome: 'ignored', type };
  const mode = facts.mode ?? options.mode ?? 'live';
  if (options.mode && mode !== options.mode) return { outcome: 'otherMode', type };
  if (!customer) return { outcome: 'unresolved', type };
  const { first } = await options.keep({
    source: options.source ?? options.provider,
    mode,
    customer,
    eventId: deliveryId ?? facts.id,
    type,
    createdAt: facts.created,
    receivedAt,
  });
  return { outcome: first ? 'kept' : 'duplicate', type };
}

/** Throws unless the provider signed it. Answers the delivery's id where the scheme has one. */
async function verify(options: ReceiverOptions, body: Uint8Array, headers: Headers): Promise<string | null> {
  if (options.provider === 'stripe') {
    await verifyStripe(body, headers.get('stripe-signature'), options.secrets, options);
    return null;
  }
  const { id } = await verifySvix(body, svixHeaders(headers), options.secrets, options);
  return id;
}

async function understand({ engine, provider }: ReceiverOptions, body: Uint8Array): Promise<EventFacts> {
  const ready = await engineOf(engine);
  try {
    return ready.event(body, provider);
  } catch (cause) {
    if (!isPlangateError(cause) || cause.code === 'ENGINE_FAILED') throw cause;
    throw new WebhookError('INVALID_EVENT', `Rightly signed, but not an event: ${cause.message}`, { cause });
  }
}

function refusal({ code, message }: WebhookError): Response {
  return answer(code === 'BODY_TOO_LARGE' ? 413 : 400, { error: { code, message } });
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
