// Typed errors of the stores.

/**
 * What went wrong in a store.
 *
 * - `STORE_UNAVAILABLE`: the store cannot be reached, or is too busy. Nothing is known to be kept; trying again may help.
 * - `STORE_CONFLICT`: an idempotency key was used before, for something else.
 * - `SCHEMA_TOO_NEW`: the data was written by a later version of plangate; this one does not touch it.
 * - `DRIVER_MISSING`: the optional driver package for this store is not installed.
 * - `INVALID_ARGUMENT`: the call is wrong; trying again does not help.
 * - `STORE_CLOSED`: the store was used after `close()`.
 * - `STORE_FAILED`: the store refused for a reason that trying again does not cure (rights, damaged file, full disk quota).
 */
export type StoreErrorCode =
  | 'STORE_UNAVAILABLE'
  | 'STORE_CONFLICT'
  | 'SCHEMA_TOO_NEW'
  | 'DRIVER_MISSING'
  | 'INVALID_ARGUMENT'
  | 'STORE_CLOSED'
  | 'STORE_FAILED';

/** Every error a store throws. `cause` holds the driver's own error. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code === 'STORE_UNAVAILABLE';
  }
}

/** True for a StoreError with this code, also across two copies of the package. */
export function isStoreError(error: unknown, code?: StoreErrorCode): error is StoreError {
  return (
    error instanceof Error && error.name === 'StoreError' && (code === undefined || (error as StoreError).code === code)
  );
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
