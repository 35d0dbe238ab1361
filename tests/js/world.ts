// A server with customers and streams, and a browser with tabs, without any network: what the tests of cache and live run in.
import type { Clock } from '../../js/client/clock.js';
import type { Line, Page } from '../../js/live/index.js';
import type { HandClock } from './support.js';

type Rows = readonly object[];

const whole = (now: number): string => new Date(now).toUTCString();

/** Serves lists as plangate/server does: ETag and 304, Date, a stream at `/stream`. */
export class FakeServer {
  readonly clock: HandClock;
  /** What each request was: `GET cus_1`, `304 cus_1`, `STREAM cus_1`. */
  readonly log: string[] = [];
  /** How the next requests go; one that is `held` waits for release(). */
  weather: 'fine' | 'offline' | 'broken' | 'held' = 'fine';
  retryAfter: string | undefined;
  /** Answers that told the time. */
  answered = 0;
  streams = new Set<{ customer: string; send(text: string): void; end(): void }>();
  #lists = new Map<string, { rows: Rows; asOf: number; version: number }>();
  #held: (() => void)[] = [];
  #versions = 0;

  constructor(clock: HandClock) {
    this.clock = clock;
  }

  /** The customer's rows from now on; open streams are told. */
  set(customer: string, rows: Rows): void {
    this.#lists.set(customer, { rows, asOf: this.clock.time, version: ++this.#versions });
    if (this.weather !== 'fine') return;
    for (const stream of this.streams) if (stream.customer === customer) stream.send(this.#event(customer));
  }

  body(customer: string): string {
    const { rows, asOf } = this.#list(customer);
    return JSON.stringify({ plangate: 1, customer, source: 'test', asOf, entitlements: rows });
  }

  count(what: string): number {
    return this.log.filter((line) => line.startsWith(what)).length;
  }

  release(): void {
    this.weather = 'fine';
    this.#held.splice(0).forEach((go) => go());
  }

  /** The network is gone: streams break as well. */
  cut(): void {
    this.weather = 'offline';
    for (const stream of this.streams) stream.end();
  }

  fetch = (async (input: unknown, init: RequestInit = {}) => {
    const url = new URL(String(input), 'http://server/');
    const customer = url.searchParams.get('customer') ?? 'cus_1';
    const streaming = url.pathname.endsWith('/stream');
    const headers = new Headers(init.headers);
    const known = headers.get('if-none-match');
    this.log.push(`${streaming ? 'STREAM' : 'GET'} ${customer}`);
    if (this.weather === 'held' && !streaming) await new Promise<void>((resolve) => this.#held.push(resolve));
    init.signal?.throwIfAborted();
    if (this.weather === 'offline') throw new TypeError('fetch failed');
    const date = whole(this.clock.time);
    this.answered++;
    if (this.weather === 'broken') {
      const headers = new Headers({ date });
      if (this.retryAfter !== undefined) headers.set('retry-after', this.retryAfter);
      return new Response('oops', { status: 503, headers });
    }
    if (streaming) return this.#stream(customer, headers.get('last-event-id'), date, init.signal);
    const etag = `"v${this.#list(customer).version}"`;
    if (known === etag) {
      this.log.push(`304 ${customer}`);
      return new Response(null, { status: 304, headers: { date, etag } });
    }
    return new Response(this.body(customer), { headers: { date, etag, 'content-type': 'application/json' } });
  }) as typeof fetch;

  #list(customer: string): { rows: Rows; asOf: number; version: number } {
    let list = this.#lists.get(customer);
    if (!list) this.#lists.set(customer, (list = { rows: [], asOf: this.clock.time, version: ++this.#versions }));
    return list;
  }

  #event(customer: string): string {
    return `id: v${this.#list(customer).version}\nevent: snapshot\ndata: ${this.body(customer)}\n\n`;
  }

  #stream(customer: string, last: string | null, date: string, signal?: AbortSignal | null): Response {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const end = (): void => {
          if (!this.streams.delete(stream)) return;
          try {
            controller.error(new TypeError('connection lost'));
          } catch {
            // Closed already.
          }
        };
        const stream = { customer, end, send: (text: string) => controller.enqueue(encoder.encode(text)) };
        this.streams.add(stream);
        signal?.addEventListener('abort', end);
        stream.send('retry: 2000\n\n');
        if (last !== `v${this.#list(customer).version}`) stream.send(this.#event(customer));
      },
    });
    return new Response(body, { headers: { date, 'content-type': 'text/event-stream' } });
  }
}

type PageEvent = 'focus' | 'online' | 'sleep' | 'wake';

/** A browser's tabs: their lines to each other, and who leads. */
export class FakeBrowser {
  readonly lines = new Set<{ tab: FakeTab; name: string; heard: (message: string) => void }>();
  readonly leaders = new Map<string, { tab: FakeTab; lead: () => void }[]>();
  isOnline = true;

  tab(): FakeTab {
    return new FakeTab(this);
  }
}

/** One tab: what live() needs of its page. Closing it is what a browser does to it: nothing of it runs on. */
export class FakeTab implements Page {
  shown = true;
  closed = false;
  #browser: FakeBrowser;
  #listeners = new Set<(event: PageEvent) => void>();

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
  }

  tell(event: PageEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** The browser closes it. */
  close(): void {
    this.closed = true;
    this.#listeners.clear();
    for (const line of this.#browser.lines) if (line.tab === this) this.#browser.lines.delete(line);
    for (const [name, queue] of this.#browser.leaders) {
      for (const one of queue.filter(({ tab }) => tab === this)) this.#step(name, one);
    }
  }

  visible = (): boolean => this.shown;
  online = (): boolean => this.#browser.isOnline;

  watch(heard: (event: PageEvent) => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  line(name: string, heard: (message: string) => void): Line {
    const line = { tab: this, name, heard };
    const { lines } = this.#browser;
    lines.add(line);
    return {
      post: (message) => {
        for (const other of lines)
          if (other !== line && other.name === name) setImmediate(() => lines.has(other) && other.heard(message));
      },
      close: () => lines.delete(line),
    };
  }

  elect(name: string, signal: AbortSignal, lead: () => void): void {
    const queue = this.#browser.leaders.get(name) ?? [];
    this.#browser.leaders.set(name, queue);
    const one = { tab: this, lead };
    queue.push(one);
    signal.addEventListener('abort', () => this.#step(name, one));
    if (queue[0] === one) lead();
  }

  /** Out of the queue; the next one leads. */
  #step(name: string, one: { tab: FakeTab; lead: () => void }): void {
    const queue = this.#browser.leaders.get(name)!;
    const first = queue[0] === one;
    if (!queue.includes(one)) return;
    queue.splice(queue.indexOf(one), 1);
    if (first) queue[0]?.lead();
  }
}

/** A device's clock that may be wrong, over a clock that is right. */
export class WrongClock implements Clock {
  readonly right: HandClock;
  error = 0;
  /** Nothing runs any more: the tab is closed. */
  dead = false;
  #timers = new Set<unknown>();

  constructor(right: HandClock, error = 0) {
    this.right = right;
    this.error = error;
  }

  now = (): number => this.right.time + this.error;
  ticks = (): number => this.right.time;

  setTimeout = (run: () => void, ms: number): unknown => {
    const timer = this.right.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return timer;
  };

  clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer);
    this.right.clearTimeout(timer);
  };

  /** Ends all its timers. */
  stop(): void {
    for (const timer of this.#timers) this.right.clearTimeout(timer);
    this.#timers.clear();
  }
}
