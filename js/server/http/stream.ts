// Server-sent events. GET /entitlements/stream: each new list of the customer, from whichever process it came. The same
// connections carry OFREP's word that its answers changed.

import type { Held } from '../holdings.js';
import type { ServerState } from '../state.js';
import { serve } from './entitlements.js';
import { problem } from './problem.js';

const encoder = new TextEncoder();
// A reader this far behind is cut off: it gets the latest list when it connects again.
const MOST_WAITING_BYTES = 1024 * 1024;
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'private, no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** What a stream says of a list: an event, and an id by which it is not said twice. Called when a list, or time, changed. */
export type Telling = (held: Held) => Promise<{ readonly id: string; readonly event: string }>;

/** Tells the whole list. */
export const tellList =
  (state: ServerState): Telling =>
  async (held) => {
    const { body, signature } = await serve(state, held);
    // The core writes JSON on one line.
    const signed = signature === undefined ? '' : `event: signature\ndata: ${signature}\n\n`;
    return { id: held.etag, event: `${signed}id: ${held.etag}\nevent: snapshot\ndata: ${body}\n\n` };
  };

/** Open streams of one server. */
export class Streams {
  readonly #state: ServerState;
  readonly #open = new Set<CustomerStream>();

  constructor(state: ServerState) {
    this.#state = state;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers with a stream. The client says by Last-Event-ID what it has. */
  async open(request: Request, customer: string, tell: Telling): Promise<Response> {
    if (this.#full) return problem(503, 'BUSY');
    const held = await this.#state.ensure(customer);
    // Others came while this one waited, or it went.
    if (this.#full) return problem(503, 'BUSY');
    if (request.signal?.aborted) return problem(503, 'UNAVAILABLE');
    const stream = new CustomerStream(this.#state, customer, tell, () => this.#open.delete(stream));
    this.#open.add(stream);
    request.signal?.addEventListener('abort', () => stream.close(), { once: true });
    return new Response(stream.start(held, request.headers.get('last-event-id')), { headers: HEADERS });
  }

  close(): void {
    for (const stream of [...this.#open]) stream.close();
  }

  get #full(): boolean {
    const { maxStreams = 10_000 } = this.#state.options.stream ?? {};
    return this.#open.size >= maxStreams || this.#state.closed;
  }
}

/** One connection. Lists go out one after the other, and only the latest of those that wait. */
class CustomerStream {
  readonly #state: ServerState;
  readonly #customer: string;
  readonly #tell: Telling;
  readonly #onClose: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #stop: (() => void) | undefined;
  #next: Held | undefined;
  #sending = false;
  #sent = '';

  constructor(state: ServerState, customer: string, tell: Telling, onClose: () => void) {
    this.#state = state;
    this.#customer = customer;
    this.#tell = tell;
    this.#onClose = onClose;
  }

  start(held: Held, lastEventId: string | null): ReadableStream<Uint8Array> {
    const { heartbeatMs = 20_000, maxAgeMs = 30 * 60_000 } = this.#state.options.stream ?? {};
    this.#sent = lastEventId ?? '';
    const strategy = { highWaterMark: MOST_WAITING_BYTES, size: (chunk: Uint8Array) => chunk.length };
    const open = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      this.#controller = controller;
      this.#stop = this.#state.holdings.on(this.#customer, (news) => this.#send(news));
      this.#timers = [setInterval(() => this.#beat(), heartbeatMs), setTimeout(() => this.close(), maxAgeMs)];
      for (const timer of this.#timers) (timer as { unref?(): void }).unref?.();
      this.#write('retry: 2000\n\n');
      // It may have been replaced since, when nobody listened here.
      this.#send(this.#state.holdings.get(this.#customer) ?? held);
    };
    return new ReadableStream({ start: open, cancel: () => this.close() }, strategy);
  }

  close(): void {
    const controller = this.#controller;
    if (!controller) return;
    this.#controller = undefined;
    this.#stop?.();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#onClose();
    try {
      controller.close();
    } catch {
      // Cancelled by the reader already.
    }
  }

  /** Keeps the connection, and looks whether time alone has made the list stale: then it is fetched behind. */
  #beat(): void {
    this.#write(': \n\n');
    this.#state.ensure(this.#customer).then(
      (held) => this.#send(held),
      () => undefined,
    );
  }

  #send(held: Held): void {
    this.#next = held;
    if (this.#sending) return;
    this.#sending = true;
    void this.#drain();
  }

  async #drain(): Promise<void> {
    for (let held = this.#next; held && this.#controller; held = this.#next) {
      this.#next = undefined;
      try {
        await this.#event(held);
      } catch (error) {
        // The engine stopped, or the list was replaced while it was written: the next one, or a new connection, cures it.
        this.#state.report('a list could not be streamed', error);
      }
    }
    // At once: what comes a step later must not wait for one that has ended.
    this.#sending = false;
  }

  async #event(held: Held): Promise<void> {
    const { id, event } = await this.#tell(held);
    if (id === this.#sent) return;
    this.#write(event);
    this.#sent = id;
  }

  #write(text: string): void {
    const controller = this.#controller;
    if (!controller) return;
    if ((controller.desiredSize ?? 0) <= 0) this.close();
    else controller.enqueue(encoder.encode(text));
  }
}
