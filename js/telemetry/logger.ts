import type { EvaluationAttributes } from './event.js';
import type { Sink } from './observe.js';

/** What we use of a Logger of @opentelemetry/api-logs. */
export interface EventLogger {
  emit(record: { eventName: string; timestamp: Date; attributes: EvaluationAttributes }): void;
}

/** A sink that emits to an OpenTelemetry logger: `observe(gate, { sink: toLogger(logs.getLogger('plangate')) })`. */
export const toLogger =
  (logger: EventLogger): Sink =>
  ({ name, timestamp, attributes }) =>
    logger.emit({ eventName: name, timestamp: new Date(timestamp), attributes });
