// Answers of the routes: JSON, and errors as RFC 9457 problems. What went wrong inside is never told.

import { isServerError } from '../errors.js';

/** Members of every problem; `error` is from a closed list. */
export interface Problem {
  readonly status: number;
  /**
   * `UNAUTHENTICATED`, `PAYMENT_REQUIRED`, `FORBIDDEN`, `UNAVAILABLE`, `BUSY`, `UNKNOWN_CUSTOMER`, `NOT_FOUND`,
   * `METHOD_NOT_ALLOWED`, `BODY_TOO_LARGE`, `INTERNAL`.
   */
  readonly error: string;
  readonly title: string;
  readonly [member: string]: unknown;
}

type Headers = Readonly<Record<string, string>>;

const TITLES: Readonly<Record<number, string>> = {
  401: 'Sign in first.',
  402: 'Your plan does not include this.',
  403: 'Not allowed.',
  404: 'Not found.',
  405: 'Method not allowed.',
  413: 'The body is too large.',
  500: 'Something went wrong.',
  503: 'Try again in a moment.',
};

/** A problem's body. */
export function problemOf(status: number, error: string, more: Readonly<Record<string, unknown>> = {}): Problem {
  return { type: 'about:blank', status, title: TITLES[status] ?? 'Error', error, ...more };
}

/** A problem as an answer. Never cached: tomorrow's plan may differ. */
export function problem(
  status: number,
  error: string,
  more?: Readonly<Record<string, unknown>>,
  headers?: Headers,
): Response {
  return respond(problemOf(status, error, more), headers);
}

/** The same from its body. */
export function respond(body: Problem, headers: Headers = {}): Response {
  const retry: Record<string, string> = body.status === 503 ? { 'retry-after': '2' } : {};
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...retry, ...headers },
  });
}

/** A failure as a problem. */
export function failureOf(thrown: unknown): Problem {
  if (isServerError(thrown, 'UNKNOWN_CUSTOMER')) return problemOf(404, thrown.code);
  if (isServerError(thrown, 'INVALID_OPTION')) return problemOf(500, 'INTERNAL');
  if (isServerError(thrown)) return problemOf(503, thrown.code === 'BUSY' ? 'BUSY' : 'UNAVAILABLE');
  return problemOf(500, 'INTERNAL');
}

/** JSON, not cached. */
export function json(status: number, body: unknown, headers: Headers = {}): Response {
  const text = JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
