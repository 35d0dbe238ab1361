// Where a provider's state is kept: the steps that were done to the ledger, in order, and the documents beside it.

/** A document beside the ledger: an event, a delivery, a webhook endpoint. `body` is JSON. */
export interface StoredDocument {
  readonly kind: string;
  readonly id: string;
  readonly body: string;
}

/** What one request changed. Kept whole or not at all. */
export interface Batch {
  /** JSON, one per step of the ledger. */
  readonly steps: readonly string[];
  /** Written or replaced; a replaced document keeps its place in the order. */
  readonly puts: readonly StoredDocument[];
  readonly removals: readonly { readonly kind: string; readonly id: string }[];
}

/** Everything that was kept, in the order it came. */
export interface KeptState {
  readonly steps: readonly string[];
  readonly documents: readonly StoredDocument[];
}

/** A place for a provider's state. Synchronous: a request is answered after `commit` returned, and none comes between. */
export interface Journal {
  load(): KeptState;
  /** Returns once the batch is as durable as the journal is. Throws ProviderError; nothing of the batch is kept then. */
  commit(batch: Batch): void;
  /** Replaces everything, whole or not at all. */
  replace(batch: Batch): void;
  close(): void;
}

/** Keeps nothing beyond the process: what was committed is already in memory. */
export class MemoryJournal implements Journal {
  #steps: string[] = [];
  #documents = new Map<string, StoredDocument>();

  load(): KeptState {
    return { steps: [...this.#steps], documents: [...this.#documents.values()] };
  }

  commit({ steps, puts, removals }: Batch): void {
    this.#steps.push(...steps);
    for (const document of puts) this.#documents.set(`${document.kind} ${document.id}`, document);
    for (const { kind, id } of removals) this.#documents.delete(`${kind} ${id}`);
  }

  replace(batch: Batch): void {
    this.#steps = [];
    this.#documents.clear();
    this.commit(batch);
  }

  close(): void {}
}
