// plangate/telemetry: tells which answers an application was given. A wrapper, so that a gate that nobody observes pays nothing.
import type { PlangateClient } from '../client/api.js';
import type { FeatureKey } from '../client/features.js';
import type { Decision, JsonValue, LimitQuery, LimitResult, SnapshotInfo } from '../engine/types.js';
import { delegate } from './delegate.js';
import { eventOf } from './event.js';
import type { EvaluationEvent, Question, RecordedDecision } from './event.js';
import { Ring } from './ring.js';

/** Takes events. What it throws, or rejects with, is contained. */
export type Sink = (event: EvaluationEvent) => unknown;

/** What can be observed: a client, or `server.for(customer)`. */
export type ObservableGate = Pick<
  PlangateClient,
  'hasFeature' | 'check' | 'config' | 'value' | 'limit' | 'getVersion' | 'info' | 'customer'
>;

/** How to observe. */
export interface ObserveOptions {
  /** Where events go; without it only the recent decisions are kept. */
  sink?: Sink;
  /** The part of answers that is told to the sink, 0 to 1, or a choice of one's own; 1 unless told. */
  sample?: number | ((decision: RecordedDecision) => boolean);
  /**
   * `change` (unless told): an answer is recorded when it is asked for first, and again after answers changed: a page that
   * renders sixty times a second tells one event. `evaluation`: every time.
   */
  every?: 'change' | 'evaluation';
  /** How many recent decisions are kept; 100 unless told. */
  keep?: number;
  /** Tells who the customer is: the id itself, or what the function makes of it (a hash). Nothing unless told. */
  contextId?: true | ((customer: string) => string | undefined);
  /** Tells configs and their values. They are left out unless told: they can be large or private. */
  values?: boolean;
  /** Hears what the sink threw; unless told, the first fault is a console warning. */
  onError?: (thrown: unknown) => void;
  /** ms since 1970-01-01 UTC; the host's clock unless told. */
  now?: () => number;
}

const recorders = new WeakMap<object, Recorder>();

/** Beyond this many different questions the memory of what was told starts anew: keys may come from a visitor's input. */
const MOST_SEEN = 10_000;

const seen = (): Map<string, number> => new Map();

/** Keeps and tells answers. */
class Recorder {
  readonly ring: Ring<RecordedDecision>;
  readonly #gate: ObservableGate;
  readonly #options: ObserveOptions;
  readonly #listeners = new Set<() => void>();
  /** The version of the answers at which a question was last recorded. */
  readonly #seen = { hasFeature: seen(), check: seen(), config: seen(), value: seen(), limit: seen() };
  #facts: { version: number; info: SnapshotInfo | undefined; contextId: string | undefined } | undefined;
  #warned = false;

  constructor(gate: ObservableGate, options: ObserveOptions) {
    const { sample = 1, keep = 100 } = options;
    if (typeof sample === 'number' && !(sample >= 0 && sample <= 1)) throw new RangeError('sample: expected 0 to 1');
    if (!Number.isInteger(keep) || keep < 0) throw new RangeError('keep: expected a whole number, 0 or more');
    this.#gate = gate;
    this.#options = options;
    this.ring = new Ring(keep);
  }

  /** True when the answer to this question is to be recorded. */
  wants(question: Question, key: string, field = ''): boolean {
    if (this.#options.every === 'evaluation') return true;
    const version = this.#gate.getVersion();
    const told = this.#seen[question];
    // No new text for a question without a field: it is asked on hot paths.
    const name = field === '' ? key : `${key}\0${field}`;
    if (told.get(name) === version) return false;
    if (told.size >= MOST_SEEN) told.clear();
    told.set(name, version);
    return true;
  }

  record(asked: Omit<RecordedDecision, 'at'>): void {
    const decision = Object.freeze({ at: (this.#options.now ?? Date.now)(), ...asked });
    this.ring.push(decision);
    this.#contain(() => this.#tell(decision));
    for (const listener of this.#listeners) this.#contain(listener);
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(decision: RecordedDecision): unknown {
    const { sink, sample = 1, values = false } = this.#options;
    if (!sink) return undefined;
    const chosen = typeof sample === 'function' ? sample(decision) : sample === 1 || Math.random() < sample;
    return chosen ? sink(eventOf(decision, { ...this.#context(), values })) : undefined;
  }

  /** Facts of the list cost a call into the engine: asked once per change of answers. */
  #context(): { info: SnapshotInfo | undefined; contextId: string | undefined } {
    const version = this.#gate.getVersion();
    if (this.#facts?.version !== version) {
      const { contextId } = this.#options;
      const customer = this.#gate.customer ?? this.#gate.info?.customer;
      const told = contextId && customer != null ? (contextId === true ? customer : contextId(customer)) : undefined;
      this.#facts = { version, info: this.#gate.info, contextId: told };
    }
    return this.#facts;
  }

  /** Whatever telemetry does, the application goes on. */
  #contain(act: () => unknown): void {
    try {
      const done = act();
      if (done instanceof Promise) done.catch((thrown: unknown) => this.#fault(thrown));
    } catch (thrown) {
      this.#fault(thrown);
    }
  }

  #fault(thrown: unknown): void {
    const { onError } = this.#options;
    try {
      if (onError) onError(thrown);
      else if (!this.#warned) console.warn('plangate: telemetry failed', thrown);
    } catch {
      // There is nowhere left to tell it.
    }
    this.#warned = true;
  }
}

const part = ({ allowed, reason, stale }: Decision) => ({ allowed, reason, stale });

/**
 * The same gate, which also tells what it answered: events in OpenTelemetry's feature-flag shape go to the sink, the recent ones are
 * kept for recentDecisions(). The gate given stays unobserved. Throws RangeError for a wrong `sample` or `keep`.
 */
export function observe<T extends ObservableGate>(gate: T, options: ObserveOptions = {}): T {
  const recorder = new Recorder(gate, options);
  const recordOf = (question: Question, key: FeatureKey, more: { field?: string; value?: JsonValue } = {}): void =>
    recorder.record({ question, key, ...part(gate.check(key)), ...more });
  const observed = delegate<T>(gate, {
    hasFeature(key: FeatureKey): boolean {
      const allowed = gate.hasFeature(key);
      if (recorder.wants('hasFeature', key)) recordOf('hasFeature', key);
      return allowed;
    },
    check(key: FeatureKey, asked?: { product?: string }): Decision {
      const decision = gate.check(key, asked);
      if (recorder.wants('check', key, asked?.product)) recorder.record({ question: 'check', key, ...part(decision) });
      return decision;
    },
    config(key: FeatureKey): unknown {
      const config = gate.config(key);
      if (recorder.wants('config', key)) recordOf('config', key, { value: config as JsonValue });
      return config;
    },
    value(key: FeatureKey, field: string, fallback: never): unknown {
      const value = gate.value(key, field as never, fallback);
      if (recorder.wants('value', key, field)) recordOf('value', key, { field, value: value as JsonValue });
      return value;
    },
    limit(key: FeatureKey, field?: string | LimitQuery | null, query?: LimitQuery): LimitResult {
      const result = gate.limit(key, field as never, query);
      const named = typeof field === 'string' ? field : undefined;
      if (recorder.wants('limit', key, `${named ?? ''}\0${result.reason}`)) {
        const { allowed, reason } = result;
        const { stale } = gate.check(key);
        const asked = { question: 'limit' as const, key, allowed, reason, stale };
        recorder.record(named === undefined ? asked : { ...asked, field: named });
      }
      return result;
    },
  });
  recorders.set(observed, recorder);
  return observed;
}

/** The last answers an observed gate gave, oldest first; none for a gate that is not observed. */
export function recentDecisions(gate: object): readonly RecordedDecision[] {
  return recorders.get(gate)?.ring.list() ?? [];
}

/** Forgets the recent decisions of an observed gate. */
export function clearRecentDecisions(gate: object): void {
  recorders.get(gate)?.ring.clear();
}

/** Calls back after each recorded answer; the answer stops it. */
export function onDecision(gate: object, listener: () => void): () => void {
  return recorders.get(gate)?.listen(listener) ?? (() => {});
}
