import type { Clock } from '../client/clock.js';

/** Lets what waits for promises run. Counts no timers: they may be faked by the test runner. */
export async function settle(): Promise<void> {
  // A refresh is some twenty steps; listeners and frameworks add theirs.
  for (let step = 0; step < 200; step++) await undefined;
}

/** 2026-01-01T00:00:00Z: where test clocks start unless told. */
export const START = Date.UTC(2026, 0, 1);

/** A clock that stands still until it is told to go on. Give it as `clock` to a client of your own as well. */
export class TestClock implements Clock {
  #now: number;
  #timers = new Map<number, { at: number; run: () => void }>();
  #ids = 0;

  /** `now`: ms since 1970-01-01 UTC, or a date; 2026-01-01 unless told. */
  constructor(now: number | Date = START) {
    this.#now = Math.floor(Number(now));
    if (!Number.isFinite(this.#now)) throw new RangeError('now: expected a date, or ms since 1970-01-01 UTC');
  }

  now = (): number => this.#now;

  setTimeout = (run: () => void, ms: number): number => {
    // Whole ms, as Date.now() has them: snapshots take no others.
    this.#timers.set(++this.#ids, { at: this.#now + Math.max(0, Math.ceil(ms)), run });
    return this.#ids;
  };

  clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer as number);
  };

  /** Goes on by so many ms; timers run at their moments, and what they start runs too. */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0) || ms === Infinity) throw new RangeError('advance: expected ms, 0 or more');
    const end = this.#now + Math.ceil(ms);
    await settle();
    for (let due = this.#due(end); due !== undefined; due = this.#due(end)) {
      const { at, run } = this.#timers.get(due)!;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, at);
      run();
      await settle();
    }
    // A timer, or another call, may have moved it farther.
    this.#now = Math.max(this.#now, end);
    await settle();
  }

  /** Goes on to a moment, as advance() does. */
  async advanceTo(moment: number | Date): Promise<void> {
    await this.advance(Number(moment) - this.#now);
  }

  /** Goes on as a sleeping machine does: no timer runs, and those that are due run late, at the next advance(). */
  sleep(ms: number): void {
    this.#now += Math.ceil(ms);
  }

  /** The timer that is due next, if it is by then. */
  #due(end: number): number | undefined {
    let next: number | undefined;
    for (const [id, { at }] of this.#timers) {
      if (at <= end && (next === undefined || at < this.#timers.get(next)!.at)) next = id;
    }
    return next;
  }
}
