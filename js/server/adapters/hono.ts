// Hono, on any of its runtimes: `app.use(routes)`, `app.get('/reports', requireFeature('reports'), handler)`.

import type { UsageOf } from '../gates/decide.js';
import type { PlangateServer, RequestGate } from '../server.js';

/** What is used of Hono's context. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request };
}

/** A Hono middleware. */
export type HonoMiddleware = (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | void>;

/** The server for Hono. */
export interface HonoAdapter {
  /** Answers the server's routes and lets all others pass. */
  readonly routes: HonoMiddleware;
  requireFeature(key: string, options?: { product?: string }): HonoMiddleware;
  requireLimit(key: string, field: string, usage?: UsageOf): HonoMiddleware;
}

/** Mounts a server on Hono. The session callback gets Hono's context as `native`. */
export function hono(server: PlangateServer): HonoAdapter {
  const guard = (gate: RequestGate): HonoMiddleware => orNext(({ req }, context) => gate(req.raw, context));
  return {
    routes: orNext(({ req }, context) => server.route(req.raw, context)),
    requireFeature: (key, options) => guard(server.requireFeature(key, options)),
    requireLimit: (key, field, usage) => guard(server.requireLimit(key, field, usage)),
  };
}

function orNext(step: (context: HonoContextLike, native: unknown) => Promise<Response | null>): HonoMiddleware {
  return async (context, next) => (await step(context, context)) ?? next();
}
