// Several billing systems as one upstream. The core merges; here the lists are only brought together.

import type { ServerEngine } from './engine-port.js';
import { UpstreamError } from './errors.js';
import { fetcherOf, refusing, takeOut } from './upstream.js';
import type { FetchedSnapshot, Upstream, UpstreamOptions } from './upstream.js';

/** One of the sources, when it names customers differently. */
export interface CombinedSource {
  readonly upstream: Upstream;
  /** This source's id of a customer; null: it does not know the customer, and is left out. */
  readonly customer: (customer: string) => string | null | Promise<string | null>;
}

/** How sources are combined. */
export interface CombineOptions extends UpstreamOptions {
  /** The combined source's name in snapshots and stores; default `combined`. */
  readonly source?: string;
}

/**
 * Reads several sources at once: a feature is granted when any of them grants it, configs merge by the core's rule. When
 * one source fails, the whole fails: half of a customer's features is not their list.
 */
export function combine(sources: readonly (Upstream | CombinedSource)[], options: CombineOptions = {}): Upstream {
  const { source = 'combined' } = options;
  if (sources.length === 0)
    throw new UpstreamError('INVALID_OPTION', 'combine() needs at least one upstream.', { source });
  const members = sources.map((member) => ('upstream' in member ? member : { upstream: member, customer: same }));
  const fetch = fetcherOf(source, options.engine, async (customer, engine, signal) => {
    const parts = await fetchAll(members, customer, source, signal);
    return merge(engine, parts, customer, source);
  });
  const sellers = members.map(({ upstream }) => upstream).filter((upstream) => upstream.catalogue);
  // Two price lists cannot be compared with each other: with several, ask the one you sell by.
  const [seller] = sellers.length === 1 ? sellers : [];
  // All of one mode, or else the core refuses to combine them.
  const mode = members.find(({ upstream }) => upstream.mode)?.upstream.mode;
  return { source, mode, fetch, ...(seller && { catalogue: (context) => seller.catalogue!(context) }) };
}

const same = (customer: string): string => customer;

async function fetchAll(
  members: readonly CombinedSource[],
  customer: string,
  source: string,
  signal: AbortSignal,
): Promise<FetchedSnapshot[]> {
  const siblings = new AbortController();
  const abort = (): void => siblings.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const parts = await Promise.all(
      members.map(async ({ upstream, customer: named }) => {
        const id = await named(customer);
        // Fresh: whoever joined this flight must not get what somebody else asked a member for before.
        return id === null ? null : upstream.fetch(id, { signal: siblings.signal, fresh: true });
      }),
    );
    const known = parts.filter((part) => part !== null);
    if (known.length > 0) return known;
    throw new UpstreamError('NOT_FOUND', `${source}: none of the sources knows this customer.`, { source });
  } finally {
    signal.removeEventListener('abort', abort);
    // When one has failed the others' answers are of no use.
    abort();
  }
}

function merge(
  engine: ServerEngine,
  parts: readonly FetchedSnapshot[],
  customer: string,
  source: string,
): FetchedSnapshot {
  const encoder = new TextEncoder();
  const handles: number[] = [];
  try {
    return refusing(source, () => {
      for (const { json } of parts) handles.push(engine.load('snapshot', [encoder.encode(json)], {}));
      const combined = engine.combine(handles, { customer, source });
      return takeOut(
        engine,
        combined,
        parts.flatMap(({ warnings }) => warnings),
      );
    });
  } finally {
    for (const handle of handles) engine.release(handle);
  }
}
