// Fastify: `app.addHook('onRequest', routes)`, `app.get('/reports', { preHandler: requireFeature('reports') }, handler)`.

import type { Gate, UsageOf } from '../gates/decide.js';
import type { PlangateServer } from '../server.js';
import { answerRoute, passes } from './node.js';
import type { NodeRequest, NodeResponse } from './node-http.js';

/** What is used of Fastify's request. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
}

/** What is used of Fastify's reply. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

/** A Fastify hook. */
export type Hook = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<void>;

/** The server for Fastify. */
export interface FastifyAdapter {
  /** Answers the server's routes. As an `onRequest` hook: before Fastify reads the body, which webhooks need raw. */
  readonly routes: Hook;
  requireFeature(key: string, options?: { product?: string }): Hook;
  requireLimit(key: string, field: string, usage?: UsageOf): Hook;
}

/** Mounts a server on Fastify. The session callback gets Fastify's request as `native`. */
export function fastify(server: PlangateServer): FastifyAdapter {
  const guard =
    (gate: Gate): Hook =>
    async (request, reply) => {
      // The refusal goes out on the raw response: Fastify is told to keep its hands off.
      if (!(await passes(gate, request.raw, reply.raw, request))) reply.hijack();
    };
  return {
    routes: async (request, reply) => {
      if (await answerRoute(server, request.raw, reply.raw)) reply.hijack();
    },
    requireFeature: (key, options) => guard(server.featureGate(key, options)),
    requireLimit: (key, field, usage) => guard(server.limitGate(key, field, usage)),
  };
}
