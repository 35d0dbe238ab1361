// Customers in process memory: what the hot path decides from. The rows live in the engine; here is only a handle each.

import { changesNothing } from '../client/questions.js';
import type { Decision, Diff } from '../engine/types.js';
import type { Entry } from '../stores/store.js';
import type { EngineHost, RuleEngine } from './engine-host.js';
import { TimeWatch } from './time-watch.js';

/** A customer's list, held by the engine. */
export interface Held {
  readonly customer: string;
  /** The engine's handle; released when another list replaces it. */
  readonly handle: number;
  readonly engine: RuleEngine;
  readonly etag: string;
  /** The store's latest version with this text. */
  version: number;
  /** The store could not be asked, or could not keep it yet: this is what the billing system, or memory, said. */
  unconfirmed: boolean;
  /** The list is older than `freshFor`; it is too old to answer at all. As of the last look: see {@link Holdings.age}. */
  stale: boolean;
  expired: boolean;
  /** When that changes, ms; Infinity: never. */
  agesAt: number;
  /** When somebody last asked about the customer, counted in questions. */
  asked: number;
}

/** Told when a customer's list in memory became another one, and when time alone changed what it says. */
export type HeldListener = (held: Held, diff: Diff | undefined) => void;

const encoder = new TextEncoder();

/** So many customers are looked at to find one to give up. */
const SAMPLE = 16;

/** The customers in memory; those whom nobody asked about for long are given up first. */
export class Holdings {
  readonly #host: EngineHost;
  readonly #most: number;
  readonly #now: () => number;
  readonly #report: (what: string, error: unknown) => void;
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Map<string, Set<HeldListener>>();
  readonly #anyListeners = new Set<HeldListener>();
  readonly #watch: TimeWatch;
  #generation = -1;
  #asked = 0;

  constructor(host: EngineHost, most: number, now: () => number, report: (what: string, error: unknown) => void) {
    this.#host = host;
    this.#most = most;
    this.#now = now;
    this.#report = report;
    this.#watch = new TimeWatch({
      now,
      isListenedTo: (held) => this.#held.get(held.customer) === held && this.#listenersOf(held.customer).length > 0,
      nextChange: (held, at) => host.ask(held.engine, (engine) => engine.table(held.handle, at).nextChangeAt),
      tell: (held, from, to) => this.#timePassed(held, from, to),
      onError: (error) => report('what time changed could not be told', error),
    });
  }

  /** Ends what waits for the time to pass. */
  close(): void {
    this.#watch.close();
  }

  get size(): number {
    return this.#held.size;
  }

  customers(): Iterable<string> {
    return this.#held.keys();
  }

  /** The customer's list, if it is in memory. */
  get(customer: string): Held | undefined {
    this.#dropOld();
    const held = this.#held.get(customer);
    if (held) held.asked = this.#asked += 1;
    return held;
  }

  /** Loads a list from the store's text, unless memory holds a later one. */
  async put(entry: Entry): Promise<Held> {
    const engine = await this.#host.get();
    const before = this.get(entry.customer);
    if (before && (before.version > entry.version || before.etag === entry.etag)) {
      before.version = Math.max(before.version, entry.version);
      if (before.etag === entry.etag) before.unconfirmed = entry.stale === true;
      return before;
    }
    const held = this.#host.ask(engine, () => this.#load(engine, entry));
    this.#held.set(entry.customer, held);
    this.#shrink();
    const listeners = this.#listenersOf(entry.customer);
    const now = this.#now();
    // What time has changed since the last look was not told yet, and would not be told of a list that is gone.
    const since = before ? this.#watch.knownUntil(before, now) : now;
    const diff =
      listeners.length === 0
        ? undefined
        : this.#host.ask(engine, () => engine.diff(before?.handle ?? 0, since, held.handle, now));
    if (before) engine.release(before.handle);
    if (listeners.length > 0) this.#watch.follow(held);
    this.#tell(listeners, held, diff);
    return held;
  }

  /** What differs between the list in memory (or in `before`) and another; for the audit. */
  async diff(before: string | undefined, after: string): Promise<Diff> {
    const engine = await this.#host.get();
    return this.#host.ask(engine, () => {
      const load = (text: string): number => engine.load('snapshot', [encoder.encode(text)], {});
      const older = before === undefined ? 0 : load(before);
      const newer = load(after);
      const now = this.#now();
      try {
        return engine.diff(older, now, newer, now);
      } finally {
        if (older) engine.release(older);
        engine.release(newer);
      }
    });
  }

  /** Looks how old a list is at `now`: the engine is asked when time has changed it. */
  age(held: Held, now: number): Pick<Held, 'stale' | 'expired'> {
    if (now < held.agesAt) return held;
    return Object.assign(
      held,
      this.#host.ask(held.engine, (engine) => ageOf(engine, held.handle, now)),
    );
  }

  /** Listens to one customer's list. */
  on(customer: string, listener: HeldListener): () => void {
    const listeners = this.#listeners.get(customer) ?? new Set();
    this.#listeners.set(customer, listeners.add(listener));
    const held = this.#held.get(customer);
    if (held) this.#watch.follow(held);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(customer) === listeners) this.#listeners.delete(customer);
    };
  }

  /** Listens to every customer in memory. */
  onAny(listener: HeldListener): () => void {
    this.#anyListeners.add(listener);
    this.#dropOld();
    for (const held of this.#held.values()) this.#watch.follow(held);
    return () => this.#anyListeners.delete(listener);
  }

  /** Whether anyone waits for news of this customer, or may ask about them at once. */
  isOfInterest(customer: string): boolean {
    return this.#held.has(customer) || this.#listeners.has(customer);
  }

  version(customer: string): number {
    return this.#held.get(customer)?.version ?? 0;
  }

  /** What memory has of a customer, as the store would tell it. */
  recall(customer: string): Pick<Entry, 'snapshot' | 'version'> | null {
    const held = this.get(customer);
    if (!held) return null;
    return { snapshot: this.#host.ask(held.engine, (engine) => engine.encode(held.handle)), version: held.version };
  }

  #listenersOf(customer: string): HeldListener[] {
    return [...(this.#listeners.get(customer) ?? []), ...this.#anyListeners];
  }

  /** Growing stale is no change; what began or ended is. */
  #timePassed(held: Held, from: number, to: number): void {
    const diff = this.#host.ask(held.engine, (engine) => engine.diff(held.handle, from, held.handle, to));
    if (changesNothing(diff)) return;
    this.#tell(this.#listenersOf(held.customer), held, diff);
  }

  /** What a listener throws is its own: the list is there, and the others are told. */
  #tell(listeners: readonly HeldListener[], held: Held, diff: Diff | undefined): void {
    for (const listener of listeners) {
      try {
        listener(held, diff);
      } catch (error) {
        this.#report('a listener failed', error);
      }
    }
  }

  #load(engine: RuleEngine, { customer, snapshot, etag, version, stale: unconfirmed = false }: Entry): Held {
    const handle = engine.load('snapshot', [encoder.encode(snapshot)], { customer });
    const { stale, expired, agesAt } = ageOf(engine, handle, this.#now());
    return { customer, handle, engine, etag, version, unconfirmed, stale, expired, agesAt, asked: (this.#asked += 1) };
  }

  /** Handles of an engine that stopped mean nothing to the new one. */
  #dropOld(): void {
    if (this.#generation === this.#host.generation) return;
    this.#generation = this.#host.generation;
    this.#held.clear();
  }

  /**
   * Gives up the one of a few that was asked about longest ago; the others go to the end of the Map, so that all are looked
   * at in turn. To keep all of them in the order of asking would cost more than a question.
   */
  #shrink(): void {
    while (this.#held.size > this.#most) {
      let least: Held | undefined;
      let left = Math.min(SAMPLE, this.#held.size);
      for (const [customer, held] of this.#held) {
        if (left === 0) break;
        left -= 1;
        this.#held.delete(customer);
        this.#held.set(customer, held);
        if (!least || held.asked < least.asked) least = held;
      }
      if (!least) return;
      this.#held.delete(least.customer);
      least.engine.release(least.handle);
    }
  }
}

/** The decision of no feature at all says how the whole list is, and for how long. */
function ageOf(engine: RuleEngine, handle: number, now: number): Pick<Held, 'stale' | 'expired' | 'agesAt'> {
  const { stale, reason, validUntil } = JSON.parse(engine.check(handle, '', now)) as Decision;
  return { stale, expired: reason === 'SNAPSHOT_EXPIRED', agesAt: validUntil ?? Infinity };
}
