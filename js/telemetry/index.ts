// plangate/telemetry.
export { clearRecentDecisions, observe, onDecision, recentDecisions } from './observe.js';
export type { ObservableGate, ObserveOptions, Sink } from './observe.js';
export type { EvaluationAttributes, EvaluationEvent, Question, RecordedDecision } from './event.js';
export { toLogger } from './logger.js';
export type { EventLogger } from './logger.js';
