// Typed errors of webhook verification.

/**
 * Why a delivery was not believed.
 *
 * - `MISSING_SIGNATURE`: the header is absent or empty. `MALFORMED_SIGNATURE`: it cannot be read.
 * - `WRONG_SIGNATURE`: no signature matches: another secret, or not the raw body.
 * - `TOO_OLD`: older than the tolerance. `TOO_NEW`: too far in the future.
 * - `EMPTY_BODY`, `BODY_TOO_LARGE`: nothing, or too much, was sent.
 * - `INVALID_EVENT`: rightly signed, but no event; `cause` is the core's error.
 * - `INVALID_OPTION`: the receiver was set up wrongly.
 */
export type WebhookErrorCode =
  | 'MISSING_SIGNATURE'
  | 'MALFORMED_SIGNATURE'
  | 'WRONG_SIGNATURE'
  | 'TOO_OLD'
  | 'TOO_NEW'
  | 'EMPTY_BODY'
  | 'BODY_TOO_LARGE'
  | 'INVALID_EVENT'
  | 'INVALID_OPTION';

/** Every error of webhook verification. The message says what to do; it never holds a secret or a right signature. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';

  constructor(
    readonly code: WebhookErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** True for a WebhookError with this code, also across two copies of the package. */
export function isWebhookError(error: unknown, code?: WebhookErrorCode): error is WebhookError {
  return (
    error instanceof Error &&
    error.name === 'WebhookError' &&
    (code === undefined || (error as WebhookError).code === code)
  );
}
