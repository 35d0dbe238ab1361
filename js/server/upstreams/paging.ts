// From a provider's pages to one whole list. The core says what a page means; here it is only asked for the next one.

import type { PagedFormat, PageFacts, PageRequest, ServerEngine } from './engine-port.js';
import { isPlangateError } from './engine-port.js';
import { UpstreamError } from './errors.js';
import type { Session } from './transport.js';
import { RetryableBody } from './transport.js';
import { refusing } from './upstream.js';

/** The most rows both providers give per request; their default of 10 would cost ten times the requests. */
export const PAGE_LIMIT = 100;

// Ten rows a page (a provider that ignores `limit`) at the core's cap of 20,000 entries.
const MAX_PAGES = 2_000;

// A body that a broken connection or a proxy may have caused, rather than the billing system.
const TRANSIENT: ReadonlySet<string> = new Set(['EMPTY_INPUT', 'NOT_JSON', 'SYNTAX_ERROR']);

/** Where the next page is. */
export interface PagePosition {
  /** Id of the last row so far; null on the first page. */
  readonly cursor: string | null;
  /** Rows so far. */
  readonly offset: number;
}

/** A list to read. */
export interface ListRequest {
  readonly source: string;
  readonly format: PagedFormat;
  /** Path and query of the page at a position. */
  readonly path: (position: PagePosition) => string;
}

/** Path and query of one page of any Stripe list. */
export function stripePath(
  path: string,
  { cursor }: PagePosition,
  filter: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ ...filter, limit: String(PAGE_LIMIT) });
  if (cursor !== null) query.set('starting_after', cursor);
  return `${path}?${query}`;
}

/** Reads one page's facts; a body that may be whole next time is told apart. */
function readPage(engine: ServerEngine, body: Uint8Array, request: PageRequest): PageFacts {
  try {
    return engine.page(body, request);
  } catch (thrown) {
    if (isPlangateError(thrown) && TRANSIENT.has(thrown.code))
      throw new RetryableBody(thrown.message, { cause: thrown });
    throw thrown;
  }
}

/** The provider's own words in an error body, as far as the core can read them. */
export function explainWith(engine: ServerEngine, format: PagedFormat): (body: Uint8Array) => string {
  return (body) => {
    try {
      engine.page(body, { format, limit: PAGE_LIMIT, offset: 0 });
    } catch (thrown) {
      if (isPlangateError(thrown) && thrown.code === 'PROVIDER_ERROR') return thrown.message;
    }
    return '';
  };
}

/** Fetches all pages of a list, in order, or throws an UpstreamError. */
export async function fetchPages(session: Session, engine: ServerEngine, list: ListRequest): Promise<Uint8Array[]> {
  const { source, format, path } = list;
  const pages: Uint8Array[] = [];
  const seen = new Set<string | null>();
  let position: PagePosition = { cursor: null, offset: 0 };
  let total: number | null = null;
  while (pages.length < MAX_PAGES) {
    const request = { format, limit: PAGE_LIMIT, offset: position.offset };
    const read = (body: Uint8Array): PageFacts => readPage(engine, body, request);
    const { body, value: facts } = await session.get(path(position), (bytes) => refusing(source, () => read(bytes)));
    // The list moved while it was read: a row may have slipped between two pages.
    if (pages.length > 0 && facts.total !== total) throw moved(source);
    pages.push(body);
    if (!facts.more) return pages;
    if (format === 'stripe-list') checkCursor(source, facts.cursor, seen);
    total = facts.total;
    position = { cursor: facts.cursor, offset: position.offset + facts.rows };
  }
  throw new UpstreamError('TOO_MANY_PAGES', `${source} went on after ${MAX_PAGES} pages. Check baseUrl.`, { source });
}

function checkCursor(source: string, cursor: string | null, seen: Set<string | null>): void {
  if (cursor !== null && cursor !== '' && !seen.has(cursor)) {
    seen.add(cursor);
    return;
  }
  const message = `${source} claims more rows but gives no new cursor: the pages go round in a circle. Try again later.`;
  throw new UpstreamError('REPEATED_CURSOR', message, { source });
}

function moved(source: string): UpstreamError {
  const message = `${source}'s list changed while its pages were read. Try again.`;
  return new UpstreamError('INCOMPLETE_LIST', message, { source });
}
