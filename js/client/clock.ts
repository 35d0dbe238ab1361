/** Time and timers, so that tests and unusual hosts can bring their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** `awaited`: somebody waits for it, so that in Node it must keep the process alive. */
  setTimeout(run: () => void, ms: number, awaited?: boolean): unknown;
  clearTimeout(timer: unknown): void;
  /** Ms since any moment, by a clock that nobody sets. Absent: now() is believed as it is. */
  ticks?(): number;
  /** A server says (ms, cut to seconds) what time it was between `since` and now. */
  correct?(said: number, since: number): void;
  /** It is at least so late: what an earlier visit saw. */
  atLeast?(moment: number): void;
  /** Set by the client: called when the time is another now. */
  moved?: () => void;
}

/** The host's clock. Its timers do not keep a Node process alive, unless they are awaited. */
export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  setTimeout(run, ms, awaited) {
    const timer: unknown = setTimeout(run, Math.min(ms, LONGEST));
    if (!awaited) (timer as { unref?(): void }).unref?.();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** An answer that is older than this beside an earlier one is no slow one: its server gave it before (ms). */
const REPLAYED_MS = 60_000;

/**
 * The device's clock, made trustworthy: servers correct it, and it never goes back by itself. Set back by hand, it goes
 * on by ticks; so what has expired stays expired.
 */
export class DeviceClock implements Clock {
  #host: Clock;
  #offset = 0;
  #told = -Infinity;
  #ticks = 0;
  /** The latest that a server said, and by which ticks. */
  #heard = -Infinity;
  #heardAt = 0;
  moved?: () => void;

  constructor(host: Clock = systemClock) {
    this.#host = host;
  }

  now = (): number => {
    const ticks = this.#host.ticks?.() ?? 0;
    this.#told = Math.max(this.#host.now() + this.#offset, this.#told + ticks - this.#ticks);
    this.#ticks = ticks;
    // Ticks come in fractions, the core's times do not.
    return Math.floor(this.#told);
  };

  atLeast(moment: number): void {
    this.#told = Math.max(this.now(), moment);
    this.moved?.();
  }

  correct(said: number, since: number): void {
    // Only as far as is certain: the answer took its time, and the second that was said is not over.
    // Never beyond what was said: another answer may have corrected it since.
    const late = said - this.now();
    const wrong = late > 0 ? late : Math.max(late, Math.min(said + 999 - since, 0));
    const replayed = said + REPLAYED_MS < this.#heard + this.#ticks - this.#heardAt;
    if (said > this.#heard) {
      this.#heard = said;
      this.#heardAt = this.#ticks;
    }
    // What a server says may also lead back; not what it said before, and a cache or a service worker says again.
    if (wrong && !(wrong < 0 && replayed)) {
      this.#offset = (this.#told += wrong) - this.#host.now();
      this.moved?.();
    }
  }

  setTimeout(run: () => void, ms: number, awaited?: boolean): unknown {
    return this.#host.setTimeout(run, ms, awaited);
  }

  clearTimeout(timer: unknown): void {
    this.#host.clearTimeout(timer);
  }
}

/** Hosts keep a delay in 31 bits and fire at once beyond that. */
const LONGEST = 2 ** 31 - 1;

/** Runs once after so many ms, awaited: a duration, because a server may put the clock right meanwhile. Longer: never. */
export const after = (clock: Clock, ms: number, run: () => void): unknown =>
  ms > LONGEST ? undefined : clock.setTimeout(run, ms, true);

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
    const rings = (): void => {
      const now = this.#clock.now();
      if (now < moment) this.set(moment);
      else this.#ring(now);
    };
    this.#timer = this.#clock.setTimeout(rings, delay);
  }
}
