// Deliveries of events to webhook endpoints: signed, tried again with growing waits, and written down.

import { LONGEST_TIMEOUT_MS, withTimeout } from '../../server/upstreams/streams.js';
import { signatureHeaders } from '../../server/webhooks/signature-headers.js';
import { utf8 } from '../../server/webhooks/verify.js';
import type { AttemptDetail } from '../answers/delivery.js';
import type { DeliveryDocument, EndpointDocument, EventDocument } from '../state/documents.js';
import type { ProviderState } from '../state/state.js';
import type { Work } from '../state/work.js';

/** How deliveries are made. */
export interface DeliveryOptions {
  /** Waits before the second, third … attempt, ms. Default 1 s, 5 s, 30 s, 2 min, 10 min. */
  readonly retryDelaysMs?: readonly number[];
  /** How long an endpoint may take to answer, ms; default 10 s. */
  readonly timeoutMs?: number;
  /** Makes the requests; default the runtime's fetch. */
  readonly fetch?: typeof fetch;
}

const DEFAULT_DELAYS = [1000, 5000, 30_000, 120_000, 600_000];
const DEFAULT_TIMEOUT_MS = 10_000;
/** Requests at a time: a slow endpoint does not hold up the others. */
const CONCURRENCY = 8;
/** So much of what an endpoint answers is written down. */
const KEPT_ANSWER_BYTES = 1000;
/** What came of an attempt could not be kept: it is made again, but not at once. */
const UNKEPT_WAIT_MS = 1000;
/** The newest events are kept; older ones go, with their deliveries, once these have come to an end. */
const KEPT_EVENTS = 10_000;
/** So many go at a time. */
const FORGOTTEN_AT_ONCE = 100;

/** Writes an event and the deliveries that it is due. */
export function writeEvent(work: Work, event: Omit<EventDocument, 'requestId' | 'idempotencyKey'>): void {
  work.documents.put('event', event.id, { ...event, ...work.origin });
  for (const endpoint of work.documents.all('webhook_endpoint')) {
    if (!endpoint.enabled || endpoint.protocol !== event.protocol || !wants(endpoint, event.type)) continue;
    const id = work.ids.make('dlv');
    const delivery = { id, event: event.id, endpoint: endpoint.id, state: 'pending', attempts: [], nextAt: 0 } as const;
    work.documents.put('delivery', id, delivery);
  }
  forgetOldest(work);
}

function wants({ events }: EndpointDocument, type: string): boolean {
  return events.includes('*') || events.includes(type);
}

function forgetOldest({ documents }: Work): void {
  const surplus = documents.count('event') - KEPT_EVENTS;
  if (surplus <= 0 || surplus % FORGOTTEN_AT_ONCE !== 0) return;
  for (const { id } of documents.first('event', surplus)) {
    const deliveries = documents.deliveriesOf(id);
    if (deliveries.some(({ state }) => state === 'pending')) continue;
    documents.remove('event', id);
    for (const delivery of deliveries) documents.remove('delivery', delivery.id);
  }
}

/** A delivery that is being made. */
interface Running {
  readonly stop: AbortController;
  /** It was asked for once more meanwhile: what is on its way came too early to be that. */
  again: boolean;
  done: Promise<void>;
}

/** Makes the deliveries that are due, until it is closed. */
export class Outbox {
  readonly #state: ProviderState;
  readonly #delays: readonly number[];
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;
  #running = new Map<string, Running>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(state: ProviderState, options: DeliveryOptions = {}) {
    this.#state = state;
    this.#delays = options.retryDelaysMs ?? DEFAULT_DELAYS;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#fetch = options.fetch ?? fetch;
    state.onKept(({ replaced }) => {
      if (replaced) this.#abandon();
      this.look();
    });
  }

  /** Starts what is due, and waits for what is due later. */
  look(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    let next = Infinity;
    for (const delivery of this.#state.documents.pending()) {
      if (this.#running.has(delivery.id) || delivery.nextAt === null) continue;
      if (delivery.nextAt > now) next = Math.min(next, delivery.nextAt);
      else if (this.#running.size < CONCURRENCY) this.#start(delivery);
      // Those that are due and wait for a place are looked at when one is free.
      else break;
    }
    if (Number.isFinite(next)) {
      this.#timer = setTimeout(() => this.look(), Math.min(next - now, LONGEST_TIMEOUT_MS));
      this.#timer.unref();
    }
  }

  /** Resolves when nothing is due now or on its way; waits for later attempts are not waited for. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Tries a delivery once more, now. Answers false when there is none of this id. */
  async retry(id: string): Promise<boolean> {
    const found = await this.#state.run(({ documents }) => {
      const delivery = documents.get('delivery', id);
      if (delivery) documents.put('delivery', id, { ...delivery, state: 'pending', nextAt: 0 });
      const running = this.#running.get(id);
      if (running) running.again = true;
      return delivery !== undefined;
    });
    this.look();
    return found;
  }

  /** Stops. What is under way is abandoned, and tried again at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { stop } of this.#running.values()) stop.abort();
    await this.settled();
  }

  /** Everything was replaced: what is on its way is of before, and its id may be another's now. */
  #abandon(): void {
    for (const { stop } of this.#running.values()) stop.abort();
    this.#running = new Map();
  }

  #start(delivery: DeliveryDocument): void {
    const { id } = delivery;
    const running: Running = { stop: new AbortController(), again: false, done: Promise.resolve() };
    this.#running.set(id, running);
    running.done = this.#deliver(delivery, running)
      .catch(async () => {
        const wait = withTimeout(UNKEPT_WAIT_MS, running.stop.signal);
        await wait.done;
        wait.clear();
      })
      .finally(() => {
        if (this.#running.get(id) === running) this.#running.delete(id);
        this.look();
      });
  }

  async #deliver({ id, event: eventId, endpoint: endpointId }: DeliveryDocument, running: Running): Promise<void> {
    const { documents } = this.#state;
    const [event, endpoint] = [documents.get('event', eventId), documents.get('webhook_endpoint', endpointId)];
    const attempt = event && endpoint ? await this.#attempt(event, endpoint, running.stop.signal) : undefined;
    if (running.stop.signal.aborted) return;
    await this.#state.run(({ documents: all }) => {
      const delivery = all.get('delivery', id);
      if (!delivery || this.#running.get(id) !== running) return;
      const after: DeliveryDocument = attempt
        ? this.#after(delivery, attempt)
        : { ...delivery, state: 'failed', nextAt: null };
      all.put('delivery', id, running.again ? { ...after, state: 'pending', nextAt: 0 } : after);
    });
  }

  #after(delivery: DeliveryDocument, attempt: AttemptDetail): DeliveryDocument {
    const attempts = [...delivery.attempts, attempt];
    const taken = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
    if (taken) return { ...delivery, attempts, state: 'delivered', nextAt: null };
    const delay = this.#delays[attempts.length - 1];
    if (delay === undefined) return { ...delivery, attempts, state: 'failed', nextAt: null };
    return { ...delivery, attempts, state: 'pending', nextAt: Date.now() + delay };
  }

  async #attempt(event: EventDocument, endpoint: EndpointDocument, stop: AbortSignal): Promise<AttemptDetail> {
    const at = Date.now();
    const body = deliveryBody(event);
    let headers: AttemptDetail['headers'];
    const result = (status: number | null, error: string | null, answer?: string): AttemptDetail => ({
      at,
      status,
      error,
      durationMs: Date.now() - at,
      ...(headers && { headers }),
      ...(answer && { answer }),
    });
    // Not AbortSignal.timeout: in Node 20, one that only AbortSignal.any knows is collected, and then nothing ends the attempt.
    const timer = withTimeout(this.#timeoutMs, stop);
    try {
      headers = await deliveryHeaders(event, endpoint, utf8(body), Math.floor(at / 1000));
      const request = new Request(endpoint.url, { method: 'POST', headers, body });
      const response = await this.#fetch(request, { signal: timer.signal, redirect: 'manual' });
      const answer = await beginningOf(response);
      return result(response.status, response.ok ? null : `answered ${response.status}`, answer);
    } catch (cause) {
      return result(null, timer.expired() ? 'The operation was aborted due to timeout' : reasonOf(cause));
    } finally {
      timer.clear();
    }
  }
}

/** The beginning of a body: an endpoint that goes on and on holds up nothing, and its status counts all the same. */
async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  try {
    while (reader && bytes < KEPT_ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, KEPT_ANSWER_BYTES - bytes), { stream: true });
      bytes += value.length;
    }
    await reader?.cancel();
  } catch {
    // It broke off, or took too long.
  }
  return text;
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}

/** The body of an event's deliveries, byte for byte. */
export function deliveryBody({ protocol, payload }: EventDocument): string {
  return protocol === 'stripe' ? JSON.stringify({ ...payload, pending_webhooks: 1 }, null, 2) : JSON.stringify(payload);
}

/** What the system would send above it. Signed at real time: receivers compare it with their own clock. */
async function deliveryHeaders(
  { id, protocol }: EventDocument,
  { secret }: EndpointDocument,
  body: Uint8Array,
  timestamp: number,
): Promise<Record<string, string>> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': `plangate-provider (${protocol})`,
    ...(await signatureHeaders(protocol, body, secret, id, timestamp)),
  };
}
