// The billing ledger of the local provider: plangate-billing.wasm. Rules live there; this moves JSON text.
import type { Binding } from './binding.js';
import type {
  BillingCommand,
  BillingErrorCode,
  BillingOutcome,
  BillingRefusal,
  ListFilters,
  One,
  Page,
  PageRequest,
  Rows,
} from './billing-types.js';
import { disposeSymbol } from './dispose.js';
import { PlangateError } from './errors.js';
import type { EngineModule } from './module.js';

export type * from './billing-types.js';

/** The functions of plangate-billing.wasm (bindings/BILLING.md). */
interface BillingBinding {
  ledgerCreate(): number;
  ledgerDestroy(l: number): void;
  ledgerApply(l: number, command: string, now: number): string;
  ledgerAdvance(l: number, now: number): string;
  ledgerQuery(l: number, query: string): string;
  ledgerNextAt(l: number): number;
}

/** A refused question. */
export class BillingError extends Error {
  override readonly name = 'BillingError';
  readonly code: BillingErrorCode;
  /** The offending member's path; empty when there is none. */
  readonly param: string;

  constructor({ code, message, param }: BillingRefusal) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/**
 * One ledger. Needs a module of plangate-billing.wasm (`loadEngineModule`). Throws PlangateError ENGINE_FAILED after a
 * trap: make another and replay the journal.
 */
export class BillingEngine {
  #module: EngineModule;
  #ledger: number;

  constructor(module: EngineModule) {
    this.#module = module;
    this.#ledger = this.#run((b) => b.ledgerCreate());
    if (!this.#ledger) throw module.poison('out of memory');
  }

  /** Does a command at `now`. A refusal is an answer, not an exception: time's changes come with it. */
  apply<Result = unknown>(command: BillingCommand, now: number): BillingOutcome<Result> {
    return this.applyText(JSON.stringify(command), now);
  }

  /** The same of a command kept as text, as in a journal. */
  applyText<Result = unknown>(command: string, now: number): BillingOutcome<Result> {
    return this.#ask((b, l) => b.ledgerApply(l, command, now));
  }

  /** Lets time pass for everybody without a clock. */
  advance(now: number): BillingOutcome<null> {
    return this.#ask((b, l) => b.ledgerAdvance(l, now));
  }

  /** When something happens next by itself to someone without a clock; Infinity: never. */
  nextAt(): number {
    return this.#call((b, l) => b.ledgerNextAt(l));
  }

  /** One object; throws BillingError NOT_FOUND. `at` is for entitlements. A deleted customer or product is `{id, deleted}`. */
  get<Kind extends keyof One>(kind: Kind, id: string, at?: number): One[Kind] {
    return this.query({ query: kind, id, ...(at !== undefined && { at }) });
  }

  /** A page of a list, newest first; entitlements oldest first. */
  list<Kind extends keyof Rows>(kind: Kind, filters: ListFilters[Kind], page: PageRequest = {}): Page<Rows[Kind]> {
    return this.query({ query: kind, ...filters, ...page });
  }

  /** Any question of bindings/BILLING.md; throws BillingError when it is refused. */
  query<Result>(query: { readonly query: string } & Readonly<Record<string, unknown>>): Result {
    const text = JSON.stringify(query);
    const answer = this.#ask<{ ok: true; result: Result } | { ok: false; error: BillingRefusal }>((b, l) =>
      b.ledgerQuery(l, text),
    );
    if (!answer.ok) throw new BillingError(answer.error);
    return answer.result;
  }

  /** Frees the ledger. Safe to call again. */
  dispose(): void {
    if (!this.#ledger || this.#module.failure) return;
    this.#run((b) => b.ledgerDestroy(this.#ledger));
    this.#ledger = 0;
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  #ask<T>(question: (b: BillingBinding, l: number) => string): T {
    return JSON.parse(this.#call(question)) as T;
  }

  #call<T>(question: (b: BillingBinding, l: number) => T): T {
    if (!this.#ledger) throw new PlangateError('DISPOSED', 'disposed');
    return this.#run((b) => question(b, this.#ledger));
  }

  /** Whatever is thrown here is a trap. */
  #run<T>(question: (b: BillingBinding) => T): T {
    const module = this.#module;
    if (module.failure) throw module.failure;
    try {
      return question(module.binding as Binding & BillingBinding);
    } catch (cause) {
      throw module.poison(cause);
    }
  }
}
