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
          return expanded(call, handle(params, call), params.expand);
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

/** The core's refusal in Stripe's words; `names` are of its members, `under` is the parameter that holds them. */
export function refusal(
  { code, message, param }: BillingError,
  names: Readonly<Record<string, string>>,
  under?: string,
): StripeError {
  const stripeCode = CODES[code];
  const named = within(bracketed(param, names), under);
  return new StripeError(message, { ...(stripeCode && { code: stripeCode }), ...(named && { param: named }) });
}

/** `items[0].price` as Stripe writes it: `items[0][price]`. */
function bracketed(param: string, names: Readonly<Record<string, string>>): string {
  const [first = '', ...rest] = param.split('.');
  const [, name = '', index = ''] = /^([^[]*)(.*)$/.exec(first) ?? [];
  return (names[name] ?? name) + index + rest.map((part) => part.replace(/^([^[]*)/, '[$1]')).join('');
}

/** `currency` of `items[0][price_data]`: `items[0][price_data][currency]`. */
export function within(param: string, under: string | undefined): string {
  return under === undefined || param === '' ? param : `${under}${param.replace(/^([^[]*)/, '[$1]')}`;
}

const NOUNS: Partial<Record<keyof One, string>> = {
  attachment: 'product feature',
  activeEntitlement: 'active entitlement',
  clock: 'test clock',
};

/** How an object is looked for. */
interface FindOptions {
  /** The parameter that named it; `id` is the path's. */
  readonly param?: string;
  /** HTTP status when there is none: 404 for the path's own id, 400 for another parameter, unless told. */
  readonly status?: number;
  /** What is left of a deleted one will do. */
  readonly deleted?: boolean;
}

/** One object by its id. Throws StripeError resource_missing. */
export function find<Kind extends keyof One>(
  ledger: LedgerReader,
  kind: Kind,
  id: string,
  { param = 'id', status, deleted = false }: FindOptions = {},
): One[Kind] {
  try {
    const found = ledger.get(kind, id);
    if (deleted || !isDeleted(found)) return found;
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
  throw missing(NOUNS[kind] ?? kind, id, param, status);
}
