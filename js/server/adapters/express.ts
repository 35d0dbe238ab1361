// Express (and Connect): `app.use(routes)`, `app.get('/reports', requireFeature('reports'), handler)`.

import type { Gate, UsageOf } from '../gates/decide.js';
import type { PlangateServer } from '../server.js';
import { answerRoute, passes } from './node.js';
import type { NodeRequest, NodeResponse } from './node-http.js';

/** An Express middleware. */
export type Middleware = (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => void;

/** The server for Express. */
export interface ExpressAdapter {
  /** Answers the server's routes and lets all others pass. Mount it before any body parser: webhooks need the raw bytes. */
  readonly routes: Middleware;
  requireFeature(key: string, options?: { product?: string }): Middleware;
  requireLimit(key: string, field: string, usage?: UsageOf): Middleware;
}

/** Mounts a server on Express. The session callback gets Express's request as `native`. */
export function express(server: PlangateServer): ExpressAdapter {
  const guard = (gate: Gate): Middleware => after((request, response) => passes(gate, request, response));
  return {
    routes: after(async (request, response) => !(await answerRoute(server, request, response))),
    requireFeature: (key, options) => guard(server.featureGate(key, options)),
    requireLimit: (key, field, usage) => guard(server.limitGate(key, field, usage)),
  };
}

/** Goes on when the step says so; its failure is Express's to handle. */
function after(step: (request: NodeRequest, response: NodeResponse) => Promise<boolean>): Middleware {
  return (request, response, next) => {
    step(request, response).then((goOn) => {
      if (goOn) next();
    }, next);
  };
}
