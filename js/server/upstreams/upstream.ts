// What every upstream is: a source of whole lists.

import type { Format, SnapshotInfo, Warning } from '../../engine/types.js';
import type { EngineProvider, ServerEngine, ServerLoadRequest } from './engine-port.js';
import { engineOf, isPlangateError } from './engine-port.js';
import { UpstreamError } from './errors.js';
import { SingleFlight } from './single-flight.js';

/** One customer's whole list, as it was fetched. */
export interface FetchedSnapshot extends SnapshotInfo {
  /** plangate's snapshot JSON (docs/wire-format.md). */
  readonly json: string;
  /** Rows that were closed or dropped; empty for a clean list. */
  readonly warnings: readonly Warning[];
}

/** How one fetch is done. */
export interface FetchOptions {
  /** Lets this caller go. The requests stop when nobody waits for them any more. */
  readonly signal?: AbortSignal;
  /**
   * Do not join a fetch that is already under way: it may have read the list as it was before. Set it after a webhook or a
   * checkout. Fresh callers share one fetch that starts as soon as the running one ends.
   */
  readonly fresh?: boolean;
}

/** A billing system to read from. */
export interface Upstream {
  /** Names the source in snapshots, stores and errors: `stripe`, `paygentic`, or your own word. */
  readonly source: string;
  /** Whose data it reads, where that is known before the first answer. */
  readonly mode?: 'live' | 'test' | undefined;
  /** The customer's whole list, or an UpstreamError: never a part of it, never another customer's. */
  fetch(customer: string, options?: FetchOptions): Promise<FetchedSnapshot>;
  /** plangate's catalogue JSON, for unlocks; absent where the billing system has none we read. */
  catalogue?(options?: Pick<FetchOptions, 'signal'>): Promise<string>;
}

/** Options that all upstreams share. */
export interface UpstreamOptions {
  /** Default: the engine of the `plangate/server` entry. */
  readonly engine?: EngineProvider;
}

/** The error of a caller that gave up. */
export const abortedBy = (source: string): UpstreamError =>
  new UpstreamError('ABORTED', `${source} request was given up by its caller.`, { source });

/** Fetches one customer's list and reads it with the engine. */
export type ListTask = (customer: string, engine: ServerEngine, signal: AbortSignal) => Promise<FetchedSnapshot>;

/** The `fetch` of an upstream: checks the customer, shares one flight per customer. */
export function fetcherOf(source: string, engine: EngineProvider | undefined, task: ListTask): Upstream['fetch'] {
  const flights = new SingleFlight<FetchedSnapshot>(() => abortedBy(source));
  return async (customer, { signal, fresh } = {}) => {
    if (typeof customer !== 'string' || customer === '') {
      throw new UpstreamError('INVALID_OPTION', `${source}: the customer must be a non-empty string.`, { source });
    }
    const whole = async (inner: AbortSignal): Promise<FetchedSnapshot> => {
      const ready = await engineOf(engine);
      // Everybody has left meanwhile: a task that begins now would not hear of it.
      if (inner.aborted) throw abortedBy(source);
      return task(customer, ready, inner);
    };
    return flights.run(customer, whole, { signal, fresh });
  };
}

/**
 * Reads a whole list with the core and gives it back as plangate's own JSON. What the core refuses becomes an
 * UpstreamError with the core's error as its cause.
 */
export function readSnapshot(
  engine: ServerEngine,
  format: Format,
  pages: readonly Uint8Array[],
  request: ServerLoadRequest,
  source: string,
): FetchedSnapshot {
  return refusing(source, () => {
    const handle = engine.load(format, pages, request);
    return takeOut(engine, handle, engine.warnings());
  });
}

/** Copies a held snapshot out of the engine and releases it. */
export function takeOut(engine: ServerEngine, handle: number, warnings: readonly Warning[]): FetchedSnapshot {
  try {
    const info = engine.info(handle);
    if (!info) throw new TypeError('The engine let go of a snapshot it had just read.');
    return Object.freeze({ ...info, json: engine.encode(handle), warnings });
  } finally {
    engine.release(handle);
  }
}

/** Runs a question to the core; its refusals become UpstreamErrors. */
export function refusing<T>(source: string, question: () => T): T {
  try {
    return question();
  } catch (thrown) {
    throw isPlangateError(thrown) ? refusal(source, thrown) : thrown;
  }
}

function refusal(source: string, cause: Error & { code: string }): UpstreamError {
  const code = cause.code === 'INCOMPLETE_LIST' ? 'INCOMPLETE_LIST' : 'INVALID_RESPONSE';
  return new UpstreamError(code, `${source} answered with a list that was refused (${cause.code}): ${cause.message}`, {
    source,
    cause,
  });
}

/** Checks and normalises a base URL: the key goes there, so it must be https, this machine, or expressly allowed. */
export function baseUrlOf(source: string, given: string, allowHttp: boolean): string {
  const fail = (why: string): never => {
    throw new UpstreamError('INVALID_OPTION', `${source}: baseUrl ${why}.`, { source });
  };
  const url = URL.canParse(given) ? new URL(given) : fail('must be an absolute URL');
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && (local || allowHttp))) {
    fail('must begin with https: the key would travel in the clear. Set allowHttp for a network you trust');
  }
  if (url.username || url.password) fail('must not hold credentials; use apiKey');
  if (url.search || url.hash) fail('must not have a query or fragment');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Checks a key without ever repeating it: a stray line break would otherwise surface it in the runtime's own error. */
export function checkKey(source: string, apiKey: string): string {
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    const message = `${source}: apiKey must be a non-empty string without spaces or line breaks. Check the environment variable.`;
    throw new UpstreamError('INVALID_OPTION', message, { source });
  }
  return apiKey;
}
