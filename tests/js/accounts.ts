// Why each request of a tab was made. There are two reasons, and no third: something happened that asks for one (two of
// them at most, however often it happens before these are made), or the last one failed and the wait after so many failures is over.
import type { DeviceClock } from '../../js/client/clock.js';
import type { Part } from '../../js/client/part.js';
import type { HandClock } from './support.js';

/** The first waits after a failure (ms), each time doubled up to the longest; half of a wait is left to chance. */
const FIRST = { list: 1000, stream: 2000 };
const LONGEST = 300_000;

type Kind = keyof typeof FIRST;

interface Account {
  /** What happened that asks for a request: one at once, and one when a pause is over. More at a time are never made. */
  wanted: number;
  /** A customer's turn began: it asks for a request of its own, which first waits for what is kept on the device. */
  begun: boolean;
  /** Requests that were made for that. */
  asked: number;
  /** Requests that were made because the one before had failed. */
  retries: number;
  /** The last request: when it was made, how far the tab's clock was from the right one then, and how it ended. */
  at: number;
  offset: number;
  failed: boolean;
  failures: number;
}

const opened = (): Account => ({
  wanted: 0,
  begun: false,
  asked: 0,
  retries: 0,
  at: 0,
  offset: 0,
  failed: false,
  failures: 0,
});

/** The requests of one tab. */
export class Accounts {
  readonly list = opened();
  readonly stream = opened();
  /** What happened, how often: none of it asks for more than one request. */
  causes = 0;
  #hand: HandClock;
  #clock: DeviceClock;

  constructor(hand: HandClock, clock: DeviceClock) {
    this.#hand = hand;
    this.#clock = clock;
  }

  /** Something happened that asks for a request. */
  wants(...kinds: Kind[]): void {
    this.causes += kinds.length;
    for (const kind of kinds) this[kind].wanted = Math.min(this[kind].wanted + 1, 2);
  }

  /** A customer's turn begins, the first one's too. */
  begins(): void {
    this.forgive();
    this.causes += 1;
    this.list.begun = true;
    this.wants('stream');
  }

  /** Failures until now count no more: another customer's turn begins, the device is connected again, a list is here. */
  forgive(): void {
    this.list.failures = 0;
  }

  /** Hears of lists that came by whatever way. */
  readonly part: Part = (host) =>
    void host.on('list', ({ origin }) => {
      if (origin !== 'cache') this.forgive();
    });

  get made(): number {
    return this.list.asked + this.list.retries + this.stream.asked + this.stream.retries;
  }

  /** The tab's fetch: throws for a request without a reason. */
  watch(fetch: typeof globalThis.fetch, broken: (why: string) => void): typeof globalThis.fetch {
    return async (input, init) => {
      const kind = String(input).includes('/stream') ? 'stream' : 'list';
      const why = this.#made(kind);
      if (why !== undefined) broken(why);
      const account = this[kind];
      const response = await fetch(input, init);
      if (response.ok || response.status === 304) {
        // A stream is over some day, and then it is opened again; its waits begin anew.
        account.failed = kind === 'stream';
        account.failures = 0;
      }
      return response;
    };
  }

  /** What is wrong with a request that is made now, if anything. */
  #made(kind: Kind): string | undefined {
    const account = this[kind];
    const now = this.#hand.time;
    const offset = this.#clock.now() - now;
    const { failed, at } = account;
    const wanted = account.wanted > 0 || account.begun;
    // How long a stream held is told by the tab's clock: one that was set meanwhile may say anything.
    if (kind === 'stream' && Math.abs(offset - account.offset) > 1000) account.failures = 0;
    // Whoever opens a stream anew has not failed yet.
    if (kind === 'stream' && wanted) account.failures = 0;
    const failures = Math.max(account.failures, 1);
    const wait = Math.min(FIRST[kind] * 2 ** (failures - 1), LONGEST) / 2;
    if (account.wanted === 0) account.begun = false;
    const left = Math.max(account.wanted - 1, 0);
    Object.assign(account, { wanted: left, at: now, offset, failed: true });
    account.failures += 1;
    if (wanted) account.asked += 1;
    else account.retries += 1;
    if (wanted) return undefined;
    if (!failed) return `a ${kind} that nothing asked for`;
    return now - at < wait ? `a ${kind} again after ${now - at} ms and ${failures} failures` : undefined;
  }
}
