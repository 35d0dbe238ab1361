// The provider's clock: real time, moved forward, or stopped. It never goes back.

import { invalidOption } from './errors.js';
import type { ClockDocument } from './state/documents.js';

/** How the clock stands. Times are ms since epoch. */
export interface ClockState {
  readonly now: number;
  readonly frozen: boolean;
}

/** A clock in whole seconds, as both APIs tell time. */
export class ProviderClock {
  readonly #real: () => number;
  #state: ClockDocument = { frozenAt: null, offset: 0 };

  /** @param real Real time, ms; for tests. */
  constructor(real: () => number = Date.now) {
    this.#real = real;
  }

  /** Now, ms, a whole second. */
  now(): number {
    const { frozenAt, offset } = this.#state;
    return Math.floor((frozenAt ?? this.#real() + offset) / 1000) * 1000;
  }

  get state(): ClockState {
    return { now: this.now(), frozen: this.#state.frozenAt !== null };
  }

  /** For the journal. */
  get document(): ClockDocument {
    return this.#state;
  }

  restore(document: ClockDocument): void {
    this.#state = document;
  }

  /** Stops at a time (now, unless told). Throws INVALID_OPTION for a time before now. */
  freeze(at = this.now()): void {
    this.#state = { frozenAt: this.#forward(at), offset: this.#state.offset };
  }

  /** Goes on from where it stands. */
  resume(): void {
    this.#state = { frozenAt: null, offset: this.now() - this.#real() };
  }

  /** Moves forward to a time; stopped or running, it stays so. Throws INVALID_OPTION for a time before now. */
  advance(to: number): void {
    const target = this.#forward(to);
    this.#state =
      this.#state.frozenAt === null
        ? { frozenAt: null, offset: target - this.#real() }
        : { ...this.#state, frozenAt: target };
  }

  /** How long in real time until the clock shows `time`, ms; undefined while it is stopped. */
  realDelay(time: number): number | undefined {
    return this.#state.frozenAt === null ? Math.max(0, time - this.#real() - this.#state.offset) : undefined;
  }

  #forward(time: number): number {
    if (!Number.isFinite(time)) throw invalidOption(`a time is wanted, not ${time}`);
    const whole = Math.floor(time / 1000) * 1000;
    if (whole < this.now()) {
      throw invalidOption(`the clock stands at ${new Date(this.now()).toISOString()} and only goes forward`);
    }
    return whole;
  }
}
