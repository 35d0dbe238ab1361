// What one server holds and how its parts meet; the routes, gates and views are built on it.

import type { StoreKey } from '../stores/store.js';
import { isStoreError } from '../stores/errors.js';
import { CatalogueHolder } from './catalogue.js';
import { EngineHost, engineFactoryOf } from './engine-host.js';
import { isServerError, ServerError } from './errors.js';
import { Holdings } from './holdings.js';
import type { Held } from './holdings.js';
import { Metrics } from './metrics.js';
import { rulesOf } from './options.js';
import type { ServerOptions } from './options.js';
import { RefreshQueue } from './refresh/queue.js';
import type { Lane, RefreshHint } from './refresh/queue.js';
import { Reconciler } from './refresh/reconcile.js';
import { refreshCustomer } from './refresh/refresher.js';
import { Scheduler } from './refresh/scheduler.js';
import { isUpstreamError } from './upstreams/errors.js';

interface Negative {
  readonly error: unknown;
  /** In the clock's time, which may be set back. */
  readonly since: number;
  readonly until: number;
}

const MOST_NEGATIVE = 10_000;
const SUBSCRIBE_RETRY_MS = 1000;
const LONGEST_FOLLOW_MS = 5000;

function unlessStoreIsDown(error: unknown): undefined {
  const { cause } = error as { cause?: unknown };
  if (!isStoreError(cause, 'STORE_UNAVAILABLE')) throw error;
}

/** The server's inside. */
export class ServerState {
  readonly options: ServerOptions;
  readonly host: EngineHost;
  readonly holdings: Holdings;
  readonly catalogue: CatalogueHolder;
  readonly metrics = new Metrics();
  readonly queue: RefreshQueue<Held>;
  readonly scheduler: Scheduler;
  readonly reconciler: Reconciler | undefined;
  readonly now: () => number;
  readonly #scope: Pick<StoreKey, 'source' | 'mode'>;
  readonly #negative = new Map<string, Negative>();
  /** Customers of whom a newer version is known than memory holds. */
  readonly #following = new Map<string, number>();
  readonly #loading = new Map<string, Promise<Held | undefined>>();
  readonly started: Promise<void>;
  #unsubscribe: (() => Promise<void>) | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #ending = new AbortController();
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
    const { upstream, store, queue = {}, reconcile = {} } = options;
    this.now = options.clock ?? Date.now;
    this.#scope = { source: upstream.source, mode: options.mode ?? upstream.mode ?? 'live' };
    this.host = new EngineHost(engineFactoryOf(options.engines), rulesOf(options));
    this.holdings = new Holdings(this.host, options.maxCustomers ?? 10_000, this.now, this.report);
    this.catalogue = new CatalogueHolder(upstream, this.host, options.catalogueEveryMs ?? 3_600_000, this.report);
    this.queue = new RefreshQueue((customer, hint, lane) => this.#refreshNow(customer, hint, lane), queue);
    const { source, mode } = this.#scope;
    this.scheduler = new Scheduler({
      store,
      refresh: (customer, hint) => this.refresh(customer, 'webhook', hint),
      isOurs: (pending) => pending.source === source && pending.mode === mode,
      hasRoom: () => !this.queue.full,
      onError: this.report,
      ...(options.pollMs !== undefined && { pollMs: options.pollMs }),
      ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
    });
    const walk = (customer: string): Promise<Held> => this.refresh(customer, 'reconcile');
    this.reconciler =
      reconcile === false
        ? undefined
        : new Reconciler({ ...reconcile, store, scope: this.#scope, refresh: walk, onError: this.report });
    this.started = this.#start();
  }

  /** Names a customer in the store. */
  readonly keyOf = (customer: string): StoreKey => ({ ...this.#scope, customer });

  get scope(): Pick<StoreKey, 'source' | 'mode'> {
    return this.#scope;
  }

  /** Counts and logs what went wrong in the background. */
  readonly report = (what: string, error: unknown): void => {
    if (this.#closed) return;
    const { code = 'UNKNOWN', message = '' } = (error ?? {}) as { code?: string; message?: string };
    this.metrics.count('plangate_errors_total', { code: String(code) });
    const { logger = console } = this.options;
    try {
      logger?.warn(`plangate: ${what}: ${code} ${message}`);
    } catch {
      // There is nowhere left to tell it.
    }
  };

  /** Fetches a customer again, in turn. What was under way before this call does not count. */
  refresh(customer: string, lane: Lane, hint?: RefreshHint): Promise<Held> {
    return this.queue.run(customer, lane, { fresh: true, ...(hint && { hint }) });
  }

  /**
   * The customer's list in memory: at once when it is there; else from the store, else from the billing system. A stale one
   * answers and is fetched again behind it; one that is too old to answer is fetched first. A store that is down is passed
   * over: the billing system knows as well. Throws ServerError.
   */
  async ensure(customer: string): Promise<Held> {
    const held = this.holdings.get(customer) ?? (await this.#fromStore(customer).catch(unlessStoreIsDown));
    if (!held) return this.#first(customer);
    const { stale, expired } = this.holdings.age(held, this.now());
    // What came meanwhile has replaced it.
    if (expired) return this.#first(customer).catch(() => this.holdings.get(customer) ?? held);
    if (stale && !this.#refusal(customer)) this.queue.run(customer, 'stale').catch(() => undefined);
    return held;
  }

  /** The list that is in memory by now, for who waited for something else: the one they had may be gone. */
  async latest({ customer }: Held): Promise<Held> {
    return this.holdings.get(customer) ?? this.ensure(customer);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#ending.abort();
    clearTimeout(this.#retry);
    this.catalogue.stop();
    this.holdings.close();
    const stopping = [this.scheduler.stop(), this.reconciler?.stop(), this.queue.close()];
    await Promise.allSettled([...stopping, this.#unsubscribe?.()]);
    this.host.dispose();
  }

  get closed(): boolean {
    return this.#closed;
  }

  async #start(): Promise<void> {
    await Promise.allSettled([this.catalogue.start(), this.#subscribe()]);
  }

  async #subscribe(): Promise<void> {
    if (this.#closed) return;
    const { source, mode } = this.#scope;
    try {
      const stop = await this.options.store.subscribe((notice) => {
        if (notice.source === source && notice.mode === mode) this.#noticed(notice.customer, notice.version);
      });
      if (this.#closed) await stop();
      this.#unsubscribe = stop;
      await this.#catchUp();
    } catch (error) {
      this.report('changes of other processes cannot be listened to', error);
      this.#retry = setTimeout(() => void this.#subscribe(), SUBSCRIBE_RETRY_MS);
      (this.#retry as { unref?(): void }).unref?.();
    }
  }

  /** Nobody told of lists that were replaced before we listened: those that are here, or on their way, are read again. */
  async #catchUp(): Promise<void> {
    for (const customer of new Set([...this.holdings.customers(), ...this.#loading.keys(), ...this.queue.fetching])) {
      if (this.#closed) return;
      await this.#load(customer).catch((error: unknown) => this.report('a list could not be read again', error));
    }
  }

  /** Some process kept another list of a customer: ours is replaced by it, if we hold one or somebody waits for it. */
  #noticed(customer: string, version: number): void {
    if (!this.#isOfInterest(customer) || this.holdings.version(customer) >= version) return;
    const following = this.#following.has(customer);
    this.#following.set(customer, Math.max(version, this.#following.get(customer) ?? 0));
    if (!following) void this.#follow(customer);
  }

  /** Also while a list is on its way into memory: it may have been read before the one that is told of. */
  #isOfInterest(customer: string): boolean {
    return this.holdings.isOfInterest(customer) || this.#loading.has(customer) || this.queue.runs(customer);
  }

  /** Reads until ours is as new as was told: a read may have begun before, fail, or be answered from an old memory. */
  async #follow(customer: string): Promise<void> {
    for (let wait = 50; !this.#closed; wait = Math.min(wait * 2, LONGEST_FOLLOW_MS)) {
      await this.#load(customer).catch((error: unknown) => this.report('a changed list could not be read', error));
      const isThere = this.holdings.version(customer) >= (this.#following.get(customer) ?? 0);
      if (isThere || !this.#isOfInterest(customer)) break;
      await new Promise<void>((resolve) => {
        (setTimeout(resolve, wait) as { unref?(): void }).unref?.();
      });
    }
    // At once: a notice that comes a step later begins anew.
    this.#following.delete(customer);
  }

  #fromStore(customer: string): Promise<Held | undefined> {
    const loading = this.#loading.get(customer);
    if (loading) return loading;
    const promise = this.#load(customer).finally(() => this.#loading.delete(customer));
    this.#loading.set(customer, promise);
    return promise;
  }

  async #load(customer: string): Promise<Held | undefined> {
    try {
      const entry = await this.options.store.get(this.keyOf(customer));
      return entry ? await this.holdings.put(entry) : undefined;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** A first list, for somebody who waits. */
  async #first(customer: string): Promise<Held> {
    const refused = this.#refusal(customer);
    if (refused !== undefined) throw this.#unavailable(refused.error);
    const { visitorTimeoutMs = 10_000 } = this.options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new ServerError('UNAVAILABLE', 'The billing system takes too long.')),
        visitorTimeoutMs,
      );
    });
    try {
      return await Promise.race([this.queue.run(customer, 'visitor'), late]);
    } catch (error) {
      throw this.#unavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #refreshNow(customer: string, hint: RefreshHint, lane: Lane): Promise<Held> {
    const { upstream, store, refreshTimeoutMs: deadlineMs = 30_000 } = this.options;
    const began = performance.now();
    const done = (outcome: string): void => {
      this.metrics.count('plangate_refreshes_total', { lane, outcome });
      this.metrics.observe('plangate_refresh_seconds', (performance.now() - began) / 1000);
    };
    try {
      const { holdings, keyOf, now } = this;
      const onWarnings = ({ warnings }: { warnings: readonly { code: string }[] }): void => {
        for (const { code } of warnings) this.metrics.count('plangate_row_warnings_total', { code });
      };
      const { signal } = this.#ending;
      const onUnkept = (error: unknown): void => this.report('a list could not be kept', error);
      // A webhook's refetch stays pending in the store until it is kept; whoever waits for a list gets it.
      const waited = lane === 'visitor' || lane === 'stale';
      const parts = { upstream, store, holdings, keyOf, now, deadlineMs, signal, onWarnings };
      const held = await refreshCustomer({ ...parts, ...(waited && { onUnkept }) }, customer, hint);
      this.#negative.delete(customer);
      done(held.unconfirmed ? 'unconfirmed' : 'kept');
      return held;
    } catch (error) {
      done(isUpstreamError(error) ? error.code : isStoreError(error) ? error.code : 'OTHER');
      this.#remember(customer, error);
      if (lane === 'stale') this.report('a stale list could not be fetched again', error);
      throw error;
    }
  }

  #remember(customer: string, error: unknown): void {
    const { negativeTtl = 5000 } = this.options;
    if (this.#negative.size >= MOST_NEGATIVE) this.#negative.clear();
    const since = this.now();
    this.#negative.set(customer, { error, since, until: since + negativeTtl });
  }

  /** The failure that is too recent to try again. */
  #refusal(customer: string): Negative | undefined {
    const negative = this.#negative.get(customer);
    const now = this.now();
    if (negative && now >= negative.since && now < negative.until) return negative;
    this.#negative.delete(customer);
    return undefined;
  }

  #unavailable(cause: unknown): ServerError {
    if (isServerError(cause)) return cause;
    if (isUpstreamError(cause, 'NOT_FOUND')) {
      return new ServerError('UNKNOWN_CUSTOMER', 'The billing system does not know this customer.', { cause });
    }
    return new ServerError('UNAVAILABLE', "The customer's entitlements cannot be read now.", { cause });
  }
}
