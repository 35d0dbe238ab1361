import type { ErrorCode } from './codes.generated.js';

/** Codes of the wrapper: what can go wrong around the rules. The core's own codes are in `ErrorCode`. */
export type WrapperErrorCode =
  /** The server could not be reached. */
  | 'NETWORK_ERROR'
  /** The answer did not arrive within `timeoutMs`. */
  | 'TIMEOUT'
  /** The server answered with a status other than 2xx; see `status`. */
  | 'HTTP_STATUS'
  /** The body is larger than `maxBytes`. */
  | 'BODY_TOO_LARGE'
  /** The request was given up: another customer, or dispose(). */
  | 'ABORTED'
  /** The WebAssembly engine could not be fetched or compiled. */
  | 'ENGINE_LOAD_FAILED'
  /** The second file of `plangate/live` could not be loaded: no stream and no refreshing until it is here. */
  | 'LIVE_LOAD_FAILED'
  /** The engine stopped in the middle of a call; it is replaced. */
  | 'ENGINE_FAILED'
  /** A secret key (`sk_`, `rk_`) is about to be used where customers can read it. */
  | 'SECRET_KEY_IN_CLIENT'
  /** The object was disposed before the call. */
  | 'DISPOSED'
  /** Development tools may not change answers in a production build. */
  | 'NOT_ALLOWED';

/** Every code an error of this package can have. */
export type PlangateErrorCode = ErrorCode | WrapperErrorCode;

/** Where and why, as far as it is known. */
export interface ErrorDetails {
  /** RFC 6901 JSON pointer to the offending value. */
  pointer?: string;
  /** Index of the page the error is in. */
  page?: number;
  /** Byte offset into the page, for syntax errors. */
  offset?: number;
  /** HTTP status, for HTTP_STATUS. */
  status?: number;
  /** HTTP_STATUS: the server asked to wait this long (ms); 0 or NaN: it did not say. */
  retryAfter?: number;
  /** What was caught. */
  cause?: unknown;
}

/** The one error class: `code` is from a closed list and ends the message; docs/client-errors.md says what to do. */
export class PlangateError extends Error {
  override readonly name = 'PlangateError';
  readonly code: PlangateErrorCode;
  declare readonly pointer?: string;
  declare readonly page?: number;
  declare readonly offset?: number;
  declare readonly status?: number;
  declare readonly retryAfter?: number;

  constructor(code: PlangateErrorCode, message: string, { cause, ...where }: ErrorDetails = {}) {
    super(`${message} (${code})`, cause === undefined ? undefined : { cause });
    this.code = code;
    Object.assign(this, where);
  }
}

/** Text of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
