// `expand`: objects in the place of their ids, along paths such as `data.items.data.price.product`.

import type { LedgerReader } from '../ledger.js';
import { StripeError } from './errors.js';
import { page } from './list.js';
import { customer, feature, price, product, testClock } from './shapes.js';
import type { Json } from './shapes.js';
import { subscription } from './subscription-shape.js';

const MAX_DEPTH = 4;

/** What an answer is expanded with. */
interface Source {
  readonly ledger: LedgerReader;
  /** Stripe-Version to answer in. */
  readonly version: string;
}

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

/** Members that an answer has only when they are asked for, by kind of object; made from the object's id. */
const INCLUDABLE: Readonly<Record<string, Readonly<Record<string, (source: Source, id: string) => Json>>>> = {
  customer: {
    subscriptions: ({ ledger, version }, id) =>
      page(ledger, 'subscriptions', { customer: id }, {}, `/v1/customers/${id}/subscriptions`, (row) =>
        subscription(ledger, row, version),
      ),
  },
};

/** By kind of object: its members that are ids, and what they are ids of. */
const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  customer: {
    cash_balance: NEVER,
    default_source: NEVER,
    invoice_credit_balance: NEVER,
    sources: NEVER,
    tax: NEVER,
    tax_ids: NEVER,
    test_clock: READERS.clock,
  },
  'entitlements.active_entitlement': { feature: READERS.feature },
  plan: { product: READERS.product },
  price: { currency_options: NEVER, product: READERS.product, tiers: NEVER },
  product: { default_price: READERS.price },
  subscription: {
    customer: READERS.customer,
    application: NEVER,
    default_payment_method: NEVER,
    default_source: NEVER,
    latest_invoice: NEVER,
    on_behalf_of: NEVER,
    pending_setup_intent: NEVER,
    schedule: NEVER,
    test_clock: READERS.clock,
  },
};

/** An answer with everything expanded that is asked for. Throws StripeError for what cannot be. */
export function expanded(source: Source, answer: Json, paths: readonly string[]): Json {
  return paths.reduce<Json>((body, path) => {
    const parts = path.split('.');
    const depth = parts.filter((part) => part !== 'data').length;
    if (depth > MAX_DEPTH) throw refused(path, `You cannot expand more than ${MAX_DEPTH} levels of a property`);
    return expandIn(source, body, parts, path);
  }, answer);
}

function refused(path: string, why = 'This property cannot be expanded'): StripeError {
  return new StripeError(`${why} (${path}).`, { param: 'expand' });
}

function ownOf<T>(
  members: Readonly<Record<string, Readonly<Record<string, T>>>>,
  value: Json,
  name: string,
): T | undefined {
  const own = members[String(value['object'])] ?? {};
  return Object.hasOwn(own, name) ? own[name] : undefined;
}

function expandIn(source: Source, value: Json, [name, ...rest]: readonly string[], path: string): Json {
  if (name === undefined) return value;
  const include = ownOf(INCLUDABLE, value, name);
  const there = Object.hasOwn(value, name) ? value[name] : undefined;
  const member = there === undefined && include && !('deleted' in value) ? include(source, String(value['id'])) : there;
  if (Array.isArray(member)) {
    return { ...value, [name]: member.map((each: Json) => expandIn(source, each, rest, path)) };
  }
  if (typeof member === 'object' && member !== null) {
    // What is in the answer anyway: there is nothing to do at the end of the path, and more to do along it.
    return { ...value, [name]: expandIn(source, member as Json, rest, path) };
  }
  const reader = ownOf(EXPANDABLE, value, name);
  if (!reader && !include) throw refused(path);
  return typeof member === 'string' && reader
    ? { ...value, [name]: expandIn(source, reader(source.ledger, member), rest, path) }
    : value;
}
