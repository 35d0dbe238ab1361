// Stripe's errors: {"error": {type, code?, message, param?}} with the HTTP status its clients map to classes.

/** The `type` of an error body. */
export type StripeErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** What an error tells besides its message. */
export interface StripeErrorDetails {
  /** HTTP status; 400 unless told. */
  readonly status?: number;
  readonly type?: StripeErrorType;
  /** Stripe's machine readable code, e.g. `resource_missing`. */
  readonly code?: string;
  /** The parameter at fault, in bracket notation: `items[0][price]`. */
  readonly param?: string;
}

/** A request that is refused. Thrown by handlers, answered by the app. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: StripeErrorType;
  readonly code: string | undefined;
  readonly param: string | undefined;

  constructor(message: string, { status = 400, type = 'invalid_request_error', code, param }: StripeErrorDetails = {}) {
    super(message);
    this.name = 'StripeError';
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** The body of the answer. */
  body(): object {
    const { type, code, message, param } = this;
    return { error: { ...(code && { code }), message, ...(param && { param }), type } };
  }
}

/** An id in the path or a parameter that names nothing: 404 for the path's own, 400 for a parameter. */
export function missing(noun: string, id: string, param = 'id', status = param === 'id' ? 404 : 400): StripeError {
  return new StripeError(`No such ${noun}: '${id}'`, { status, code: 'resource_missing', param });
}

/** A parameter of the wrong form. */
export function invalid(message: string, param: string, code?: string): StripeError {
  return new StripeError(message, code === undefined ? { param } : { param, code });
}
