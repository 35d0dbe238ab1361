// What can go wrong with a provider itself, as opposed to a request that it refuses.

/** Why a provider cannot go on. */
export type ProviderErrorCode =
  /** The file is another program's, or of a newer plangate. */
  | 'STATE_UNREADABLE'
  /** Another provider has the file open. */
  | 'STATE_IN_USE'
  /** The file could not be written: nothing was acknowledged. */
  | 'STATE_UNAVAILABLE'
  /** A seed that cannot be applied: the message says where. */
  | 'INVALID_SEED'
  /** An option of the wrong form. */
  | 'INVALID_OPTION'
  /** The rules' engine stopped; the provider makes a new one from its journal. */
  | 'ENGINE_FAILED';

/** Thrown by `createProvider` and its object; `message` says what to do. */
export class ProviderError extends Error {
  readonly code: ProviderErrorCode;

  constructor(code: ProviderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProviderError';
    this.code = code;
  }
}

/** An option or control request of the wrong form. */
export function invalidOption(message: string): ProviderError {
  return new ProviderError('INVALID_OPTION', message);
}
