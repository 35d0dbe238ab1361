// The provider's hold on the rules: questions to core/billing, and refusals as exceptions.

import type {
  BillingChange,
  BillingEngine,
  BillingRefusal,
  Deleted,
  ListFilters,
  Page,
  Rows,
} from '../engine/billing.js';
import { BillingError } from '../engine/billing.js';

export { BillingError };

/** Makes an empty ledger. Called at start, and again after an engine stopped or a request had to be taken back. */
export type LedgerFactory = () => Promise<BillingEngine> | BillingEngine;

/** What is asked of a ledger: `get`, `list` and `query` of the engine, and whole lists. */
export interface LedgerReader extends Pick<BillingEngine, 'get' | 'list' | 'query'> {
  /** All rows of a list, page after page. */
  every<Kind extends keyof Rows>(kind: Kind, filters: ListFilters[Kind]): Rows[Kind][];
}

const PAGE = 100;

/** Asks a ledger. The engine may be replaced meanwhile, so it is looked up at each question. */
export function readerOf(engine: () => BillingEngine): LedgerReader {
  return {
    get: (kind, id, at) => engine().get(kind, id, at),
    list: (kind, filters, page) => engine().list(kind, filters, page),
    query: (query) => engine().query(query),
    every: <Kind extends keyof Rows>(kind: Kind, filters: ListFilters[Kind]) => {
      const all: Rows[Kind][] = [];
      for (let page: Page<Rows[Kind]> | undefined; page?.hasMore ?? true;) {
        page = engine().list(kind, filters, { limit: PAGE, offset: all.length });
        all.push(...page.data);
      }
      return all;
    },
  };
}

/** A deleted customer or product is still found, as a stub. */
export function isDeleted(object: object): object is Deleted {
  return 'deleted' in object;
}

/** Whether a refusal says that something is not there. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof BillingError && thrown.code === 'NOT_FOUND';
}

export type { BillingChange, BillingRefusal };
