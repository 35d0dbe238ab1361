// One's own billing as an upstream: a function that returns a list.

import type { Format } from '../../engine/types.js';
import { safeCause, UpstreamError } from './errors.js';
import { readCapped, withTimeout } from './streams.js';
import { abortedBy, fetcherOf, readSnapshot } from './upstream.js';
import type { FetchedSnapshot, Upstream, UpstreamOptions } from './upstream.js';

/** What the function may return: the JSON as text, bytes, an object, or a whole HTTP answer. */
export type SnapshotBody = string | Uint8Array | Response | { readonly [member: string]: unknown };

/** How one's own billing is read. */
export interface CustomOptions extends UpstreamOptions {
  /** The source's name in snapshots and stores. A snapshot of another source is renamed to it. */
  readonly source: string;
  /** Returns the customer's whole list. It is called at most once at a time per customer. */
  readonly fetch: (customer: string, context: { readonly signal: AbortSignal }) => SnapshotBody | Promise<SnapshotBody>;
  /** plangate's catalogue JSON (docs/wire-format.md), for unlocks. */
  readonly catalogue?: (context: { readonly signal?: AbortSignal | undefined }) => string | Promise<string>;
  /** What the function returns; default plangate's own snapshot. */
  readonly format?: Format;
  /** For formats that do not say it. */
  readonly mode?: 'live' | 'test';
  /** How long the function may take; default 30 s. */
  readonly deadlineMs?: number;
  /** Bytes of the list; default 8 MiB, what the core accepts. */
  readonly maxBytes?: number;
}

const DEADLINE_MS = 30_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Reads from a function of the application. The core checks what it returns: customer, mode, shape. */
export function upstream(options: CustomOptions): Upstream {
  const { source, format = 'snapshot', mode, catalogue } = options;
  const fetch = fetcherOf(source, options.engine, async (customer, engine, signal): Promise<FetchedSnapshot> => {
    const asOf = Date.now();
    const bytes = await ask(options, customer, signal);
    // Our own format tells its own asOf, which may be older than this call (a replica, a cache).
    const request = { customer, source, ...(format !== 'snapshot' && { asOf }), ...(mode && { mode }) };
    return readSnapshot(engine, format, [bytes], request, source);
  });
  return { source, mode, fetch, ...(catalogue && { catalogue: async ({ signal } = {}) => catalogue({ signal }) }) };
}

async function ask(options: CustomOptions, customer: string, signal: AbortSignal): Promise<Uint8Array> {
  const { source, deadlineMs = DEADLINE_MS, maxBytes = MAX_BYTES } = options;
  const timer = withTimeout(deadlineMs, signal);
  const late = timer.done.then((): never => {
    if (signal.aborted) throw abortedBy(source);
    throw new UpstreamError('TIMEOUT', `${source} did not return within deadlineMs (${deadlineMs}).`, { source });
  });
  try {
    const answer = Promise.resolve(options.fetch(customer, { signal: timer.signal }));
    return await Promise.race([answer.then((body) => bytesOf(body, source, maxBytes)), late]);
  } catch (thrown) {
    if (thrown instanceof UpstreamError) throw thrown;
    const cause = safeCause(thrown, (text) => text);
    throw new UpstreamError('UPSTREAM_UNAVAILABLE', `${source} threw: ${cause.message}`, { source, cause });
  } finally {
    timer.clear();
  }
}

async function bytesOf(body: SnapshotBody, source: string, maxBytes: number): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (typeof Response === 'function' && body instanceof Response) {
    if (!body.ok) {
      const { status } = body;
      await body.body?.cancel();
      throw new UpstreamError('UPSTREAM_UNAVAILABLE', `${source} answered ${status}.`, { source, status });
    }
    const bytes = await readCapped(body, maxBytes);
    if (bytes) return bytes;
    throw new UpstreamError('RESPONSE_TOO_LARGE', `${source} sent more than maxBytes (${maxBytes}).`, { source });
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new TextEncoder().encode(text ?? '');
}
