// The client's errors. Their codes (NETWORK_ERROR, TIMEOUT, HTTP_STATUS, ...) are documented in ../engine/errors.ts,
// beside the class that the engine throws too.
import { messageOf, PlangateError } from '../engine/errors.js';
import type { PlangateErrorCode } from '../engine/errors.js';

export { messageOf, PlangateError };

/** What was thrown, as one of our errors: with this code unless it has one. */
export const asError = (code: PlangateErrorCode, cause: unknown): PlangateError =>
  cause instanceof PlangateError ? cause : new PlangateError(code, messageOf(cause), { cause });

/** A wrong option of createPlangate or setCustomer. */
export const invalidOption = (name: string, expected: string): PlangateError =>
  new PlangateError('INVALID_OPTION', `${name}: expected ${expected}`, { pointer: `/${name}` });

export function refuse(name: string, expected: string): never {
  throw invalidOption(name, expected);
}

const SECRET = /(^|[^a-z0-9])[sr]k_/i;

/** Refuses a secret key anywhere in the value: whatever a browser sends, its user can read. */
export function refuseSecrets(name: string, value: unknown): void {
  // As JSON an address, a text and an object of headers are all searched the same way.
  if (SECRET.test(JSON.stringify(value))) throw new PlangateError('SECRET_KEY_IN_CLIENT', `secret key in ${name}`);
}
