// Decisions that change by time alone, on servers: who listens to a customer hears of a trial's end when it comes.

import type { Held } from './holdings.js';

/** What is asked of the customers in memory. */
export interface TimeWatchParts {
  readonly now: () => number;
  /** Whether this list is in memory still, and somebody listens to its customer. */
  readonly isListenedTo: (held: Held) => boolean;
  /** When time next changes anything about it; Infinity: never. */
  readonly nextChange: (held: Held, now: number) => number;
  /** Tells what differs between two moments. */
  readonly tell: (held: Held, from: number, to: number) => void;
  readonly onError: (error: unknown) => void;
}

interface Watched {
  readonly held: Held;
  /** The moment of which listeners know. */
  since: number;
  at: number;
}

// Lists grow stale one after the other: looked through together, not one timer each.
const SHORTEST_WAIT_MS = 50;
// A machine that slept, or whose clock was set, is not late by more.
const LONGEST_WAIT_MS = 60_000;

/** Watches the lists that somebody listens to. Costs nothing while nobody does. */
export class TimeWatch {
  readonly #parts: TimeWatchParts;
  readonly #watched = new Map<string, Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedFor = Infinity;
  #closed = false;

  constructor(parts: TimeWatchParts) {
    this.#parts = parts;
  }

  /** From now on this is the customer's list. */
  follow(held: Held): void {
    // Watched already: what has passed since then is still to be told.
    if (this.#closed || this.#watched.get(held.customer)?.held === held) return;
    const since = this.#parts.now();
    const at = this.#nextChange(held, since);
    if (at === Infinity) {
      this.#watched.delete(held.customer);
      return;
    }
    this.#watched.set(held.customer, { held, since, at });
    if (at < this.#armedFor) this.#arm(at);
  }

  /** Until when listeners know what time has changed; `now` for a list that time does not change. */
  knownUntil(held: Held, now: number): number {
    const watched = this.#watched.get(held.customer);
    return watched?.held === held ? watched.since : now;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = at;
    const wait = Math.min(Math.max(at - this.#parts.now(), SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => this.#look(), wait);
    (this.#timer as { unref?(): void }).unref?.();
  }

  #look(): void {
    const now = this.#parts.now();
    for (const watched of this.#watched.values()) if (watched.at <= now) this.#pass(watched, now);
    if (this.#closed) return;
    const next = [...this.#watched.values()].reduce((least, { at }) => Math.min(least, at), Infinity);
    this.#armedFor = Infinity;
    if (next !== Infinity) this.#arm(next);
  }

  #pass(watched: Watched, now: number): void {
    const { held, since } = watched;
    if (!this.#parts.isListenedTo(held)) {
      this.#watched.delete(held.customer);
      return;
    }
    watched.since = now;
    watched.at = this.#nextChange(held, now);
    if (watched.at === Infinity) this.#watched.delete(held.customer);
    try {
      this.#parts.tell(held, since, now);
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  /** An engine that stopped tells nothing: its lists are read again, and followed then. */
  #nextChange(held: Held, now: number): number {
    try {
      return this.#parts.nextChange(held, now);
    } catch (error) {
      this.#parts.onError(error);
      return Infinity;
    }
  }
}
