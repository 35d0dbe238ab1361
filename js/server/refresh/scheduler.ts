// The worker that fulfils what webhooks asked for: whatever is pending in the store, from any process, also after a crash.

import type { Pending, Store } from '../../stores/store.js';
import { isUpstreamError } from '../upstreams/errors.js';
import type { RefreshHint } from './queue.js';

/** What the worker needs. */
export interface SchedulerParts {
  readonly store: Store;
  /** Fetches and keeps; resolves when the pending mark is settled. */
  readonly refresh: (customer: string, hint: RefreshHint) => Promise<unknown>;
  /** Whether a mark is of this server's source and mode. */
  readonly isOurs: (pending: Pending) => boolean;
  readonly hasRoom: () => boolean;
  readonly onError: (what: string, error: unknown) => void;
  /** How often the store is asked without a nudge; default 1000 ms. */
  readonly pollMs?: number;
  /** For how long a claimed mark is ours; default 60,000 ms. After it another process may take it over. */
  readonly leaseMs?: number;
}

const BATCH = 32;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** A customer the billing system does not know is asked about this often: its creation may not have arrived there yet. */
const UNKNOWN_TRIES = 5;

/** Claims pending refetches and has them fetched. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** Marks fulfilled, put off, given up. */
  readonly counts = { settled: 0, postponed: 0, dismissed: 0 };

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#sleep();
  }

  /** Looks now: something was marked. */
  nudge(): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      if (this.#again) {
        this.#again = false;
        this.nudge();
      } else this.#sleep();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #sleep(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.nudge(), this.#parts.pollMs ?? 1000);
    (this.#timer as { unref?(): void }).unref?.();
  }

  async #work(): Promise<void> {
    const { store, leaseMs = 60_000, isOurs, hasRoom, onError } = this.#parts;
    try {
      while (!this.#stopped && hasRoom()) {
        const claimed = await store.claimPending({ now: await store.clock(), leaseMs, limit: BATCH });
        if (claimed.length === 0) return;
        await Promise.all(claimed.map((pending) => (isOurs(pending) ? this.#fulfil(pending) : this.#putBack(pending))));
        if (!claimed.some(isOurs)) return;
      }
    } catch (error) {
      onError('pending refetches cannot be read', error);
    }
  }

  async #fulfil(pending: Pending): Promise<void> {
    const { refresh, onError } = this.#parts;
    const { eventId, ticket, customer } = pending;
    try {
      await refresh(customer, { settles: ticket, ...(eventId !== null && { eventId }) });
      this.counts.settled += 1;
    } catch (error) {
      onError('a customer could not be fetched after a webhook', error);
      await this.#putOff(pending, error).catch((again: unknown) => onError('a refetch could not be put off', again));
    }
  }

  /** Later, and later still; until then the lease protects the mark. */
  async #putOff(pending: Pending, error: unknown): Promise<void> {
    const { store } = this.#parts;
    if (isUpstreamError(error, 'NOT_FOUND') && pending.attempts >= UNKNOWN_TRIES) {
      await store.dismissPending(pending);
      this.counts.dismissed += 1;
      return;
    }
    const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(pending.attempts - 1, 20), LONGEST_WAIT_MS);
    await store.postponePending(pending, (await store.clock()) + Math.round(wait * (0.5 + Math.random() / 2)));
    this.counts.postponed += 1;
  }

  /** Another server's, of the same database. */
  async #putBack(pending: Pending): Promise<void> {
    await this.#parts.store.postponePending(pending, await this.#parts.store.clock());
  }
}
