// The names that every entry exports beside its functions. `export *`, so that applications can merge PlangateFeatures.
export * from './api.js';
export * from './features.js';
export * from '../engine/types.js';
export { REASONS } from '../engine/codes.generated.js';
export type { ErrorCode, Reason, WarningCode } from '../engine/codes.generated.js';
export { PlangateError } from '../engine/errors.js';
export type { ErrorDetails, PlangateErrorCode, WrapperErrorCode } from '../engine/errors.js';
export type { Engine, Table } from '../engine/engine.js';
export type { SnapshotHandle } from '../engine/binding.js';
export type { WasmOptions } from '../engine/source.js';
export type { Clock } from './clock.js';
export type { Explanation } from './explain.js';
export type { Readiness, UntilOptions } from './until.js';
export type { Origin, Part, PartEvents, PartHost } from './part.js';
export type { Bootstrap, Logger, PlangateOptions } from './options.js';
