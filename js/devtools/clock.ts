import { DeviceClock } from '../client/clock.js';
import type { Clock } from '../client/clock.js';

/** The device's clock, with an offset on top that no server corrects away. */
export class ShiftedClock implements Clock {
  readonly #device = new DeviceClock();
  /** ms that this clock is ahead. */
  offset = 0;
  moved?: () => void;

  constructor() {
    this.#device.moved = () => this.moved?.();
  }

  now = (): number => this.#device.now() + this.offset;

  setTimeout(run: () => void, ms: number, awaited?: boolean): unknown {
    return this.#device.setTimeout(run, ms, awaited);
  }

  clearTimeout(timer: unknown): void {
    this.#device.clearTimeout(timer);
  }

  correct(said: number, since: number): void {
    // The offset may have changed since the request left; the device's time has not gone back.
    this.#device.correct(said, Math.min(since - this.offset, this.#device.now()));
  }
}
