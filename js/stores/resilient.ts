// Resilience around any store: it goes on answering and accepting lists while the store is down, and says that it does.

import { etagOf, keyText } from './common.js';
import { isStoreError, messageOf, StoreError } from './errors.js';
import type * as s from './store.js';

/** Options of {@link resilient}. */
export interface ResilientOptions {
  /** Lists held in memory, the least recently used given up first; default 2000. */
  readonly maxEntries?: number;
  /** Puts that may wait for the store; default 1000. Beyond it a put throws STORE_UNAVAILABLE. */
  readonly maxQueued?: number;
  /** How long a call may take before the store counts as down; default 2000 ms. */
  readonly timeoutMs?: number;
  /** Tries of a call that must be kept before it is answered (marks, consumptions, releases); default 3. */
  readonly tries?: number;
  /** First and longest wait between tries; default 100 ms, 10,000 ms. Doubled each time, with jitter. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** Told when the store went down, came back, and when a queued put was given up (`put` says which). */
  readonly onError?: (error: StoreError, put?: s.Put) => void;
  readonly onRecover?: () => void;
}

/** A store that bears its store being down. */
export interface ResilientStore extends s.Store {
  /** Puts that are not kept yet. */
  readonly queued: number;
  /** Tries to keep them now. Throws STORE_UNAVAILABLE while it cannot. */
  flush(): Promise<void>;
}

/**
 * Wraps a store so that its being down hurts little, and loses nothing that was acknowledged:
 *
 * - `get` answers from memory, marked `stale`; a customer that is not in memory throws STORE_UNAVAILABLE.
 * - `put` answers `{stored: false, reason: 'queued'}`, serves the list from memory as `stale`, and keeps trying. What is
 *   queued is lost with the process: it is not acknowledged.
 * - `markPending`, `consume`, `release` are tried a few times, then throw STORE_UNAVAILABLE: answer the webhook with 503,
 *   deny the consumption. A consumption or release without an idempotency key gets one, so that trying again counts once.
 *   A mark that was kept by a try whose answer was lost says `first: false`; the refetch is remembered all the same.
 * - everything else is tried once, and throws STORE_UNAVAILABLE.
 *
 * A queued put whose `base` was replaced meanwhile is given up for a refetch (`markPending`): its changes would be untrue.
 */
export function resilient(store: s.Store, options: ResilientOptions = {}): ResilientStore {
  return new Resilient(store, options);
}

interface Queued {
  readonly put: s.Put;
  /** The version that was told when it was queued: a later put of this customer may have it as base. */
  readonly reported: number;
}

/** The puts of one customer that wait, each on top of the one before. */
interface Chain {
  readonly waiting: Queued[];
  /** The version of the last one that was kept, as told to the caller and as it came to be. */
  renamed?: { readonly from: number; readonly to: number };
}

class Resilient implements ResilientStore {
  readonly #store: s.Store;
  readonly #options: Required<Omit<ResilientOptions, 'onError' | 'onRecover'>>;
  readonly #hooks: Pick<ResilientOptions, 'onError' | 'onRecover'>;
  readonly #memory = new Map<string, s.Entry>();
  readonly #queue = new Map<string, Chain>();
  #queued = 0;
  #failures = 0;
  #downUntil = 0; // by a clock that nobody sets
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing: Promise<void> | undefined;
  #closed = false;

  constructor(store: s.Store, options: ResilientOptions) {
    this.#store = store;
    this.#hooks = options;
    this.#options = {
      maxEntries: options.maxEntries ?? 2000,
      maxQueued: options.maxQueued ?? 1000,
      timeoutMs: options.timeoutMs ?? 2000,
      tries: options.tries ?? 3,
      retryMinMs: options.retryMinMs ?? 100,
      retryMaxMs: options.retryMaxMs ?? 10_000,
    };
  }

  get queued(): number {
    return this.#queued;
  }

  async get(key: s.StoreKey): Promise<s.Entry | null> {
    const id = keyText(key);
    const waiting = this.#queue.has(id);
    if (waiting || performance.now() < this.#downUntil) {
      const held = this.#recall(id);
      if (held) return { ...held, stale: true };
      // At once, not after a timeout for each who asks.
      throw new StoreError('STORE_UNAVAILABLE', 'the store is down, and this customer is not in memory');
    }
    try {
      const entry = await this.#once(() => this.#store.get(key));
      if (entry) this.#hold(entry);
      return entry;
    } catch (error) {
      const held = isStoreError(error, 'STORE_UNAVAILABLE') ? this.#recall(id) : undefined;
      if (!held) throw error;
      return { ...held, stale: true };
    }
  }

  async put(put: s.Put): Promise<s.PutResult> {
    // Behind what waits for this customer already: their order is the order of their bases.
    if (!this.#queue.has(keyText(put)) && performance.now() >= this.#downUntil) {
      try {
        const result = await this.#once(() => this.#store.put(put));
        if (result.current) this.#hold(result.current);
        return result;
      } catch (error) {
        if (!isStoreError(error, 'STORE_UNAVAILABLE')) throw error;
      }
    }
    return this.#enqueue(put);
  }

  markPending(mark: s.PendingMark): Promise<{ readonly first: boolean }> {
    return this.#insist(() => this.#store.markPending(mark));
  }

  consume(request: s.Consumption): Promise<s.ConsumeResult> {
    const keyed = { ...request, idempotencyKey: request.idempotencyKey ?? crypto.randomUUID() };
    return this.#insistOnce(keyed, (again) => this.#store.consume(again), request.idempotencyKey === undefined);
  }

  release(request: s.Release): Promise<s.ReleaseResult> {
    if (request.consumed !== undefined) return this.#insist(() => this.#store.release(request));
    const keyed = { ...request, idempotencyKey: request.idempotencyKey ?? crypto.randomUUID() };
    const made = request.idempotencyKey === undefined;
    return this.#insistOnce(
      keyed,
      async (again) => {
        const result = await this.#store.release(again);
        // Our own key, and an answer that was lost on the way: what was given back then is given back now.
        return made && result.replayed ? { ...result, released: request.amount } : result;
      },
      made,
    );
  }

  migrate(): Promise<void> {
    return this.#once(() => this.#store.migrate());
  }

  listCustomers(query?: s.CustomerQuery): Promise<s.CustomerPage> {
    return this.#once(() => this.#store.listCustomers(query));
  }

  seenEvent(event: { source: string; mode: 'live' | 'test'; eventId: string }): Promise<boolean> {
    return this.#once(() => this.#store.seenEvent(event));
  }

  pending(limit?: number): Promise<readonly s.Pending[]> {
    return this.#once(() => this.#store.pending(limit));
  }

  claimPending(claim: { now: number; leaseMs: number; limit?: number }): Promise<readonly s.Pending[]> {
    let late = false;
    const lend = async (): Promise<readonly s.Pending[]> => {
      const lent = await this.#store.claimPending(claim);
      // Nobody works on what was lent too late, and nobody else could until the lease has passed.
      if (late) await Promise.all(lent.map((pending) => this.#store.postponePending(pending, claim.now)));
      return lent;
    };
    return this.#once(lend).finally(() => (late = true));
  }

  postponePending(pending: s.StoreKey & { ticket: string }, until: number): Promise<boolean> {
    return this.#once(() => this.#store.postponePending(pending, until));
  }

  dismissPending(pending: s.StoreKey & { ticket: string }): Promise<boolean> {
    return this.#once(() => this.#store.dismissPending(pending));
  }

  listAudit(query?: s.AuditQuery): Promise<readonly s.AuditRow[]> {
    return this.#once(() => this.#store.listAudit(query));
  }

  usage(counter: s.CounterKey): Promise<{ readonly used: number }> {
    return this.#once(() => this.#store.usage(counter));
  }

  subscribe(listener: (notice: s.ChangeNotice) => void): Promise<() => Promise<void>> {
    // Not raced against the timeout: a listener that came too late could not be stopped.
    return this.#store.subscribe(listener);
  }

  clock(): Promise<number> {
    return this.#once(() => this.#store.clock());
  }

  prune(now: number): Promise<void> {
    return this.#store.prune(now);
  }

  async health(): Promise<s.Health> {
    const health = await this.#inTime(() => this.#store.health()).catch((error: unknown): s.Health => ({
      ok: false,
      kind: 'unknown',
      durability: 'unknown',
      error: messageOf(error),
    }));
    // It does not throw: that it has answered says nothing.
    if (health.ok) this.#up();
    return { ...health, queued: this.#queued };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    // A last try; what fails now was never acknowledged.
    if (this.#queued > 0) await this.flush().catch(() => {});
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#store.close();
  }

  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    // The queue itself, not a copy: what begins to wait meanwhile is kept too.
    for (const [id, chain] of this.#queue) {
      const { waiting } = chain;
      for (let item = waiting[0]; item; item = waiting[0]) {
        const { renamed } = chain;
        const put = renamed && item.put.base === renamed.from ? { ...item.put, base: renamed.to } : item.put;
        const result = await this.#keep(put);
        if (result?.current) {
          if (result.stored) chain.renamed = { from: item.reported, to: result.current.version };
          // While more waits, memory holds the last of it.
          if (waiting.length === 1) {
            this.#memory.delete(id);
            this.#hold(result.current);
          }
        }
        waiting.shift();
        this.#queued -= 1;
      }
      this.#queue.delete(id);
    }
  }

  /** One queued put: kept, or given up. Throws while the store is down. */
  async #keep(put: s.Put): Promise<s.PutResult | undefined> {
    try {
      const result = await this.#once(() => this.#store.put(put));
      if (result.reason === 'conflict') {
        const { source, mode, customer } = put;
        const receivedAt = Math.max(put.asOf, result.current?.asOf ?? 0);
        await this.#once(() => this.#store.markPending({ source, mode, customer, receivedAt }));
        this.#hooks.onError?.(
          new StoreError('STORE_CONFLICT', 'a queued list was overtaken; it will be fetched again'),
          put,
        );
      }
      return result;
    } catch (error) {
      if (!isStoreError(error) || error.retryable) throw error;
      this.#hooks.onError?.(error, put);
      return undefined;
    }
  }

  async #enqueue(put: s.Put): Promise<s.PutResult> {
    const etag = await etagOf(put.snapshot);
    const id = keyText(put);
    const held = this.#memory.get(id);
    if (held && put.asOf < held.asOf) return { stored: false, reason: 'older', current: { ...held, stale: true } };
    if (this.#queued >= this.#options.maxQueued || this.#closed) {
      throw new StoreError('STORE_UNAVAILABLE', 'the store is down, and no more lists can wait for it');
    }
    const { source, mode, customer, snapshot, asOf } = put;
    const entry = { source, mode, customer, snapshot, asOf, etag, version: held?.version ?? 0 };
    const chain = this.#queue.get(id) ?? { waiting: [] };
    chain.waiting.push({ put, reported: entry.version });
    this.#queue.set(id, chain);
    this.#queued += 1;
    this.#memory.delete(id);
    this.#hold(entry);
    this.#retryLater();
    return { stored: false, reason: 'queued', current: { ...entry, stale: true } };
  }

  #retryLater(): void {
    if (this.#timer !== undefined || this.#closed) return;
    const wait = Math.max(this.#downUntil - performance.now(), this.#options.retryMinMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const again = (): void => {
        if (this.#queued > 0) this.#retryLater();
      };
      // Also after one that succeeded: it may have been past what began to wait last.
      this.flush().then(again, again);
    }, wait);
    this.#timer.unref?.();
  }

  #delay(failures: number): number {
    const { retryMinMs, retryMaxMs } = this.#options;
    return Math.min(retryMinMs * 2 ** Math.max(failures - 1, 0), retryMaxMs) * (0.75 + Math.random() / 2);
  }

  /** One try, within the time allowed. Learns from it whether the store is up. */
  async #once<T>(call: () => Promise<T>): Promise<T> {
    const result = await this.#inTime(call).catch((error: unknown) => {
      if (isStoreError(error, 'STORE_UNAVAILABLE')) this.#down(error);
      throw error;
    });
    this.#up();
    return result;
  }

  async #inTime<T>(call: () => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const { timeoutMs } = this.#options;
      timer = setTimeout(() => reject(new StoreError('STORE_UNAVAILABLE', `no answer for ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      return await Promise.race([call(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #insist<T>(call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#once(call);
      } catch (error) {
        if (!isStoreError(error, 'STORE_UNAVAILABLE') || tries >= this.#options.tries || this.#closed) throw error;
        await new Promise((resolve) => setTimeout(resolve, this.#delay(tries)));
      }
    }
  }

  /** As `#insist`, for what counts: a later try that finds its own first one is not a replay to the caller. */
  async #insistOnce<R, T extends { readonly replayed: boolean }>(
    keyed: R,
    call: (keyed: R) => Promise<T>,
    made: boolean,
  ): Promise<T> {
    const result = await this.#insist(() => call(keyed));
    return made && result.replayed ? { ...result, replayed: false } : result;
  }

  #up(): void {
    const recovered = this.#failures > 0;
    this.#failures = 0;
    this.#downUntil = 0;
    if (!recovered) return;
    this.#hooks.onRecover?.();
    if (this.#queued > 0) this.#retryLater();
  }

  #down(error: StoreError): void {
    this.#failures += 1;
    this.#downUntil = performance.now() + this.#delay(this.#failures);
    if (this.#failures === 1) this.#hooks.onError?.(error);
  }

  /** Remembers an entry as the most recently used, unless a later one is remembered. */
  #hold(entry: s.Entry): void {
    const id = keyText(entry);
    const held = this.#memory.get(id);
    if (held && held.asOf > entry.asOf) return;
    this.#memory.delete(id);
    this.#memory.set(id, entry);
    if (this.#memory.size <= this.#options.maxEntries) return;
    for (const oldest of this.#memory.keys()) {
      // What waits for the store is in memory only.
      if (this.#queue.has(oldest)) continue;
      this.#memory.delete(oldest);
      return;
    }
  }

  #recall(id: string): s.Entry | undefined {
    const entry = this.#memory.get(id);
    if (!entry) return undefined;
    this.#memory.delete(id);
    this.#memory.set(id, entry);
    return entry;
  }
}
