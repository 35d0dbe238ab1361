/** Time and timers, so that tests and unusual hosts can bring their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The host's clock. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(run, ms) {
    const timer: unknown = setTimeout(run, ms);
    (timer as { unref?(): void }).unref?.();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** Hosts keep a delay in 31 bits and fire at once beyond that. */
const LONGEST = 2 ** 31 - 1;

/** Rings once at a moment, however far away. */
export class Alarm {
  #clock: Clock;
  #ring: (now: number) => void;
  #timer: unknown;

  constructor(clock: Clock, ring: (now: number) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets the moment (ms); Infinity: never. Replaces an earlier one. */
  set(moment: number): void {
    this.#clock.clearTimeout(this.#timer);
    if (moment === Infinity) return;
    // Hosts may fire early (rounding) and the chain above fires early on purpose: look at the clock, then decide.
    const delay = Math.min(Math.max(moment - this.#clock.now(), 1), LONGEST);
    this.#timer = this.#clock.setTimeout(() => {
      const now = this.#clock.now();
      if (now < moment) this.set(moment);
      else this.#ring(now);
    }, delay);
  }
}
