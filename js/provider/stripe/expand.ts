// `expand`: objects in the place of their ids, along paths such as `data.items.data.price.product`.

import type { LedgerReader } from '../ledger.js';
import { StripeError } from './errors.js';
import { customer, feature, price, product, testClock } from './shapes.js';
import type { Json } from './shapes.js';

const MAX_DEPTH = 4;

type Reader = (ledger: LedgerReader, id: string) => Json;

const READERS = {
  customer: (ledger, id) => customer(ledger.get('customer', id)),
  feature: (ledger, id) => feature(ledger.get('feature', id)),
  price: (ledger, id) => price(ledger.get('price', id)),
  product: (ledger, id) => product(ledger.get('product', id)),
  clock: (ledger, id) => testClock(ledger.get('clock', id)),
} satisfies Record<string, Reader>;

/** Never there: nobody pays here. They may be asked for, and stay null. */
const NEVER: Reader = (_ledger, id) => ({ id });

/** By kind of object: its members that are ids, and what they are ids of. */
const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  customer: { default_source: NEVER, test_clock: READERS.clock },
  'entitlements.active_entitlement': { feature: READERS.feature },
  plan: { product: READERS.product },
  price: { product: READERS.product },
  product: { default_price: READERS.price },
  subscription: {
    customer: READERS.customer,
    default_payment_method: NEVER,
    default_source: NEVER,
    latest_invoice: NEVER,
    pending_setup_intent: NEVER,
    schedule: NEVER,
    test_clock: READERS.clock,
  },
};

/** An answer with everything expanded that is asked for. Throws StripeError for what cannot be. */
export function expanded(ledger: LedgerReader, answer: Json, paths: readonly string[]): Json {
  return paths.reduce<Json>((body, path) => {
    const parts = path.split('.');
    const depth = parts.filter((part) => part !== 'data').length;
    if (depth > MAX_DEPTH) throw refused(path, `You cannot expand more than ${MAX_DEPTH} levels of a property`);
    return expandIn(ledger, body, parts, path);
  }, answer);
}

function refused(path: string, why = 'This property cannot be expanded'): StripeError {
  return new StripeError(`${why} (${path}).`, { param: 'expand' });
}

function expandIn(ledger: LedgerReader, value: Json, [name, ...rest]: readonly string[], path: string): Json {
  if (name === undefined) return value;
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  if (Array.isArray(member)) {
    return { ...value, [name]: member.map((each: Json) => expandIn(ledger, each, rest, path)) };
  }
  if (typeof member === 'object' && member !== null) {
    // What is in the answer anyway: there is nothing to do at the end of the path, and more to do along it.
    return { ...value, [name]: expandIn(ledger, member as Json, rest, path) };
  }
  const own = EXPANDABLE[String(value['object'])] ?? {};
  const reader = Object.hasOwn(own, name) ? own[name] : undefined;
  if (!reader) throw refused(path);
  return typeof member === 'string'
    ? { ...value, [name]: expandIn(ledger, reader(ledger, member), rest, path) }
    : value;
}
