// Bytes from a billing system over HTTP: retried, bounded in time and size, never redirected. Web standards only.

import { redactor, safeCause, UpstreamError } from './errors.js';
import type { UpstreamErrorCode } from './errors.js';
import { judgeAnswer, retryDelay } from './retry.js';
import { readCapped, withTimeout } from './streams.js';

/** How requests are sent; all optional where an upstream is made. */
export interface TransportOptions {
  /** Instead of the runtime's fetch. Must honour `redirect: 'manual'` and `signal`. */
  readonly fetch?: typeof fetch;
  /** Tries after the first; default 3. */
  readonly maxRetries?: number;
  /** One try, body included; default 10 s. */
  readonly attemptTimeoutMs?: number;
  /** The whole list with all its pages, tries and waits; default 30 s. */
  readonly deadlineMs?: number;
  /** Decompressed bytes of the whole list; default 8 MiB, what the core accepts. */
  readonly maxBytes?: number;
  /** First wait between two tries; default 500 ms. */
  readonly initialDelayMs?: number;
  /** Longest computed wait; default 8 s. */
  readonly maxDelayMs?: number;
  /** The clock, ms; for tests. */
  readonly now?: () => number;
  /** Jitter, in [0, 1); for tests. */
  readonly random?: () => number;
}

/** Where to, and as whom. */
export interface TransportTarget {
  /** The upstream's name, for errors. */
  readonly source: string;
  /** Scheme, host and maybe a path; no query. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must never show up in an error. */
  readonly secrets: readonly string[];
  /** The provider's own words in an error body, read by the core; empty: it has none. */
  readonly explain: (body: Uint8Array) => string;
}

/** A body that could not be read but may well be whole next time (cut off, or a proxy's HTML page). */
export class RetryableBody extends Error {}

const ERROR_BODY_BYTES = 64 * 1024;

const DEFAULTS = {
  maxRetries: 3,
  attemptTimeoutMs: 10_000,
  deadlineMs: 30_000,
  maxBytes: 8 * 1024 * 1024,
  initialDelayMs: 500,
  maxDelayMs: 8_000,
};

type Settings = Required<TransportOptions>;

/** What one try came to. */
type Outcome = { readonly body: Uint8Array } | { readonly error: UpstreamError; readonly retry: boolean };

/** Sends GET requests to one billing system. */
export class Transport {
  readonly #target: TransportTarget;
  readonly #settings: Settings;

  constructor(target: TransportTarget, options: TransportOptions = {}) {
    this.#target = target;
    this.#settings = settingsOf(options, target.source);
  }

  /** The transport's clock. */
  now(): number {
    return this.#settings.now();
  }

  /** Opens one list's worth of requests: one deadline and one byte budget for all of them. */
  session(signal?: AbortSignal, deadlineMs = this.#settings.deadlineMs): Session {
    return new Session(this.#target, { ...this.#settings, deadlineMs }, signal);
  }
}

/** The requests of one list. */
export class Session {
  readonly #target: TransportTarget;
  readonly #settings: Settings;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: number;
  readonly #redact: (text: string) => string;
  #bytesLeft: number;

  constructor(target: TransportTarget, settings: Settings, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#settings = settings;
    this.#signal = signal;
    this.#deadline = settings.now() + settings.deadlineMs;
    this.#bytesLeft = settings.maxBytes;
    this.#redact = redactor(target.secrets);
  }

  /**
   * Fetches `path` (with its query) and gives the body to `read`. Both are tried again where that may help: `read` throws
   * RetryableBody for a body that may be whole next time, anything else is final.
   */
  async get<T>(path: string, read: (body: Uint8Array) => T): Promise<{ readonly body: Uint8Array; readonly value: T }> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(path, attempt, read);
      if ('value' in outcome) return outcome;
      if (!outcome.retry || attempt > this.#settings.maxRetries) throw outcome.error;
      await this.#wait(attempt, outcome.error);
    }
  }

  async #attempt<T>(path: string, attempt: number, read: (body: Uint8Array) => T) {
    const outcome = await this.#send(path, attempt);
    if ('error' in outcome) return outcome;
    try {
      const value = read(outcome.body);
      this.#bytesLeft -= outcome.body.length;
      return { body: outcome.body, value };
    } catch (thrown) {
      if (!(thrown instanceof RetryableBody)) throw thrown;
      const error = this.#error('INVALID_RESPONSE', `answered 200 with a body that is not a list: ${thrown.message}`, {
        attempts: attempt,
        status: 200,
        cause: thrown.cause,
      });
      return { error, retry: true };
    }
  }

  async #send(path: string, attempt: number): Promise<Outcome> {
    const { attemptTimeoutMs, now } = this.#settings;
    if (this.#signal?.aborted) throw this.#aborted(attempt - 1);
    const left = this.#deadline - now();
    if (left <= 0) throw this.#late(attempt - 1);
    // Not the clock afterwards: timers may fire a moment before it.
    const isLast = left <= attemptTimeoutMs;
    const timer = withTimeout(Math.min(attemptTimeoutMs, left), this.#signal);
    try {
      return await this.#exchange(path, attempt, timer.signal);
    } catch (thrown) {
      if (thrown instanceof UpstreamError) return { error: thrown, retry: false };
      if (this.#signal?.aborted) throw this.#aborted(attempt);
      if (timer.expired() && isLast) throw this.#late(attempt);
      const what = timer.expired() ? `did not answer within ${attemptTimeoutMs} ms` : 'could not be reached';
      const error = this.#error(
        'CONNECTION_FAILED',
        `${what}. Check the network and the billing system's status page.`,
        {
          attempts: attempt,
          cause: safeCause(thrown, this.#redact),
        },
      );
      return { error, retry: true };
    } finally {
      timer.clear();
    }
  }

  async #exchange(path: string, attempt: number, signal: AbortSignal): Promise<Outcome> {
    const { baseUrl, headers } = this.#target;
    const response = await this.#settings.fetch(baseUrl + path, { headers, signal, redirect: 'manual' });
    // Browsers and some workers hide a redirect's status behind an opaque answer.
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel().catch(() => undefined);
      throw this.#redirected(response, attempt);
    }
    if (!response.ok) return this.#refusal(response, attempt);
    const body = await readCapped(response, this.#bytesLeft);
    if (!body) {
      throw this.#error('RESPONSE_TOO_LARGE', `sent more than maxBytes (${this.#settings.maxBytes}). Check baseUrl.`, {
        attempts: attempt,
        status: response.status,
        ...requestIdOf(response),
      });
    }
    return { body };
  }

  /** An answer that is no list: decides whether it is worth another try, and says what the provider said. */
  async #refusal(response: Response, attempt: number): Promise<Outcome> {
    const { status, headers } = response;
    const verdict = judgeAnswer(status, headers, this.#settings.now());
    // The status alone decides; a body that breaks off only costs the explanation.
    const body = await readCapped(response, ERROR_BODY_BYTES).catch(() => undefined);
    const [code, advice] = meaningOf(status);
    const said = body ? this.#redact(this.#target.explain(body)) : '';
    const error = this.#error(code, `answered ${status}. ${advice}${said && ` (${said})`}`, {
      attempts: attempt,
      status,
      ...requestIdOf(response),
      ...(verdict.retryAfterMs !== undefined && { retryAfterMs: verdict.retryAfterMs }),
    });
    return { error, retry: verdict.retry };
  }

  async #wait(attempt: number, error: UpstreamError): Promise<void> {
    const delay = retryDelay(attempt, error.retryAfterMs, this.#settings);
    // Waiting past the deadline would only turn a telling error into a TIMEOUT.
    if (this.#settings.now() + delay >= this.#deadline) throw error;
    const timer = withTimeout(delay, this.#signal);
    await timer.done;
    timer.clear();
    if (this.#signal?.aborted) throw this.#aborted(attempt);
  }

  #redirected(response: Response, attempts: number): UpstreamError {
    const message =
      'answered with a redirect, which is not followed because the key would go with it. Set baseUrl to the final address.';
    return this.#error('REDIRECTED', message, { attempts, status: response.status, ...requestIdOf(response) });
  }

  #aborted(attempts: number): UpstreamError {
    return this.#error('ABORTED', 'request was given up by its caller.', { attempts });
  }

  #late(attempts: number): UpstreamError {
    const { deadlineMs } = this.#settings;
    return this.#error(
      'TIMEOUT',
      `did not deliver the whole list within deadlineMs (${deadlineMs}). Try again later.`,
      {
        attempts,
      },
    );
  }

  #error(
    code: UpstreamErrorCode,
    message: string,
    details: ConstructorParameters<typeof UpstreamError>[2],
  ): UpstreamError {
    const { source } = this.#target;
    return new UpstreamError(code, `${source} ${message}`, { source, ...details });
  }
}

function requestIdOf({ headers }: Response): { requestId?: string } {
  const requestId = headers.get('request-id') ?? headers.get('x-request-id');
  return requestId ? { requestId } : {};
}

function meaningOf(status: number): readonly [UpstreamErrorCode, string] {
  if (status === 401) return ['UNAUTHORIZED', 'Check the API key. What is cached stays valid.'];
  if (status === 403) return ['FORBIDDEN', "Check the API key's rights. What is cached stays valid."];
  if (status === 404)
    return ['NOT_FOUND', 'Check the customer id and whether key and customer are both live or both test.'];
  if (status === 429) return ['RATE_LIMITED', 'Ask less often, or raise deadlineMs and maxRetries.'];
  if (status === 409 || status === 408 || status >= 500) return ['UPSTREAM_UNAVAILABLE', 'Try again later.'];
  return ['REQUEST_REFUSED', 'Check the customer id and the options of the upstream.'];
}

function settingsOf(options: TransportOptions, source: string): Settings {
  const settings = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    const value: unknown = options[name] ?? DEFAULTS[name];
    const least = name === 'maxRetries' || name === 'initialDelayMs' || name === 'maxDelayMs' ? 0 : 1;
    if (typeof value !== 'number' || !(value >= least)) {
      throw new UpstreamError('INVALID_OPTION', `${source}: ${name} must be a number, at least ${least}.`, { source });
    }
    settings[name] = value;
  }
  const { now = Date.now, random = Math.random } = options;
  // Some runtimes refuse fetch with another `this`; a fetch that is replaced later (tests, tracing) is still found.
  const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => globalThis.fetch(...request));
  return { ...settings, now, random, fetch: (...request) => send(...request) };
}
