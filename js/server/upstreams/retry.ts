// When a request is sent again, and after how long. Pure: time and chance are given.

/** The numbers of a backoff. */
export interface BackoffOptions {
  /** First wait, ms. */
  readonly initialDelayMs: number;
  /** No computed wait is longer, ms. A server's Retry-After may be. */
  readonly maxDelayMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** What an answer says about sending the request again. */
export interface RetryVerdict {
  readonly retry: boolean;
  /** The server's own word on how long to wait, ms. */
  readonly retryAfterMs?: number;
}

// More than this is not a wait but a refusal (and would overflow setTimeout, which then fires at once).
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a Retry-After header: seconds, or an HTTP date. Undefined when there is none or it is neither.
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_WAIT_MS);
  // Date.parse alone would take "-5" or "1.5.": an HTTP date begins with the weekday.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), LONGEST_WAIT_MS);
}

/**
 * Whether an answer is worth another try. Stripe's Stripe-Should-Retry is the last word where it is said; else 408, 409,
 * 429 and all 5xx are. Only for requests that change nothing (we only read).
 */
export function judgeAnswer(status: number, headers: Headers, now: number): RetryVerdict {
  const said = headers.get('stripe-should-retry');
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  const retry =
    said === 'true' || (said !== 'false' && (status === 408 || status === 409 || status === 429 || status >= 500));
  return { retry, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/**
 * How long to wait before try number `attempt + 1` (the first try is 1): exponential, capped, the upper half of it random
 * so that many clients do not return at the same moment; never less than the server asked for.
 */
export function retryDelay(attempt: number, retryAfterMs: number | undefined, options: BackoffOptions): number {
  const ceiling = Math.min(options.maxDelayMs, options.initialDelayMs * 2 ** (attempt - 1));
  const delay = ceiling * (0.5 + 0.5 * options.random());
  if (retryAfterMs === undefined) return delay;
  // Clients that were all told the same moment would meet again there.
  return Math.max(delay, retryAfterMs + options.initialDelayMs * options.random());
}
