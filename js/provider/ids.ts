// Ids in each system's form. With a seed id the same requests get the same ids, run after run.

import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 24;

/** Prefixes by kind of object; `feat` and `ent` say the mode as Stripe's do, where the form allows it. */
export type IdPrefix =
  | 'feat'
  | 'ent'
  | 'prod'
  | 'prodft'
  | 'price'
  | 'cus'
  | 'sub'
  | 'si'
  | 'we'
  | 'evt'
  | 'clock'
  | 'dlv'
  | 'plan'
  | 'bm'
  | 'fee'
  | 'usage'
  | 'sk_test';

/** Letters and digits of some bytes; even enough for ids. */
function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Makes ids. */
export class Ids {
  /** Whether an object has this id already: an exported state, begun with again, brings ids that would come once more. */
  isTaken: (prefix: IdPrefix, id: string) => boolean = () => false;
  readonly #seed: string | undefined;
  #next: number;

  /** With a seed, ids follow from it and their number; without, they are random. `next` goes on where a journal ended. */
  constructor(seed: string | undefined, next = 0) {
    this.#seed = seed;
    this.#next = next;
  }

  /** How many were made with the seed. */
  get next(): number {
    return this.#next;
  }

  set next(value: number) {
    this.#next = value;
  }

  make(prefix: IdPrefix): string {
    for (;;) {
      const id = `${prefix}_${this.#letters(prefix)}`;
      // Random ones do not meet.
      if (this.#seed === undefined || !this.isTaken(prefix, id)) return id;
    }
  }

  /** A webhook's signing secret: `whsec_` and base64, which both Stripe's and Svix's receivers take. */
  secret(): string {
    return `whsec_${this.#bytes('whsec', 32).toString('base64')}`;
  }

  #letters(label: string): string {
    return letters(this.#bytes(label, LENGTH));
  }

  #bytes(label: string, count: number): Buffer {
    if (this.#seed === undefined) return randomBytes(count);
    this.#next += 1;
    return createHash('sha256').update(`${this.#seed} ${label} ${this.#next}`).digest().subarray(0, count);
  }
}
