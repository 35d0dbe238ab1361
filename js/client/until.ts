import type { PlangateClient } from './api.js';
import { backoff } from './backoff.js';
import { after } from './clock.js';
import type { Clock } from './clock.js';

/** How long refreshUntil() tries. */
export interface UntilOptions {
  /** Gives up after this many ms; 30,000 unless told. */
  timeoutMs?: number | undefined;
  /** Gives up at once when aborted. */
  signal?: AbortSignal | undefined;
}

/** How the answers stand. */
export type Readiness = 'ready' | 'stale' | 'failed' | 'timeout';

/** Waits for a list that is good `enough`; at most until the work that should bring it is done, or time is out. */
export function waitUntilReady(
  client: PlangateClient,
  clock: Clock,
  work: Promise<unknown>,
  timeoutMs: number,
  enough: () => boolean,
): Promise<Readiness> {
  return new Promise((resolve) => {
    const end = (otherwise: Readiness): void => {
      clock.clearTimeout(deadline);
      unsubscribe();
      resolve(client.ready ? (client.stale ? 'stale' : 'ready') : otherwise);
    };
    const look = (): void => {
      if (client.ready && enough()) end('ready');
    };
    const deadline = after(clock, timeoutMs, () => end('timeout'));
    const unsubscribe = client.subscribe(look);
    void work.then(() => end('failed'));
    look();
  });
}

/** The first wait between two requests, and the longest. */
const FIRST_MS = 500;
const LONGEST_MS = 8000;

/**
 * Refreshes until the predicate holds: true. Out of time, aborted or disposed: false. It looks after every request and
 * at every change that comes otherwise; what the predicate throws is the application's, and rejects.
 */
export function refreshUntil(
  client: PlangateClient,
  clock: Clock,
  disposed: AbortSignal,
  predicate: (client: PlangateClient) => boolean,
  { timeoutMs = 30_000, signal }: UntilOptions = {},
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const ends = [disposed, signal];
    let over = false;
    let requests = 0;
    let next: unknown;
    const end = (settle: () => void): void => {
      over = true;
      [deadline, next].forEach((timer) => clock.clearTimeout(timer));
      unsubscribe();
      ends.forEach((one) => one?.removeEventListener('abort', giveUp));
      settle();
    };
    const giveUp = (): void => end(() => resolve(false));
    const look = (): void => {
      if (over) return;
      try {
        if (predicate(client)) end(() => resolve(true));
      } catch (thrown) {
        end(() => reject(thrown));
      }
    };
    const poll = async (): Promise<void> => {
      await client.refresh();
      look();
      if (!over) next = after(clock, backoff(++requests, FIRST_MS, LONGEST_MS), () => void poll());
    };
    const deadline = after(clock, timeoutMs, giveUp);
    const unsubscribe = client.subscribe(look);
    ends.forEach((one) => one?.addEventListener('abort', giveUp));
    if (ends.some((one) => one?.aborted)) giveUp();
    else look();
    if (!over) void poll();
  });
}
