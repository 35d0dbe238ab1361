// One operation of Paygentic's API.

import type { One, PageRequest } from '../../engine/billing.js';
import type { Issue, Kind } from '../http/shape.js';
import { isDeleted, isNotFound } from '../ledger.js';
import type { PaygenticVersion } from '../options.js';
import type { Work } from '../state/work.js';
import { badRequest, invalidRequest, notFound } from './errors.js';
import type { Json } from './shapes.js';

/** What a handler has at hand. */
export interface Call {
  readonly work: Work;
  /** The published version to answer in. */
  readonly version: PaygenticVersion;
  /** Whose catalogue this is: there is one merchant. */
  readonly merchantId: string;
  part(name: string): string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Of a request that was done. */
  readonly status: number;
  /** What the request brings: its body, or the query of a GET and DELETE. Throws PaygenticError. */
  prepare(given: unknown): { run(call: Call): Json | null };
}

/** Describes an operation. `shape` is of the body, or of the query's parameters (texts). */
export function route<T>(
  method: Route['method'],
  path: string,
  shape: Kind<T>,
  handle: (given: T, call: Call) => Json | null,
  status = method === 'POST' ? 201 : 200,
): Route {
  return {
    method,
    path,
    status,
    prepare(given) {
      const issues: Issue[] = [];
      const read = shape.read(given, '', issues);
      if (issues.length > 0) throw invalidRequest(issues);
      return { run: (call) => forMerchant(method, read as object, call) ?? handle(read, call) };
    },
  };
}

/** The answer to a request about another merchant than the one there is: its lists are empty, and nothing is made for it. */
function forMerchant(method: Route['method'], read: MerchantRequest, { merchantId }: Call): Json | undefined {
  if (read.merchantId === undefined || read.merchantId === merchantId) return undefined;
  if (method !== 'GET')
    throw badRequest(`There is one merchant here, '${merchantId}': give it as merchantId, or none.`);
  const { limit, offset } = pageOf(read);
  return listOf([], limit, offset, 0);
}

interface MerchantRequest extends Paged {
  readonly merchantId?: string | undefined;
}

const NOUNS: Partial<Record<keyof One, string>> = { clock: 'test clock' };

/** One object that is there; 404 otherwise. */
export function find<K extends keyof One>({ work }: Call, kind: K, id: string, at?: number): One[K] {
  try {
    const found = work.ledger.get(kind, id, at);
    if (!isDeleted(found)) return found;
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
  throw notFound(NOUNS[kind] ?? kind, id);
}

/** Text of a whole number within bounds, as queries bring it. */
function wholeText(min: number, max: number): Kind<number> {
  return {
    read(value, field, issues) {
      const number = Number(value);
      if (typeof value !== 'string' || !/^\d+$/.test(value) || number < min || number > max) {
        issues.push({ field, code: 'invalid', message: `a whole number from ${min} to ${max} is wanted` });
      }
      return number;
    },
  };
}

export const limitText = wholeText(1, 100);
export const offsetText = wholeText(0, Number.MAX_SAFE_INTEGER);

const DEFAULT_LIMIT = 10;

interface Paged {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** The page that a query asks for. */
export function pageOf({ limit = DEFAULT_LIMIT, offset = 0 }: Paged): PageRequest & {
  readonly limit: number;
  readonly offset: number;
} {
  return { limit, offset };
}

/** Paygentic's list. */
export function listOf(data: readonly Json[], limit: number, offset: number, total: number): Json {
  return { object: 'list', data, pagination: { limit, offset, total } };
}
