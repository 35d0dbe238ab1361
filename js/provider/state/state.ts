// The provider's state: the ledger, the documents beside it, the clock, and the journal that all of it can be made from.

import type { BillingChange, BillingCommand, BillingEngine, One } from '../../engine/billing.js';
import type { ProviderClock } from '../clock.js';
import { PlangateError } from '../../engine/errors.js';
import { LONGEST_TIMEOUT_MS } from '../../server/upstreams/streams.js';
import { ProviderError } from '../errors.js';
import type { IdPrefix, Ids } from '../ids.js';
import { isNotFound, readerOf } from '../ledger.js';
import type { LedgerFactory, LedgerReader } from '../ledger.js';
import { Documents } from './documents.js';
import type { ClockDocument } from './documents.js';
import type { Batch, Journal } from './journal.js';
import { Work } from './work.js';
import type { Origin, Step } from './work.js';

/** Called inside a request, after its own work: adds events to what is kept. */
export type ChangeWriter = (work: Work, changes: readonly BillingChange[]) => void;

/** What a request changed, once it is durable. */
export interface Kept {
  readonly now: number;
  readonly commands: readonly BillingCommand[];
  readonly changes: readonly BillingChange[];
  readonly documents: readonly { readonly kind: string; readonly id: string }[];
  /** Everything was replaced: whatever was read before is void. */
  readonly replaced: boolean;
}

export type KeptListener = (kept: Kept) => void;

const KINDS: Partial<Record<IdPrefix, keyof One>> = {
  feat: 'feature',
  prod: 'product',
  prodft: 'attachment',
  price: 'price',
  cus: 'customer',
  sub: 'subscription',
  clock: 'clock',
  plan: 'plan',
};

/** Whether an object of the ledger or a document has an id. */
function isTaken(ledger: LedgerReader, documents: Documents, prefix: IdPrefix, id: string): boolean {
  if (documents.get('record', id)) return true;
  if (prefix === 'si') return ledger.list('subscriptions', { item: id, status: 'all' }, { limit: 1 }).total > 0;
  const kind = KINDS[prefix];
  try {
    return kind !== undefined && Boolean(ledger.get(kind, id));
  } catch (thrown) {
    if (isNotFound(thrown)) return false;
    throw thrown;
  }
}

const NOT_RUNNING = 'The provider is closed or starting.';
const NOBODY: Origin = { requestId: null, idempotencyKey: null };
/** What time brought could not be kept: it is tried again after so long. */
const PASS_AGAIN_MS = 5000;

export interface StateParts {
  readonly journal: Journal;
  readonly clock: ProviderClock;
  readonly ids: Ids;
  readonly factory: LedgerFactory;
}

/** Everything a provider knows. One request at a time: each runs to its end without waiting. */
export class ProviderState {
  readonly documents = new Documents();
  readonly clock: ProviderClock;
  readonly ids: Ids;
  readonly ledger: LedgerReader;
  readonly #journal: Journal;
  readonly #factory: LedgerFactory;
  readonly #writers: ChangeWriter[] = [];
  readonly #listeners = new Set<KeptListener>();
  #engine: BillingEngine | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  private constructor({ journal, clock, ids, factory }: StateParts) {
    this.#journal = journal;
    this.clock = clock;
    this.ids = ids;
    this.#factory = factory;
    this.ledger = readerOf(() => this.#running());
    ids.isTaken = (prefix, id) => isTaken(this.ledger, this.documents, prefix, id);
  }

  /** Makes the state from its journal. Throws ProviderError. */
  static async open(parts: StateParts): Promise<ProviderState> {
    const state = new ProviderState(parts);
    await state.reload();
    return state;
  }

  /** Adds a writer of events. */
  onChanges(writer: ChangeWriter): void {
    this.#writers.push(writer);
  }

  /** Tells when something was kept. Answers how to stop. */
  onKept(listener: KeptListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Makes ledger and documents anew from the journal: at start, and after a request had to be taken back. */
  async reload(): Promise<void> {
    this.#engine?.dispose();
    this.#engine = undefined;
    const engine = await this.#factory();
    try {
      const { steps, documents } = this.#journal.load();
      for (const text of steps) replay(engine, JSON.parse(text) as Step);
      this.documents.load(documents);
    } catch (thrown) {
      engine.dispose();
      throw thrown;
    }
    const clock = this.documents.get('clock', 'clock');
    if (clock) this.clock.restore(clock);
    this.ids.next = (this.documents.get('setting', 'ids')?.value as number | undefined) ?? 0;
    this.#engine = engine;
  }

  /**
   * Does a request's work, keeps it, and answers its result; when it throws, nothing of it stays. Time passes first, and what
   * it brings is kept whatever the work does. Rejects when the journal cannot be written: nothing was acknowledged.
   */
  run<T>(work: (work: Work) => T, origin: Origin = NOBODY): Promise<T> {
    return this.#alone(async () => {
      if (!this.#engine) await this.reload();
      await this.#once(NOBODY, (passing) => passing.advance());
      const result = await this.#once(origin, work);
      this.schedule();
      return result;
    });
  }

  /** Lets time pass, and waits for the next moment at which something happens by itself. */
  schedule(): void {
    const next = this.#engine?.nextAt() ?? Infinity;
    this.#passIn(Number.isFinite(next) ? this.clock.realDelay(next) : undefined);
  }

  #passIn(delay: number | undefined): void {
    clearTimeout(this.#timer);
    if (delay === undefined || this.#closed) return;
    const pass = (): void => void this.run(() => {}).catch(() => this.#passIn(PASS_AGAIN_MS));
    this.#timer = setTimeout(pass, Math.min(delay + 1, LONGEST_TIMEOUT_MS));
    this.#timer.unref();
  }

  /**
   * Replaces everything, clock and settings included, by what the work makes of nothing, whole or not at all. It is a
   * beginning, so there are no events of it.
   */
  replace<T>(clock: ClockDocument, work: (work: Work) => T): Promise<T> {
    return this.#alone(async () => {
      // Whoever only reads does not wait for this: there is a ledger all the time.
      const engine = await this.#factory();
      this.#engine?.dispose();
      this.#engine = engine;
      this.documents.load([]);
      this.clock.restore(clock);
      this.ids.next = 0;
      try {
        const task = this.#work(NOBODY);
        const result = work(task);
        const batch = this.#batch(task);
        this.#journal.replace(batch);
        this.documents.keep();
        this.#tell(task, batch, true);
        return result;
      } catch (thrown) {
        await this.reload();
        throw thrown;
      } finally {
        this.schedule();
      }
    });
  }

  /** One after the other: a request never sees another's half. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => {
      if (this.#closed) throw new ProviderError('ENGINE_FAILED', NOT_RUNNING);
      return work();
    });
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Ends after what was begun; whatever is asked later is refused, and not acknowledged for nobody to keep. */
  close(): Promise<void> {
    this.#closing ??= this.#alone(async () => {
      this.#closed = true;
      clearTimeout(this.#timer);
      this.#engine?.dispose();
      this.#engine = undefined;
      this.#journal.close();
    });
    return this.#closing;
  }

  async #once<T>(origin: Origin, work: (work: Work) => T): Promise<T> {
    const before = this.ids.next;
    const task = this.#work(origin);
    try {
      const result = work(task);
      this.#write(task);
      const batch = this.#batch(task);
      if (batch.steps.length + batch.puts.length + batch.removals.length > 0) {
        this.#journal.commit(batch);
        this.documents.keep();
        this.#tell(task, batch);
      }
      return result;
    } catch (thrown) {
      this.documents.drop();
      this.ids.next = before;
      const clock = this.documents.get('clock', 'clock');
      if (clock) this.clock.restore(clock);
      // The ledger may be ahead of the journal, or have stopped: it is made anew from what was kept.
      if (task.steps.length > 0 || thrown instanceof PlangateError) await this.reload();
      throw thrown;
    }
  }

  #work(origin: Origin): Work {
    return new Work(this.#running(), this.clock.now(), this.ledger, this.documents, this.ids, origin);
  }

  #write(task: Work): void {
    if (task.changes.length > 0) for (const writer of this.#writers) writer(task, task.changes);
  }

  #batch(task: Work): Batch {
    const { documents, ids } = this;
    if (ids.next !== ((documents.get('setting', 'ids')?.value as number | undefined) ?? 0)) {
      documents.put('setting', 'ids', { value: ids.next });
    }
    return { steps: task.steps.map((step) => JSON.stringify(step)), ...documents.changes() };
  }

  #tell({ now, steps, changes }: Work, { puts, removals }: Batch, replaced = false): void {
    const commands = steps.flatMap((step) => ('command' in step ? [step.command] : []));
    const documents = [...puts, ...removals].map(({ kind, id }) => ({ kind, id }));
    for (const listener of this.#listeners) listener({ now, commands, changes, documents, replaced });
  }

  #running(): BillingEngine {
    if (!this.#engine) throw new ProviderError('ENGINE_FAILED', NOT_RUNNING);
    return this.#engine;
  }
}

function replay(engine: BillingEngine, step: Step): void {
  const outcome = 'advance' in step ? engine.advance(step.now) : engine.apply(step.command, step.now);
  if (outcome.ok) return;
  const message = `The journal cannot be replayed: ${outcome.error.code} ${outcome.error.message}. Was it written by another version?`;
  throw new ProviderError('STATE_UNREADABLE', message);
}
