// plangate/server: what the published entries export. Each entry adds the engine.
export { express } from './adapters/express.js';
export type { ExpressAdapter } from './adapters/express.js';
export { fastify } from './adapters/fastify.js';
export type { FastifyAdapter } from './adapters/fastify.js';
export { hono } from './adapters/hono.js';
export type { HonoAdapter } from './adapters/hono.js';
export { next } from './adapters/next.js';
export type { NextAdapter } from './adapters/next.js';
export { node } from './adapters/node.js';
export type { NodeAdapter } from './adapters/node.js';
export type { Consumed, ConsumeOptions, MeterOptions, ReleaseOptions } from './consume.js';
export type { EngineFactory, RuleEngine } from './engine-host.js';
export { isServerError, ServerError } from './errors.js';
export type { ServerErrorCode } from './errors.js';
export type { CustomerClient } from './for-customer.js';
export type { Gate, PaymentRequired, UsageOf } from './gates/decide.js';
export type { HealthReport } from './http/health.js';
export type { Problem } from './http/problem.js';
export type {
  CustomerOf,
  OfrepOptions,
  ServerLogger,
  ServerOptions,
  StreamOptions,
  WebhookOptions,
} from './options.js';
export type { QueueOptions } from './refresh/queue.js';
export type { ReconcileOptions } from './refresh/reconcile.js';
export { createServer } from './server.js';
export type { PlangateServer, RequestGate } from './server.js';
export { signer } from './signed/sign.js';
export type { Signer, SignerOptions } from './signed/sign.js';
export * from './upstreams/index.js';
export * from './webhooks/index.js';
export { memory } from '../stores/memory.js';
export { resilient } from '../stores/resilient.js';
