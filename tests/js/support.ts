// What the tests share: the real engine, a clock that is moved by hand, answers of a server, and small lists.
import { existsSync, readFileSync } from 'node:fs';

import type { Clock } from '../../js/client/clock.js';
import type { PlangateClient } from '../../js/client/api.js';
import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangate } from '../../js/engine/entries/node.js';

const file = new URL('../../js/engine/generated/plangate.wasm', import.meta.url);
if (!existsSync(file)) throw new Error('js/engine/generated/plangate.wasm is missing: run `npm run build` first');

/** The engine's bytes, as the build made them. */
export const wasm = new Uint8Array(readFileSync(file));

/** 2026-01-01T00:00:00Z. */
export const T0 = Date.UTC(2026, 0, 1);
export const SECOND = 1000;
export const DAY = 86_400_000;

/** A clock that stands still until it is told; counts how often it is read. */
export class HandClock implements Clock {
  time = T0;
  reads = 0;
  /** How many turns of the event loop everything else has before the next timer runs. */
  turns = 1;
  #timers = new Map<number, { at: number; run: () => void }>();
  #ids = 0;

  now = (): number => {
    this.reads++;
    return this.time;
  };

  setTimeout = (run: () => void, ms: number): number => {
    if (ms > 2 ** 31 - 1) throw new RangeError('a host would fire this timer at once');
    this.#timers.set(++this.#ids, { at: this.time + ms, run });
    return this.#ids;
  };

  clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer as number);
  };

  get pending(): number {
    return this.#timers.size;
  }

  /** Goes on by so many ms, timers running on their way. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const next = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next || next[1].at > end) break;
      this.time = Math.max(this.time, next[1].at);
      this.#timers.delete(next[0]);
      next[1].run();
      for (let i = 0; i < this.turns; i++) await settle();
    }
    this.time = end;
    await settle();
  }

  /** Goes on as a sleeping machine does: no timer runs. */
  sleep(ms: number): void {
    this.time += ms;
  }
}

/** Lets everything that waits run. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A row of a plangate snapshot; see docs/wire-format.md. */
export const row = (featureKey: string, more: object = {}): object => ({
  id: `ent_${featureKey}`,
  featureKey,
  ...more,
});

/** A plangate snapshot of these rows. */
export const list = (entitlements: object[], more: object = {}): object => ({
  plangate: 1,
  customer: 'cus_1',
  source: 'test',
  asOf: T0,
  entitlements,
  ...more,
});

/** A fetch that answers each request with the next of these: a Response, JSON, or an Error. The last one repeats. */
export function answers(...queue: unknown[]): typeof fetch & { readonly calls: { url: string; init: RequestInit }[] } {
  const calls: { url: string; init: RequestInit }[] = [];
  const stub = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    calls.push({ url: String(url), init });
    const next = queue.length > 1 ? queue.shift() : queue[0];
    const answer = await (typeof next === 'function' ? (next as (init: RequestInit) => unknown)(init) : next);
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer.clone() : Response.json(answer);
  };
  return Object.assign(stub as typeof fetch, { calls });
}

/** A client on the real engine and a hand clock, silent unless told otherwise. */
export async function client(options: PlangateOptions): Promise<{ gate: PlangateClient; clock: HandClock }> {
  const clock = new HandClock();
  return { clock, gate: await createPlangate({ wasm, clock, logger: null, ...options }) };
}
