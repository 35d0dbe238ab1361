// Change notices: one reader per process of the store's sequence of changes. Notifications (LISTEN, pub/sub, a changed
// file) only say "look"; what is told comes from the sequence, so that nothing is missed while a connection is down.

import type { ChangeNotice } from './store.js';

/** How a store lets its change sequence be read. */
export interface ChangeSource {
  /** The latest version, 0 when nothing was ever put. */
  latest(): Promise<number>;
  /** Changes after a version, in order, at most `limit`. */
  after(version: number, limit: number): Promise<ChangeNotice[]>;
  /** Begins to call `look` when something may have changed; answers how to stop. */
  watch(look: () => void): Promise<() => Promise<void>>;
}

const PAGE = 500;
const RETRY_MS = 500;

/** Listeners of one store, fed from its change sequence. Idle without listeners. */
export class ChangeFeed {
  readonly #source: ChangeSource;
  readonly #listeners = new Set<{ tell: (notice: ChangeNotice) => void }>();
  #seen = 0;
  #started: Promise<() => Promise<void>> | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(source: ChangeSource) {
    this.#source = source;
  }

  async subscribe(listener: (notice: ChangeNotice) => void): Promise<() => Promise<void>> {
    const entry = { tell: listener };
    // Before it listens: whoever ends meanwhile must not be taken for the last one.
    this.#listeners.add(entry);
    this.#started ??= this.#start();
    const started = this.#started;
    try {
      await started;
    } catch (error) {
      this.#listeners.delete(entry);
      if (this.#started === started) this.#started = undefined;
      throw error;
    }
    return async () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) await this.stop();
    };
  }

  /** Reads what is new, if anyone listens. Calls during a read lead to one more read. */
  look(): void {
    if (!this.#started) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.look();
    });
  }

  async stop(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    this.#listeners.clear();
    clearTimeout(this.#retry);
    if (!started) return;
    const unwatch = await started.catch(() => undefined);
    await unwatch?.();
  }

  async #start(): Promise<() => Promise<void>> {
    // Watch first: a change between the two calls is then seen twice at most, and told once.
    const unwatch = await this.#source.watch(() => this.look());
    try {
      this.#seen = await this.#source.latest();
    } catch (error) {
      await unwatch();
      throw error;
    }
    return unwatch;
  }

  async #read(): Promise<void> {
    const started = this.#started;
    try {
      await started;
      for (;;) {
        const notices = await this.#source.after(this.#seen, PAGE);
        if (this.#started !== started) return;
        for (const notice of notices) {
          this.#seen = Math.max(this.#seen, notice.version);
          this.#tell(notice);
        }
        if (notices.length === PAGE) continue;
        // A store that lost its end (a restored copy, a lagging replica) counts anew: tell everything rather than nothing.
        if (notices.length > 0 || (await this.#source.latest()) >= this.#seen) return;
        if (this.#started !== started) return;
        this.#seen = 0;
      }
    } catch {
      // The store is down; look again until it answers.
      if (this.#started !== started || !started) return;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.look(), RETRY_MS);
      this.#retry.unref?.();
    }
  }

  #tell(notice: ChangeNotice): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener.tell(notice);
      } catch (error) {
        // A listener's fault is its own: reported as uncaught, the others are told.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
