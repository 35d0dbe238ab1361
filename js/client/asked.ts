import type { Decision, Diff, JsonValue, LimitQuery, LimitResult, SnapshotInfo, Unlock } from '../engine/types.js';
import { Answers } from './answers.js';
import type { AnswersHost } from './answers.js';
import type { UnlockQuestion } from './api.js';
import type { Clock } from './clock.js';
import { deepFreeze, DENIED } from './closed.js';
import type { Explanation } from './explain.js';
import { explainFrom, unlockQueryOf, valueIn } from './questions.js';

/** A key as the engine takes it: what is no text is no feature's key. */
const keyOf = (key: unknown): string => (typeof key === 'string' ? key : '');

/** What an application asks of a client: each question as the engine takes it, each answer as it may be kept. */
export abstract class Asked implements AnswersHost {
  readonly hasFeature: (key: string) => boolean;
  protected readonly answers: Answers;

  constructor(readonly clock: Clock) {
    this.answers = new Answers(this);
    this.hasFeature = this.answers.has;
  }

  abstract changed(diff: () => Diff | undefined, becameStale: boolean): void;
  abstract failed(error: unknown): void;
  abstract missed(now: number): void;

  get ready(): boolean {
    return this.answers.ready;
  }

  get closed(): boolean {
    return this.answers.closed;
  }

  get info(): SnapshotInfo | undefined {
    return this.answers.info();
  }

  // The narrowed types are promises of the application's own declarations; the engine knows keys and JSON.
  check(key: string, options?: { product?: string | undefined }): Decision<never> {
    return this.answers.check(keyOf(key), String(options?.product ?? '')) as Decision<never>;
  }

  config(key: string): never {
    return (this.answers.check(keyOf(key), '').config ?? null) as never;
  }

  value(key: string, field: string, fallback: JsonValue): never {
    return valueIn(this.answers.check(keyOf(key), ''), field, fallback) as never;
  }

  limit(key: string, field?: string | LimitQuery | null, query: LimitQuery = {}): LimitResult {
    if (typeof field === 'object' && field !== null) return this.limit(key, null, field);
    return this.answers.ask(
      (engine, snapshot, now) => Object.freeze(engine.limit(snapshot, keyOf(key), String(field ?? ''), query, now)),
      DENIED,
    );
  }

  unlocks(question: UnlockQuestion<string>): readonly Unlock[] {
    return this.answers.ask((engine, s) => deepFreeze(engine.unlocks(s, unlockQueryOf(question))), []);
  }

  explain(key: string): Explanation {
    const text = this.answers.ask((engine, snapshot) => engine.encode(snapshot, false), '');
    return explainFrom(this, key, text);
  }

  snapshot(): string | null {
    return this.answers.ask((engine, snapshot) => engine.encode(snapshot), '') || null;
  }

  getVersion(): number {
    return this.answers.version;
  }
}
