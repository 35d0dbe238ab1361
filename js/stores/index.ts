// plangate/stores: the interface, the memory store and the resilience around any store.

export * from './store.js';
export { isStoreError, StoreError } from './errors.js';
export type { StoreErrorCode } from './errors.js';
export { memory } from './memory.js';
export type { MemoryOptions } from './memory.js';
export { resilient } from './resilient.js';
export type { ResilientOptions, ResilientStore } from './resilient.js';
