// One request's work: what it does to the ledger and the documents, to be kept whole or not at all.

import type { BillingChange, BillingCommand, BillingEngine } from '../../engine/billing.js';
import type { Ids } from '../ids.js';
import { BillingError } from '../ledger.js';
import type { LedgerReader } from '../ledger.js';
import type { Documents } from './documents.js';

/** One step of the journal: a command, or time that passed. */
export type Step =
  { readonly now: number; readonly command: BillingCommand } | { readonly now: number; readonly advance: true };

/** Who asked for a change: told in the events that follow from it. */
export interface Origin {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** What a request may do. Not for use after it ended. */
export class Work {
  readonly steps: Step[] = [];
  readonly changes: BillingChange[] = [];
  readonly #engine: BillingEngine;

  constructor(
    engine: BillingEngine,
    /** The provider's time, ms. */
    readonly now: number,
    readonly ledger: LedgerReader,
    readonly documents: Documents,
    readonly ids: Ids,
    readonly origin: Origin,
  ) {
    this.#engine = engine;
  }

  /** Does a command. Throws BillingError when the rules refuse it: the whole request is then taken back. */
  do<Result>(command: BillingCommand): Result {
    const outcome = this.#engine.apply<Result>(command, this.now);
    this.changes.push(...outcome.changes);
    if (!outcome.ok) {
      if (outcome.changes.length > 0) this.steps.push({ now: this.now, advance: true });
      throw new BillingError(outcome.error);
    }
    this.steps.push({ now: this.now, command });
    return outcome.result;
  }

  /** Lets time pass for those without a test clock. */
  advance(): void {
    const { changes } = this.#engine.advance(this.now);
    if (changes.length === 0) return;
    this.changes.push(...changes);
    this.steps.push({ now: this.now, advance: true });
  }
}
