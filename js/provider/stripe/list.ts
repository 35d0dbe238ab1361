// Stripe's lists: cursors in both directions, `has_more`, and the list's own path as `url`.

import type { ListFilters, Page, PageRequest, Rows } from '../../engine/billing.js';
import { isNotFound } from '../ledger.js';
import type { LedgerReader } from '../ledger.js';
import { invalid, missing } from './errors.js';
import type { Json } from './shapes.js';

/** What every list may be asked. */
export interface Paging {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

const DEFAULT_LIMIT = 10;

/** The list's JSON. */
export function listOf(url: string, data: readonly Json[], hasMore: boolean): Json {
  return { object: 'list', data, has_more: hasMore, url };
}

function checked({ limit = DEFAULT_LIMIT, starting_after: after, ending_before: before }: Paging): PageRequest {
  if (after !== undefined && before !== undefined) {
    throw invalid('Give starting_after or ending_before, not both.', 'ending_before');
  }
  return {
    limit,
    ...(after !== undefined && { startingAfter: after }),
    ...(before !== undefined && { endingBefore: before }),
  };
}

/** A page of the ledger's list, as Stripe's. */
export function page<Kind extends keyof Rows>(
  ledger: LedgerReader,
  kind: Kind,
  filters: { [F in keyof ListFilters[Kind]]: ListFilters[Kind][F] | undefined },
  paging: Paging,
  url: string,
  shape: (row: Rows[Kind]) => Json,
): Json {
  const given = Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined),
  ) as ListFilters[Kind];
  const { data, hasMore } = cursorChecked(paging, () => ledger.list(kind, given, checked(paging)));
  return listOf(url, data.map(shape), hasMore);
}

/** An unknown cursor is told as the parameter that named it. */
function cursorChecked<T>({ starting_after: after, ending_before: before }: Paging, ask: () => Page<T>): Page<T> {
  try {
    return ask();
  } catch (thrown) {
    const cursor = after ?? before;
    if (cursor === undefined || !isNotFound(thrown)) throw thrown;
    const { param } = thrown as { param?: string };
    if (param !== 'startingAfter' && param !== 'endingBefore') throw thrown;
    throw missing('object', cursor, after === undefined ? 'ending_before' : 'starting_after');
  }
}

/** A page of rows held in memory, newest first. Throws StripeError for an unknown cursor. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  paging: Paging,
  url: string,
  shape: (row: T) => Json,
): Json {
  const { limit = DEFAULT_LIMIT, startingAfter, endingBefore } = checked(paging);
  const place = (id: string, param: string): number => {
    const at = rows.findIndex((row) => row.id === id);
    if (at < 0) throw missing('object', id, param);
    return at;
  };
  if (endingBefore !== undefined) {
    const end = place(endingBefore, 'ending_before');
    const start = Math.max(0, end - limit);
    return listOf(url, rows.slice(start, end).map(shape), start > 0);
  }
  const start = startingAfter === undefined ? 0 : place(startingAfter, 'starting_after') + 1;
  return listOf(url, rows.slice(start, start + limit).map(shape), start + limit < rows.length);
}
