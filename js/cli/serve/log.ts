// Structured logs: one JSON line on standard output for each request, webhook and fetch. No keys, no bodies, no lists.
import { AsyncLocalStorage } from 'node:async_hooks';

import { pino } from 'pino';
import type { Logger } from 'pino';

import type { ServerLogger } from '../../server/index.js';

/** The log of one process. */
export type Log = Logger;

const requests = new AsyncLocalStorage<string>();

/** Runs `work` so that every line it logs has the request's id. */
export const withRequestId = <T>(id: string, work: () => T): T => requests.run(id, work);

/** Makes the log. Lines are written at once: a process that is killed has told what it did. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: { service: 'plangate' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
      mixin: () => {
        const requestId = requests.getStore();
        return requestId === undefined ? {} : { requestId };
      },
      // Nothing logs these; should something come to, they do not get out.
      redact: {
        paths: ['*.authorization', '*.cookie', 'authorization', 'cookie', 'apiKey', '*.apiKey'],
        censor: '***',
      },
    },
    pino.destination({ fd: 1, sync: true }),
  );
}

/** The same log for plangate/server, which has its words as one text. */
export function serverLogger(log: Log): ServerLogger {
  const words = (data: readonly unknown[]): string =>
    data
      .map(String)
      .join(' ')
      .replace(/^plangate: /, '');
  return { warn: (...data) => log.warn(words(data)), error: (...data) => log.error(words(data)) };
}
