// The bounded queue of customers that are to be fetched: few at a time, the urgent first, and no more than fit.

import { ServerError } from '../errors.js';

/** Why a customer is fetched, the most urgent first. */
export const LANES = ['visitor', 'webhook', 'stale', 'reconcile'] as const;
export type Lane = (typeof LANES)[number];

/** What a fetch settles when it was asked for by a webhook. */
export interface RefreshHint {
  readonly eventId?: string;
  readonly settles?: string;
}

/** Bounds of the queue. */
export interface QueueOptions {
  /** Fetches at the same time; default 8. */
  readonly concurrency?: number;
  /** Customers that may wait; default 1000. Beyond it a new one is refused with BUSY. */
  readonly maxQueued?: number;
}

interface Job<T> {
  readonly customer: string;
  lane: Lane;
  hint: RefreshHint;
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** What the queue has done. */
export interface QueueCounts {
  readonly running: number;
  readonly queued: number;
  /** Refused because the queue was full, by lane. */
  readonly refused: Readonly<Record<Lane, number>>;
}

/** Runs one task per customer at a time, and lets at most one more wait. */
export class RefreshQueue<T> {
  readonly #task: (customer: string, hint: RefreshHint, lane: Lane) => Promise<T>;
  readonly #concurrency: number;
  readonly #most: number;
  readonly #running = new Map<string, Job<T>>();
  readonly #waiting = new Map<string, Job<T>>();
  readonly #refused: Record<Lane, number> = { visitor: 0, webhook: 0, stale: 0, reconcile: 0 };
  #closed = false;

  constructor(task: (customer: string, hint: RefreshHint, lane: Lane) => Promise<T>, options: QueueOptions = {}) {
    this.#task = task;
    this.#concurrency = options.concurrency ?? 8;
    this.#most = options.maxQueued ?? 1000;
  }

  /**
   * Joins the customer's waiting or running job, or queues one. A `fresh` caller never joins a running one: it may have
   * read the list as it was before.
   */
  run(
    customer: string,
    lane: Lane,
    { fresh = false, hint = {} }: { fresh?: boolean; hint?: RefreshHint } = {},
  ): Promise<T> {
    if (this.#closed) return Promise.reject(new ServerError('CLOSED', 'The server is closed.'));
    const waiting = this.#waiting.get(customer);
    if (waiting) {
      waiting.hint = { ...waiting.hint, ...hint };
      if (LANES.indexOf(lane) < LANES.indexOf(waiting.lane)) waiting.lane = lane;
      return waiting.promise;
    }
    const running = this.#running.get(customer);
    if (running && !fresh) return running.promise;
    if (this.#waiting.size >= this.#most) {
      this.#refused[lane] += 1;
      return Promise.reject(new ServerError('BUSY', 'Too many customers wait to be fetched. Try again later.'));
    }
    const job = newJob<T>(customer, lane, hint);
    this.#waiting.set(customer, job);
    this.#next();
    return job.promise;
  }

  /** Whether the customer is being fetched right now. */
  runs(customer: string): boolean {
    return this.#running.has(customer);
  }

  /** The customers that are. */
  get fetching(): Iterable<string> {
    return this.#running.keys();
  }

  /** Whether one more would be taken. */
  get full(): boolean {
    return this.#waiting.size >= this.#most;
  }

  counts(): QueueCounts {
    return { running: this.#running.size, queued: this.#waiting.size, refused: { ...this.#refused } };
  }

  /** Takes nothing more; what waits is refused, what runs may end. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.values()) job.reject(new ServerError('CLOSED', 'The server is closed.'));
    this.#waiting.clear();
    await Promise.allSettled([...this.#running.values()].map(({ promise }) => promise));
  }

  #next(): void {
    while (this.#running.size < this.#concurrency) {
      const job = this.#mostUrgent();
      if (!job) return;
      this.#waiting.delete(job.customer);
      this.#running.set(job.customer, job);
      void this.#task(job.customer, job.hint, job.lane)
        .then(job.resolve, job.reject)
        .finally(() => {
          this.#running.delete(job.customer);
          this.#next();
        });
    }
  }

  /** The first of the most urgent lane whose customer is not being fetched right now. */
  #mostUrgent(): Job<T> | undefined {
    let best: Job<T> | undefined;
    for (const job of this.#waiting.values()) {
      if (this.#running.has(job.customer)) continue;
      if (job.lane === 'visitor') return job;
      if (!best || LANES.indexOf(job.lane) < LANES.indexOf(best.lane)) best = job;
    }
    return best;
  }
}

function newJob<T>(customer: string, lane: Lane, hint: RefreshHint): Job<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Nobody may wait for a background job; its failure is counted where it happens.
  promise.catch(() => undefined);
  return { customer, lane, hint, promise, resolve, reject };
}
