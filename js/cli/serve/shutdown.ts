// SIGTERM: nothing new is taken, what is under way is finished, event streams end, the store is flushed and closed.
import type { Server } from 'node:http';

import { fail } from '../output.js';
import type { PlangateServer } from '../../server/index.js';
import type { ResilientStore } from '../../stores/resilient.js';
import type { Traffic } from './app.js';
import type { Log } from './log.js';

/** What has to be ended, in this order. */
export interface Running {
  readonly http: Server;
  readonly traffic: Traffic;
  readonly server: PlangateServer;
  readonly store: ResilientStore;
}

/** Resolves with the signal that asks the process to end. A second one ends it at once, with the shell's exit code. */
export function untilSignal(log: Pick<Log, 'warn'>): Promise<NodeJS.Signals> {
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) {
          log.warn({ signal }, 'ended at once');
          process.exit(128 + numbers[signal]);
        }
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** Ends everything. Rejects, when all is ended, if requests were cut off because they took longer than `timeoutMs`. */
export async function shutDown({ http, traffic, server, store }: Running, timeoutMs: number, log: Log): Promise<void> {
  log.info({ active: traffic.active, streams: traffic.streams }, 'draining');
  const deadline = performance.now() + timeoutMs;
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  traffic.drain();
  // A connection that is kept alive counts as open until it is told.
  const idle = setInterval(() => http.closeIdleConnections(), 50);
  const inTime = await within(closed, timeoutMs);
  clearInterval(idle);
  const cut = traffic.active;
  if (!inTime) http.closeAllConnections();
  await server.close();
  // Lists that could not be kept yet get the rest of the time; what was acknowledged is in the store already.
  const left = Math.max(1000, deadline - performance.now());
  const flushed = await within(store.close(), left);
  log.info({ cut: inTime ? 0 : cut, flushed }, 'stopped');
  if (inTime || cut === 0) return;
  const hint = 'raise drainTimeoutMs, or see in the log what took so long';
  throw fail('DRAIN_TIMEOUT', `${cut} requests under way were cut off after ${timeoutMs} ms`, {
    where: 'drainTimeoutMs',
    hint,
  });
}

async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
