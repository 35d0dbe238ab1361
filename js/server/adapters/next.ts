// Next.js route handlers: `export const { GET, POST } = next(server).handlers` in app/api/plangate/[...path]/route.ts.

import type { UsageOf } from '../gates/decide.js';
import type { PlangateServer, RequestGate } from '../server.js';

/** A route handler; the second argument is Next's own. */
export type RouteHandler<C = unknown> = (request: Request, context: C) => Response | Promise<Response>;

/** The server for Next. */
export interface NextAdapter {
  /** For a catch-all route; set the server's `basePath` to where it is. */
  readonly handlers: Readonly<Record<'GET' | 'POST' | 'HEAD', RouteHandler>>;
  /** Wraps a route handler. */
  requireFeature(key: string, options?: { product?: string }): <C>(handler: RouteHandler<C>) => RouteHandler<C>;
  requireLimit(key: string, field: string, usage?: UsageOf): <C>(handler: RouteHandler<C>) => RouteHandler<C>;
}

/** Mounts a server on Next's route handlers (or anything else that takes a Request and gives a Response). */
export function next(server: PlangateServer): NextAdapter {
  const handle: RouteHandler = (request, context) => server.handle(request, context);
  const wrap =
    (gate: RequestGate) =>
    <C>(handler: RouteHandler<C>): RouteHandler<C> =>
    async (request, context) =>
      (await gate(request, context)) ?? handler(request, context);
  return {
    handlers: { GET: handle, POST: handle, HEAD: handle },
    requireFeature: (key, options) => wrap(server.requireFeature(key, options)),
    requireLimit: (key, field, usage) => wrap(server.requireLimit(key, field, usage)),
  };
}
