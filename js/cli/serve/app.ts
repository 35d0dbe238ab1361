// The HTTP side: the server's routes with request ids, log lines and CORS around them.
import { createHash, timingSafeEqual } from 'node:crypto';

import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';

import type { PlangateServer } from '../../server/index.js';
import type { ServeConfig } from './config.js';
import { withRequestId } from './log.js';
import type { Log } from './log.js';

/** What is counted and ended when the process ends. */
export interface Traffic {
  /** Requests under way, event streams not counted. */
  readonly active: number;
  readonly streams: number;
  /** From now on answers close their connections, and event streams end. Clients connect again, elsewhere. */
  drain(): void;
}

interface Variables {
  requestId: string;
}

interface AppEnv {
  Bindings: HttpBindings;
  Variables: Variables;
}

const DAY_SECONDS = 86_400;
const STREAMS = ['/entitlements/stream', '/ofrep/v1/stream'];
const READ_HEADERS = ['Authorization', 'Content-Type', 'If-None-Match', 'Last-Event-ID'];

/** The application, and what it is busy with. */
export function createApp(
  server: PlangateServer,
  config: ServeConfig,
  log: Log,
): { app: Hono<AppEnv>; traffic: Traffic } {
  const app = new Hono<AppEnv>();
  const paths = STREAMS.map((path) => `${config.basePath ?? ''}${path}`);
  const { middleware, traffic, streamRequest } = watchTraffic(new Set(paths));
  app.use(requestId());
  app.use(logLines(log, config.basePath ?? ''));
  app.use(middleware);
  const { origins } = config.cors;
  if (origins) {
    app.use(
      cors({
        origin: [...origins],
        credentials: true,
        allowMethods: ['GET', 'HEAD', 'POST'],
        allowHeaders: READ_HEADERS,
        exposeHeaders: ['ETag', 'Plangate-Signature', 'Retry-After', 'X-Request-Id'],
        maxAge: DAY_SECONDS,
      }),
    );
  }
  app.all('*', (context) => server.handle(streamRequest(context), context));
  app.onError((error) => {
    log.error({ error: error.message }, 'a request failed');
    return Response.json({ error: 'INTERNAL' }, { status: 500 });
  });
  return { app, traffic };
}

/** One line per request; those of probes only at debug. */
function logLines(log: Log, basePath: string): MiddlewareHandler<{ Variables: Variables }> {
  const quiet = new Set([`${basePath}/healthz`, `${basePath}/metrics`]);
  return (context, next) =>
    withRequestId(context.get('requestId'), async () => {
      const begun = performance.now();
      await next();
      context.res.headers.set('x-request-id', context.get('requestId'));
      const { method, path } = context.req;
      const level = quiet.has(path) && context.res.status < 500 ? 'debug' : 'info';
      log[level]({ method, path, status: context.res.status, ms: Math.round(performance.now() - begun) }, 'request');
    });
}

/** Counts what is under way, and gives event streams a signal of ours to end by. */
function watchTraffic(streamPaths: ReadonlySet<string>) {
  const ending = new Set<AbortController>();
  let active = 0;
  let draining = false;
  const middleware: MiddlewareHandler = async (context, next) => {
    const counted = !streamPaths.has(context.req.path);
    if (counted) active += 1;
    try {
      await next();
      if (draining) context.res.headers.set('connection', 'close');
    } finally {
      if (counted) active -= 1;
    }
  };
  const streamRequest = (context: Context<AppEnv>): Request => {
    const request = context.req.raw;
    if (!streamPaths.has(context.req.path)) return request;
    const ours = new AbortController();
    const end = (): void => {
      ending.delete(ours);
      ours.abort();
    };
    ending.add(ours);
    // Whoever ended it, or refused it. The request's signal speaks of clients that went only.
    context.env.outgoing.once('close', end);
    if (draining || request.signal.aborted) end();
    return new Request(request.url, { method: request.method, headers: request.headers, signal: ours.signal });
  };
  const traffic: Traffic = {
    get active() {
      return active;
    },
    get streams() {
      return ending.size;
    },
    drain: () => {
      draining = true;
      for (const stream of [...ending]) {
        ending.delete(stream);
        stream.abort();
      }
    },
  };
  return { middleware, traffic, streamRequest };
}

/** Whether a request has this bearer token. Compared in constant time, also where the lengths differ. */
export function hasToken(request: Request, token: string): boolean {
  const given = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
