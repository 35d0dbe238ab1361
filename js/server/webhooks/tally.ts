// How often what became of deliveries: so that an endpoint that is set up wrongly is seen, not guessed.

import { isWebhookError } from './errors.js';
import type { WebhookErrorCode } from './errors.js';

/**
 * What became of a delivery.
 *
 * - `kept`: a refetch is due. `duplicate`: this event was kept before.
 * - `ignored`: another type of event, nothing of ours. `otherMode`: live where test is expected, or the reverse.
 * - `unresolved`: it says that some list changed but not whose (Stripe's thin events). Nothing can be refetched.
 */
export type WebhookOutcome = 'kept' | 'duplicate' | 'ignored' | 'otherMode' | 'unresolved';

/** How often what happened since the receiver was made. */
export interface WebhookCounts {
  readonly outcomes: Readonly<Record<WebhookOutcome, number>>;
  /** Deliveries not believed, by reason. */
  readonly refused: Readonly<Partial<Record<WebhookErrorCode, number>>>;
  /** Deliveries that could not be kept; the provider sends them again. */
  readonly failed: number;
  /** `ignored` and `unresolved` by event type; at most 100 types, the rest under `other`. */
  readonly unhandledTypes: Readonly<Record<string, number>>;
}

const MAX_TYPES = 100;

/** Counts. Event types come from outside, so their number is bounded. */
export class Tally {
  readonly #outcomes: Record<WebhookOutcome, number> = {
    kept: 0,
    duplicate: 0,
    ignored: 0,
    otherMode: 0,
    unresolved: 0,
  };
  readonly #refused = new Map<WebhookErrorCode, number>();
  readonly #types = new Map<string, number>();
  #failed = 0;

  outcome(outcome: WebhookOutcome, type: string): void {
    this.#outcomes[outcome] += 1;
    if (outcome !== 'ignored' && outcome !== 'unresolved') return;
    const name = this.#types.has(type) || this.#types.size < MAX_TYPES ? type : 'other';
    this.#types.set(name, (this.#types.get(name) ?? 0) + 1);
  }

  failure(thrown: unknown): void {
    if (isWebhookError(thrown)) this.#refused.set(thrown.code, (this.#refused.get(thrown.code) ?? 0) + 1);
    else this.#failed += 1;
  }

  counts(): WebhookCounts {
    return {
      outcomes: { ...this.#outcomes },
      refused: Object.fromEntries(this.#refused),
      failed: this.#failed,
      unhandledTypes: Object.fromEntries(this.#types),
    };
  }
}
