// One fetch per customer at a time, shared by all who wait for it.

/** How one caller joins. */
export interface JoinOptions {
  /** Lets this caller go; the fetch itself stops when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The answer must have been asked for after this call: a flight that is already under way is not joined. For webhooks:
   * a fetch that began before the event may have read the list as it was before.
   */
  readonly fresh?: boolean | undefined;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly abort: AbortController;
  waiters: number;
}

interface Lane<T> {
  current: Flight<T>;
  /** Waits for `current`, has asked nothing yet: all fresh callers meet here. */
  next?: Flight<T>;
}

/** Runs at most one task per key, and lets at most one more wait. */
export class SingleFlight<T> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #abortError: () => Error;

  constructor(abortError: () => Error) {
    this.#abortError = abortError;
  }

  /** Joins the key's flight, or starts one with `task`. */
  run(key: string, task: (signal: AbortSignal) => Promise<T>, options: JoinOptions = {}): Promise<T> {
    if (options.signal?.aborted) return Promise.reject(this.#abortError());
    const lane = this.#lanes.get(key);
    if (!lane) return this.#join(this.#depart(key, task), options.signal);
    // A flight that everybody left is being aborted: its result is an error nobody asked for.
    const joinable = !options.fresh && !lane.current.abort.signal.aborted;
    if (joinable) return this.#join(lane.current, options.signal);
    if (!lane.next || lane.next.abort.signal.aborted) lane.next = this.#queue(key, lane, task);
    return this.#join(lane.next, options.signal);
  }

  /** Starts now. */
  #depart(key: string, task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const promise = task(abort.signal);
    const flight: Flight<T> = { promise, abort, waiters: 0 };
    const lane: Lane<T> = { current: flight };
    this.#lanes.set(key, lane);
    this.#landing(key, lane, flight);
    return flight;
  }

  /** Starts when the current flight has landed, however it landed. */
  #queue(key: string, lane: Lane<T>, task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const after = lane.current.promise.then(
      () => undefined,
      () => undefined,
    );
    const promise = after.then(() => {
      if (abort.signal.aborted) throw this.#abortError();
      return task(abort.signal);
    });
    // Whoever waited may have left before it rejects.
    promise.catch(() => undefined);
    const flight: Flight<T> = { promise, abort, waiters: 0 };
    void after.then(() => {
      if (lane.next !== flight) return;
      lane.current = flight;
      delete lane.next;
      this.#landing(key, lane, flight);
    });
    return flight;
  }

  #landing(key: string, lane: Lane<T>, flight: Flight<T>): void {
    const landed = (): void => {
      if (lane.current === flight && !lane.next && this.#lanes.get(key) === lane) this.#lanes.delete(key);
    };
    flight.promise.then(landed, landed);
  }

  #join(flight: Flight<T>, signal: AbortSignal | undefined): Promise<T> {
    flight.waiters += 1;
    const leave = (): void => {
      flight.waiters -= 1;
      if (flight.waiters === 0) flight.abort.abort();
    };
    if (!signal) return flight.promise.finally(() => (flight.waiters -= 1));
    return new Promise<T>((resolve, reject) => {
      const aborted = (): void => {
        leave();
        reject(this.#abortError());
      };
      signal.addEventListener('abort', aborted, { once: true });
      flight.promise.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', aborted);
        if (!signal.aborted) flight.waiters -= 1;
      });
    });
  }
}
