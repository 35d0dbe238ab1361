import type { CacheStore } from './stores.js';

/** A list as it is kept. */
export interface Kept {
  /** When it was last known to be the latest (ms, by the client's corrected clock). */
  readonly at: number;
  /** It allowed nothing then. */
  readonly closed: boolean;
  readonly etag: string | null;
  /** Snapshot JSON; only the core reads it. */
  readonly text: string;
}

/** Before every key: another version of the format finds nothing of this one. */
const PREFIX = 'plangate/1/';
const INDEX = `${PREFIX}index`;
const TIME = `${PREFIX}time`;

/** Lists in a store that may fail: one after the other, the least recently written thrown out first. */
export class Shelf {
  #run: <T>(work: () => T | Promise<T>) => Promise<T | undefined>;
  #store: CacheStore;
  #most: number;
  #turn: Promise<unknown> = Promise.resolve();

  /** `run` does one thing with the store and answers undefined where that fails or hangs. */
  constructor(store: CacheStore, most: number, run: <T>(work: () => T | Promise<T>) => Promise<T | undefined>) {
    this.#store = store;
    this.#most = most;
    this.#run = run;
  }

  async get(key: string): Promise<Kept | undefined> {
    const record = await this.#read(PREFIX + key);
    try {
      const [at, closed, etag] = JSON.parse(record!.slice(0, record!.indexOf('\n'))) as [
        number,
        boolean,
        string | null,
      ];
      return { at, closed, etag, text: record!.slice(record!.indexOf('\n') + 1) };
    } catch {
      // Nothing there, or not ours.
      return undefined;
    }
  }

  set(key: string, { at, closed, etag, text }: Kept): void {
    void this.#after(async () => {
      const record = `${JSON.stringify([at, closed, etag])}\n${text}`;
      const keys = (await this.#keys()).filter((other) => other !== PREFIX + key);
      while (keys.length >= this.#most) await this.#drop(keys);
      // Full: older lists make room.
      while (!(await this.#write(PREFIX + key, record)) && keys.length) await this.#drop(keys);
      await this.#write(INDEX, JSON.stringify([...keys, PREFIX + key]));
    });
  }

  /** Removes one list, or all. */
  delete(key?: string): Promise<unknown> {
    return this.#after(async () => {
      const keys = await this.#keys();
      const gone = keys.filter((other) => key === undefined || other === PREFIX + key);
      await this.#write(INDEX, JSON.stringify(keys.filter((other) => !gone.includes(other))));
      while (gone.length) await this.#drop(gone);
    });
  }

  /** The latest moment that was seen. */
  async time(): Promise<number> {
    return Number(await this.#read(TIME)) || 0;
  }

  seen(moment: number): void {
    void this.#after(() => this.#write(TIME, String(moment)));
  }

  #after(work: () => Promise<unknown>): Promise<unknown> {
    return (this.#turn = this.#turn.then(work));
  }

  async #keys(): Promise<string[]> {
    try {
      return (JSON.parse((await this.#read(INDEX)) ?? '[]') as unknown[]).map(String);
    } catch {
      return [];
    }
  }

  #drop(keys: string[]): Promise<unknown> {
    const key = keys.shift()!;
    return this.#run(() => this.#store.delete(key));
  }

  #read(key: string): Promise<string | null | undefined> {
    return this.#run(() => this.#store.get(key));
  }

  /** False: it was refused. */
  async #write(key: string, text: string): Promise<boolean> {
    return (await this.#run(async () => (await this.#store.set(key, text), true))) ?? false;
  }
}
