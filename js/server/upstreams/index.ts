// Billing systems to read from.
export { combine } from './combine.js';
export type { CombinedSource, CombineOptions } from './combine.js';
export { upstream } from './custom.js';
export type { CustomOptions, SnapshotBody } from './custom.js';
export { isUpstreamError, UpstreamError } from './errors.js';
export type { UpstreamErrorCode, UpstreamErrorDetails } from './errors.js';
export { paygentic } from './paygentic.js';
export type { PaygenticOptions } from './paygentic.js';
export { stripe, STRIPE_API_VERSION } from './stripe.js';
export type { StripeOptions } from './stripe.js';
export type { TransportOptions } from './transport.js';
export type { FetchedSnapshot, FetchOptions, Upstream, UpstreamOptions } from './upstream.js';
