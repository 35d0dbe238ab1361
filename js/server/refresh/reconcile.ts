// The slow walk over all customers that repairs what a missed webhook left undone.

import type { Store, StoreKey } from '../../stores/store.js';

/** How customers are walked. */
export interface ReconcileOptions {
  /** A list fetched longer ago than this is fetched again; default 24 h. */
  readonly olderThanMs?: number;
  /** Pause between two fetches; default 1000 ms: one customer a second at most. */
  readonly everyMs?: number;
}

/** What the walk needs. */
export interface ReconcileParts extends ReconcileOptions {
  readonly store: Store;
  readonly scope: Pick<StoreKey, 'source' | 'mode'>;
  readonly refresh: (customer: string) => Promise<unknown>;
  readonly onError: (what: string, error: unknown) => void;
}

const DAY = 86_400_000;
const PAGE = 100;

/** Walks the customers, the longest not fetched first, again and again. */
export class Reconciler {
  readonly #parts: ReconcileParts;
  readonly #every: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: string[] = [];
  #cursor: string | undefined;
  #working: Promise<void> | undefined;
  #stopped = false;
  readonly counts = { refreshed: 0, failed: 0, walks: 0 };

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
    this.#every = parts.everyMs ?? 1000;
    this.#sleep(this.#every);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #sleep(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#step().then((next) => this.#sleep(next));
    }, ms);
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** One customer; answers how long to rest. */
  async #step(): Promise<number> {
    const { refresh, onError } = this.#parts;
    try {
      const customer = this.#waiting.shift() ?? (await this.#nextPage());
      // Nobody is due: look again in a while.
      if (customer === undefined) return Math.max(this.#every, Math.min((this.#parts.olderThanMs ?? DAY) / 10, 60_000));
      await refresh(customer);
      this.counts.refreshed += 1;
    } catch (error) {
      this.counts.failed += 1;
      onError('a customer could not be reconciled', error);
    }
    return this.#every;
  }

  /** Reads on where the walk stopped: one who cannot be fetched must not hold up those behind. */
  async #nextPage(): Promise<string | undefined> {
    const { store, scope, olderThanMs = DAY } = this.#parts;
    const before = (await store.clock()) - olderThanMs;
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const { customers, next } = await store.listCustomers({ ...scope, ...after, limit: PAGE });
    const due = customers.filter(({ asOf }) => asOf < before);
    // Sorted by age: one that is young enough ends the walk.
    const ended = next === null || due.length < customers.length;
    this.#cursor = ended ? undefined : next;
    if (ended) this.counts.walks += 1;
    this.#waiting = due.map(({ customer }) => customer);
    return this.#waiting.shift();
  }
}
