// Typed errors of the server.

/**
 * What a server cannot do.
 *
 * - `UNAVAILABLE`: nothing is known of this customer now: the billing system or the store cannot be asked. Try again.
 * - `UNKNOWN_CUSTOMER`: the billing system does not know this customer.
 * - `BUSY`: too many customers wait to be fetched already.
 * - `INVALID_OPTION`: the call is wrong.
 * - `CLOSED`: the server was closed.
 */
export type ServerErrorCode = 'UNAVAILABLE' | 'UNKNOWN_CUSTOMER' | 'BUSY' | 'INVALID_OPTION' | 'CLOSED';

/** Every error that a server throws itself; `cause` is the upstream's, store's or engine's own. */
export class ServerError extends Error {
  override readonly name = 'ServerError';

  constructor(
    readonly code: ServerErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** True for a ServerError with this code, also across two copies of the package. */
export function isServerError(error: unknown, code?: ServerErrorCode): error is ServerError {
  return (
    error instanceof Error &&
    error.name === 'ServerError' &&
    (code === undefined || (error as ServerError).code === code)
  );
}
