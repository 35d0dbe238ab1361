// Paygentic's errors: {error, message, details?}, and {error: "validation_error", message, errors: [{field, message, code}]}.

import type { BillingErrorCode } from '../../engine/billing.js';
import { BillingError } from '../ledger.js';
import type { Issue } from '../http/shape.js';

/** A request that is refused. */
export class PaygenticError extends Error {
  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Its `error`: `not_found`, `conflict` … */
    readonly error: string,
    message: string,
    readonly issues?: readonly Issue[],
  ) {
    super(message);
    this.name = 'PaygenticError';
  }

  /** The body of the answer. */
  body(): object {
    const { error, message, issues } = this;
    return issues ? { error, message, errors: issues } : { error, message };
  }
}

export function notFound(what: string, id: string): PaygenticError {
  return new PaygenticError(404, 'not_found', `There is no ${what} '${id}'.`);
}

export function badRequest(message: string): PaygenticError {
  return new PaygenticError(400, 'bad_request', message);
}

/** Members or parameters that are wrong. */
export function invalidRequest(issues: readonly Issue[]): PaygenticError {
  const message = issues.map(({ field, message: what }) => `${field || 'body'}: ${what}`).join('; ');
  return new PaygenticError(400, 'validation_error', message, issues);
}

const STATUS: Partial<Record<BillingErrorCode, readonly [status: number, error: string]>> = {
  KEY_TAKEN: [409, 'conflict'],
  ID_TAKEN: [409, 'conflict'],
  ALREADY_ATTACHED: [409, 'conflict'],
  OBJECT_IN_USE: [409, 'conflict'],
  SUBSCRIPTION_ENDED: [409, 'conflict'],
  WRONG_STATE: [409, 'conflict'],
  NOT_FOUND: [404, 'not_found'],
};

/** Any failure as Paygentic would tell it. */
export function asPaygenticError(thrown: unknown): PaygenticError {
  if (thrown instanceof PaygenticError) return thrown;
  if (thrown instanceof BillingError) {
    const [status, error] = STATUS[thrown.code] ?? [400, 'bad_request'];
    return new PaygenticError(status, error, thrown.param ? `${thrown.message} (${thrown.param})` : thrown.message);
  }
  return new PaygenticError(500, 'internal_error', 'The provider could not do this. Nothing was changed; try again.');
}
