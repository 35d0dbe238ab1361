// plangate/provider: a local billing provider for development and tests. Node only.
export { ProviderError } from './errors.js';
export type { ProviderErrorCode } from './errors.js';
export type { EndpointOptions, PaygenticVersion, ProviderOptions } from './options.js';
export { PAYGENTIC_VERSIONS } from './options.js';
export type { Provider } from './provider.js';
export { parseSeed } from './seed/plant.js';
export type { Seed } from './seed/shape.js';
export type { DeliveryOptions } from './webhooks/outbox.js';
