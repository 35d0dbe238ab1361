import type { SnapshotHandle } from '../engine/binding.js';
import type { Engine } from '../engine/engine.js';
import type { Decision, Diff, EngineOptions, SnapshotInfo } from '../engine/types.js';
import { Alarm } from './clock.js';
import type { Clock } from './clock.js';
import { closed, deepFreeze } from './closed.js';
import { PlangateError } from './errors.js';
import type { Payload } from './payload.js';

/** What the answers tell their client. */
export interface AnswersHost {
  readonly clock: Clock;
  /**
   * The answers are others now; called in a microtask of its own, so that no check ever runs a listener. What differs is
   * found out when asked for, while this runs: nobody may want to know.
   */
  changed(diff: () => Diff | undefined, becameStale: boolean): void;
  /** The engine refused a question, or stopped in the middle of it: then everything denies from here on. */
  failed(error: unknown): void;
  /** A question was asked while there is no engine; at most once per job. */
  missed(now: number): void;
}

interface Cached {
  epoch: number;
  json: string;
  decision: Decision;
}

type Question<T> = (engine: Engine, snapshot: SnapshotHandle, now: number) => T;

type DecisionCache = Map<string, Cached>;

/** Puts work into a microtask: in Node.js several times as fast as queueMicrotask. What is put there does not throw. */
const soon = Promise.resolve();

/** More keys than any application has: a bound for keys that come from a visitor's input. */
const MOST_CACHED = 10_000;

/**
 * The decisions of one list at one moment, copied out of the engine, and what it takes to keep them true: time moves
 * them on (by a timer, and by a look at the clock for timers that sleep late), lists replace them.
 */
export class Answers {
  #host: AnswersHost;
  #alarm: Alarm;
  #engine: Engine | undefined;
  #snapshot: SnapshotHandle = 0;
  /** The moment the decisions are for, and the next one at which time changes them. */
  #at = 0;
  #next = Infinity;
  /** The allowed-bits of the engine's table, by key: what a check reads. */
  #allowed = new Map<string, boolean>();
  #ids = new Map<string, number>();
  #namesGeneration = -1;
  #stale = false;
  /** The clock has to be read before the next answer. */
  #due = true;
  #epoch = 0;
  #cache: DecisionCache = new Map();
  #narrowed = new Map<string, DecisionCache>();

  constructor(host: AnswersHost) {
    this.#host = host;
    this.#alarm = new Alarm(host.clock, (now) => this.#turn(this.#snapshot, now));
  }

  /** Counts up whenever an answer may have changed: for framework stores. */
  get version(): number {
    return this.#epoch;
  }

  /** A list is loaded. */
  get ready(): boolean {
    return this.#snapshot !== 0;
  }

  /** The list is older than `staleAfter`. */
  get stale(): boolean {
    return this.#stale;
  }

  /** Nothing is allowed at the moment. */
  get closed(): boolean {
    return ![...this.#allowed.values()].includes(true);
  }

  get connected(): boolean {
    return this.#engine !== undefined;
  }

  /**
   * The hot path: one lookup. A function of its own for each client, and short, so that optimising compilers put it where
   * it is called, twenty times in one function as well.
   */
  readonly has = (key: string): boolean => {
    if (this.#due) this.#lookAtClock();
    return this.#allowed.get(key) === true;
  };

  /** The decision in full; the same frozen object until it changes. */
  check(key: string, product: string): Decision {
    if (this.#due) this.#lookAtClock();
    const cache = product === '' ? this.#cache : this.#cacheOf(product);
    const cached = cache.get(key);
    return cached?.epoch === this.#epoch ? cached.decision : this.#recheck(cache, key, product, cached);
  }

  /** Asks the engine anything about the current list and moment; without an engine, or when it fails: `otherwise`. */
  ask<T>(question: Question<T>, otherwise: T): T;
  ask<T>(question: Question<T>): T | undefined;
  ask<T>(question: Question<T>, otherwise?: T): T | undefined {
    if (this.#due) this.#lookAtClock();
    if (!this.#engine) return otherwise;
    try {
      return question(this.#engine, this.#snapshot, this.#at);
    } catch (thrown) {
      this.#fail(thrown);
      return otherwise;
    }
  }

  /** Takes over an engine, with its defaults and overrides but without a list. */
  attach(engine: Engine): void {
    this.#engine = engine;
    this.#turn(0, this.#host.clock.now());
  }

  /** Replaces the list. Throws the core's refusal, and then everything stays as it was. */
  load({ format, pages, request }: Payload): void {
    const engine = this.#engine;
    if (!engine) throw new PlangateError('ENGINE_FAILED', 'no engine');
    try {
      this.#move(engine.load(format, pages, request, this.#snapshot), this.#host.clock.now());
    } catch (thrown) {
      if (!this.#usable(thrown)) this.#fail(thrown);
      throw thrown;
    }
  }

  /** Forgets the list: another customer's answers are never shown. */
  clear(): void {
    if (this.#engine) this.#turn(0, this.#host.clock.now());
  }

  /** Decides again, by changed rules and at the clock's moment, an earlier one too. Throws the core's refusal. */
  configure(rules: EngineOptions): void {
    this.#engine?.configure(rules);
    if (this.#engine) this.#turn(this.#snapshot, this.#host.clock.now());
  }

  /** Facts of the list. */
  info(): SnapshotInfo | undefined {
    return this.ask((engine, snapshot) => engine.info(snapshot));
  }

  /** Denies everything for good. */
  dispose(): void {
    this.#engine?.dispose();
    this.#close();
  }

  #cacheOf(product: string): DecisionCache {
    let cache = this.#narrowed.get(product);
    if (!cache) {
      if (this.#narrowed.size >= MOST_CACHED) this.#narrowed.clear();
      this.#narrowed.set(product, (cache = new Map()));
    }
    return cache;
  }

  #recheck(cache: DecisionCache, key: string, product: string, cached: Cached | undefined): Decision {
    const json = this.ask((engine, snapshot, now) => engine.check(snapshot, key, now, product), '');
    const epoch = this.#epoch;
    if (cached?.json === json) {
      cached.epoch = epoch;
      return cached.decision;
    }
    const decision = json ? deepFreeze(JSON.parse(json) as Decision) : closed(key);
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(key, { epoch, json, decision });
    return decision;
  }

  /** At most one look at the clock per job, and none while nothing is bound to time. */
  #lookAtClock(): void {
    this.#due = false;
    void soon.then(this.#rearm);
    const now = this.#host.clock.now();
    if (!this.#engine) this.#host.missed(now);
    else if (now >= this.#next) this.#turn(this.#snapshot, now);
  }

  #rearm = (): void => {
    this.#due = !this.#engine || this.#next !== Infinity;
  };

  #turn(snapshot: SnapshotHandle, now: number): void {
    try {
      this.#move(snapshot, now);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Goes to another list or moment; tells what differs. */
  #move(snapshot: SnapshotHandle, now: number): void {
    const engine = this.#engine!;
    const before = this.#snapshot;
    const beforeAt = this.#at;
    const { decisions, nextChangeAt, namesGeneration } = engine.table(snapshot, now);
    if (namesGeneration !== this.#namesGeneration) {
      this.#ids = engine.names();
      this.#allowed = new Map();
    }
    for (const [name, id] of this.#ids) this.#allowed.set(name, (decisions[id]! & 1) === 1);
    const wasStale = this.#stale;
    // Of any key, so that a list without rows grows old as well.
    this.#stale = (JSON.parse(engine.check(snapshot, '', now)) as Decision).stale;
    this.#namesGeneration = namesGeneration;
    this.#snapshot = snapshot;
    this.#at = now;
    this.#next = nextChangeAt;
    this.#alarm.set(nextChangeAt);
    this.#rearm();
    const diff = (): Diff => engine.diff(before, beforeAt, snapshot, now);
    this.#announce(this.#stale && !wasStale, diff, before === snapshot ? 0 : before);
  }

  #announce(becameStale: boolean, diff?: () => Diff, left = 0): void {
    this.#epoch++;
    const engine = this.#engine;
    /** Of an engine that is gone nothing is known any more. */
    const known = <T>(work?: () => T): T | undefined =>
      this.ask((current) => (current === engine ? work?.() : undefined));
    void soon.then(() => {
      this.#host.changed(() => known(diff), becameStale);
      if (left) known(() => engine!.release(left));
    });
  }

  /** A refused input leaves everything as it was; after a trap nothing can be trusted. */
  #usable(thrown: unknown): boolean {
    return (thrown as { code?: unknown }).code !== 'ENGINE_FAILED';
  }

  #fail(thrown: unknown): void {
    if (!this.#usable(thrown)) {
      this.#close();
      this.#announce(false);
    }
    this.#host.failed(thrown);
  }

  #close(): void {
    this.#engine = undefined;
    this.#snapshot = 0;
    this.#allowed = new Map();
    this.#namesGeneration = -1;
    this.#stale = false;
    this.#next = Infinity;
    this.#alarm.set(Infinity);
    this.#epoch++;
    this.#rearm();
  }
}
