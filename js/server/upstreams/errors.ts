// Typed errors of the upstreams. An upstream answers with a customer's whole list, or throws one of these.

/**
 * What went wrong between us and a billing system.
 *
 * - `UNAUTHORIZED`: the key was refused (401). `FORBIDDEN`: the key may not read this (403). Neither says anything about
 *   the customer: what is cached stays valid.
 * - `NOT_FOUND`: the billing system does not know this customer or object (404).
 * - `REQUEST_REFUSED`: another 4xx; trying again does not help.
 * - `RATE_LIMITED`: still 429 after the retries, or its Retry-After lies beyond the deadline.
 * - `UPSTREAM_UNAVAILABLE`: still 5xx or 409 after the retries.
 * - `CONNECTION_FAILED`: no connection, or it broke off, after the retries.
 * - `TIMEOUT`: the total deadline passed.
 * - `ABORTED`: the caller's AbortSignal fired.
 * - `REDIRECTED`: the answer was a redirect; following it could hand the key to another host.
 * - `RESPONSE_TOO_LARGE`: more (decompressed) bytes than `maxBytes`.
 * - `INVALID_RESPONSE`: a 2xx whose body is not what the format says; `cause` is the core's error.
 * - `REPEATED_CURSOR`: the pages go round in a circle.
 * - `INCOMPLETE_LIST`: the pages never added up to a whole list.
 * - `TOO_MANY_PAGES`: more pages than any real list has.
 * - `INVALID_OPTION`: the upstream was set up wrongly; the message says which option.
 */
export type UpstreamErrorCode =
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'REQUEST_REFUSED'
  | 'RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'CONNECTION_FAILED'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'REDIRECTED'
  | 'RESPONSE_TOO_LARGE'
  | 'INVALID_RESPONSE'
  | 'REPEATED_CURSOR'
  | 'INCOMPLETE_LIST'
  | 'TOO_MANY_PAGES'
  | 'INVALID_OPTION';

/** Where and why, as far as it is known. Never holds a key. */
export interface UpstreamErrorDetails {
  /** The upstream's name, e.g. `stripe`. */
  readonly source?: string;
  /** HTTP status of the last answer. */
  readonly status?: number;
  /** The billing system's id of the last request: quote it to their support. */
  readonly requestId?: string;
  /** How many times the request was sent. */
  readonly attempts?: number;
  /** How long the billing system asked us to wait, ms. */
  readonly retryAfterMs?: number;
  /** What was caught; free of keys. */
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<UpstreamErrorCode> = new Set<UpstreamErrorCode>([
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'CONNECTION_FAILED',
  'TIMEOUT',
  'INVALID_RESPONSE',
  'REPEATED_CURSOR',
  'INCOMPLETE_LIST',
]);

/** Every error an upstream throws. The message says what to do. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly source?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly attempts?: number;
  readonly retryAfterMs?: number;

  constructor(
    readonly code: UpstreamErrorCode,
    message: string,
    { cause, ...details }: UpstreamErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, details);
  }

  /** Whether the same call may succeed later without anyone changing anything. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** True for an UpstreamError with this code, also across two copies of the package. */
export function isUpstreamError(error: unknown, code?: UpstreamErrorCode): error is UpstreamError {
  return (
    error instanceof Error &&
    error.name === 'UpstreamError' &&
    (code === undefined || (error as UpstreamError).code === code)
  );
}

/** Makes a function that takes secrets out of text that came from elsewhere. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length > 0);
  return (text) => known.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

/**
 * A caught error, as it may be shown: name, code and message only. The original may hold the request with its
 * Authorization header, and is let go.
 */
export function safeCause(thrown: unknown, redact: (text: string) => string): Error {
  // fetch() wraps the real reason ("fetch failed") one level down.
  const inner = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = (inner as { code?: unknown } | null | undefined)?.code;
  const text = inner instanceof Error ? inner.message : String(inner);
  const safe = new Error(redact(typeof code === 'string' && !text.includes(code) ? `${code}: ${text}` : text));
  safe.name = inner instanceof Error ? inner.name : 'Error';
  delete safe.stack;
  return safe;
}
