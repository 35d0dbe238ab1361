// Evaluations in the shape that OpenTelemetry gives to feature flags (semantic conventions, "feature flags in events").
import type { Reason } from '../engine/codes.generated.js';
import type { JsonValue, SnapshotInfo } from '../engine/types.js';
import { FLAG_REASONS } from '../openfeature/flags.js';

/** What was asked. */
export type Question = 'hasFeature' | 'check' | 'config' | 'value' | 'limit';

/** One answer that the application was given. */
export interface RecordedDecision {
  /** When, in ms since 1970-01-01 UTC, by the telemetry's clock. */
  readonly at: number;
  readonly question: Question;
  readonly key: string;
  /** The config field, or the limit's. */
  readonly field?: string;
  readonly allowed: boolean;
  readonly reason: Reason;
  readonly stale: boolean;
  /** The config or the field's value, for the questions that answer one. */
  readonly value?: JsonValue;
}

/** Plain attributes, as OpenTelemetry takes them. */
export type EvaluationAttributes = Readonly<Record<string, string | number | boolean>>;

/** An OpenTelemetry event. */
export interface EvaluationEvent {
  readonly name: 'feature_flag.evaluation';
  /** ms since 1970-01-01 UTC. */
  readonly timestamp: number;
  readonly attributes: EvaluationAttributes;
}

/** What an event may say beyond the answer itself. */
export interface EventContext {
  readonly info: SnapshotInfo | undefined;
  /** Absent: nothing that names the customer is told. */
  readonly contextId: string | undefined;
  /** Tell config values; they may be large, or somebody's secret. */
  readonly values: boolean;
}

/** The event of one answer. A field is a flag of its own, `feature:field`, as in the OpenFeature providers. */
export function eventOf(decision: RecordedDecision, { info, contextId, values }: EventContext): EvaluationEvent {
  const { key, field, question, allowed, reason, stale, value } = decision;
  const asFlag = FLAG_REASONS[reason];
  const isSwitch = value === undefined;
  const told = isSwitch ? allowed : typeof value === 'object' ? JSON.stringify(value) : value;
  const attributes: Record<string, string | number | boolean> = {
    'feature_flag.key': question === 'value' ? `${key}:${field}` : question === 'config' ? `${key}:` : key,
    'feature_flag.provider.name': 'plangate',
    'feature_flag.result.reason': (stale && asFlag !== 'ERROR' ? 'STALE' : asFlag).toLowerCase(),
    'plangate.reason': reason,
    'plangate.question': question,
  };
  if (isSwitch) attributes['feature_flag.result.variant'] = allowed ? 'on' : 'off';
  if (isSwitch || values) attributes['feature_flag.result.value'] = told;
  if (question === 'limit' && field !== undefined) attributes['plangate.field'] = field;
  if (asFlag === 'ERROR') attributes['error.type'] = 'provider_not_ready';
  if (contextId !== undefined) attributes['feature_flag.context.id'] = contextId;
  if (info) {
    attributes['feature_flag.set.id'] = `${info.source}/${info.mode}`;
    attributes['feature_flag.version'] = new Date(info.asOf).toISOString();
  }
  return { name: 'feature_flag.evaluation', timestamp: decision.at, attributes };
}
