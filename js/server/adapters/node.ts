// node:http: a request listener, and gates for hand-written handlers.

import type { Gate, UsageOf } from '../gates/decide.js';
import { respond } from '../http/problem.js';
import type { PlangateServer } from '../server.js';
import { pathOf, sendWebResponse, toWebRequest } from './node-http.js';
import type { NodeRequest, NodeResponse } from './node-http.js';

/** What http.createServer takes. */
export type Listener<Q extends NodeRequest, S extends NodeResponse> = (request: Q, response: S) => Promise<void>;

/** The server for node:http. */
export interface NodeAdapter<Q extends NodeRequest, S extends NodeResponse> {
  /** Answers every request: the server's routes, and 404. */
  readonly listener: Listener<Q, S>;
  /** Answers the server's routes; false: none of them, nothing was done. */
  readonly routes: (request: Q, response: S) => Promise<boolean>;
  /** True: go on. False: the answer was sent. */
  requireFeature(key: string, options?: { product?: string }): (request: Q, response: S) => Promise<boolean>;
  requireLimit(key: string, field: string, usage?: UsageOf): (request: Q, response: S) => Promise<boolean>;
}

/** Mounts a server on node:http. The session callback gets the IncomingMessage as `native`. */
export function node<Q extends NodeRequest, S extends NodeResponse>(server: PlangateServer): NodeAdapter<Q, S> {
  const guard = (gate: Gate) => async (request: Q, response: S) => passes(gate, request, response);
  return {
    listener: async (request, response) =>
      sendWebResponse(
        await server.handle(toWebRequest(request, response, server.owns(pathOf(request))), request),
        response,
      ),
    routes: (request, response) => answerRoute(server, request, response),
    requireFeature: (key, options) => guard(server.featureGate(key, options)),
    requireLimit: (key, field, usage) => guard(server.limitGate(key, field, usage)),
  };
}

/** Answers, if the path is one of the server's. */
export async function answerRoute(
  server: PlangateServer,
  request: NodeRequest,
  response: NodeResponse,
): Promise<boolean> {
  if (!server.owns(pathOf(request))) return false;
  await sendWebResponse(await server.handle(toWebRequest(request, response, true), request), response);
  return true;
}

/** Asks a gate; sends its refusal. */
export async function passes(
  gate: Gate,
  request: NodeRequest,
  response: NodeResponse,
  native: unknown = request,
): Promise<boolean> {
  const refusal = await gate(toWebRequest(request, response, false), native);
  if (refusal) await sendWebResponse(respond(refusal), response);
  return refusal === null;
}
