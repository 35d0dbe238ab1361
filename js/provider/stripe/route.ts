// One operation of Stripe's API: its path, its parameters, and what it does.

import type { BillingErrorCode, One } from '../../engine/billing.js';
import { BillingError, isDeleted, isNotFound } from '../ledger.js';
import type { LedgerReader } from '../ledger.js';
import type { Documents } from '../state/documents.js';
import type { Work } from '../state/work.js';
import type { EventOptions } from '../webhooks/stripe-events.js';
import { missing, StripeError } from './errors.js';
import { expanded } from './expand.js';
import type { Form } from './form.js';
import { readParams } from './params.js';
import type { Field, Params } from './params.js';
import type { Json } from './shapes.js';

/** What a handler has at hand. */
export interface Call {
  readonly work: Work;
  readonly ledger: LedgerReader;
  readonly documents: Documents;
  /** The provider's time, ms. */
  readonly now: number;
  /** Stripe-Version to answer in. */
  readonly version: string;
  /** A part of the path. */
  part(name: string): string;
  /** Writes an event, to be delivered when the request is kept. */
  emit(type: string, object: Json, options?: EventOptions): void;
}

/** What the app runs. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Checks the parameters (StripeError), and answers what runs inside a request. */
  prepare(form: Form): { run(call: Call): Json };
}

type Shape = Readonly<Record<string, Field<unknown>>>;

interface RouteOptions {
  /** The ledger's member names that Stripe calls otherwise: `{ feature: 'entitlement_feature' }`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** Describes an operation. */
export function route<S extends Shape>(
  method: Route['method'],
  path: string,
  shape: S,
  handle: (params: Params<S>, call: Call) => Json,
  { names = {} }: RouteOptions = {},
): Route {
  return {
    method,
    path,
    prepare(form) {
      const params = readParams(shape, form);
      const run = (call: Call): Json => {
        try {
          return expanded(call.ledger, handle(params, call), params.expand);
        } catch (thrown) {
          throw thrown instanceof BillingError ? refusal(thrown, names) : thrown;
        }
      };
      return { run };
    },
  };
}

const CODES: Partial<Record<BillingErrorCode, string>> = {
  KEY_TAKEN: 'resource_already_exists',
  ID_TAKEN: 'resource_already_exists',
  ALREADY_ATTACHED: 'resource_already_exists',
  NOT_FOUND: 'resource_missing',
  MISSING_MEMBER: 'parameter_missing',
};

/** The core's refusal in Stripe's words. */
function refusal({ code, message, param }: BillingError, names: Readonly<Record<string, string>>): StripeError {
  const stripeCode = CODES[code];
  const named = bracketed(param, names);
  return new StripeError(message, { ...(stripeCode && { code: stripeCode }), ...(named && { param: named }) });
}

/** `items[0].price` as Stripe writes it: `items[0][price]`. */
function bracketed(param: string, names: Readonly<Record<string, string>>): string {
  const [first = '', ...rest] = param.split('.');
  const [, name = '', index = ''] = /^([^[]*)(.*)$/.exec(first) ?? [];
  return (names[name] ?? name) + index + rest.map((part) => part.replace(/^([^[]*)/, '[$1]')).join('');
}

const NOUNS: Partial<Record<keyof One, string>> = {
  attachment: 'product feature',
  activeEntitlement: 'active entitlement',
  clock: 'test clock',
};

/** One object by the id in the path (404 when there is none) or in a parameter (400). */
export function find<Kind extends keyof One>(
  ledger: LedgerReader,
  kind: Kind,
  id: string,
  param = 'id',
  status?: number,
): One[Kind] {
  try {
    return ledger.get(kind, id);
  } catch (thrown) {
    throw isNotFound(thrown) ? missing(NOUNS[kind] ?? kind, id, param, status) : thrown;
  }
}

/** As find; what was deleted is not there. */
export function findAlive<Kind extends keyof One>(
  ledger: LedgerReader,
  kind: Kind,
  id: string,
  param = 'id',
  status?: number,
): One[Kind] {
  const found = find(ledger, kind, id, param, status);
  if (isDeleted(found)) throw missing(NOUNS[kind] ?? kind, id, param, status);
  return found;
}
