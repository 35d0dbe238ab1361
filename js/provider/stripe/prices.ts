// /v1/prices, and prices that are made on the way.

import type { Interval, Price, Product } from '../../engine/billing.js';
import { BillingError } from '../ledger.js';
import { keptData, present } from './data.js';
import { invalid } from './errors.js';
import { listOf, page } from './list.js';
import {
  decimal,
  flag,
  integer,
  list,
  metadata,
  nested,
  oneOf,
  paging,
  range,
  required,
  text,
  unavailable,
  unset,
} from './params.js';
import type { MetadataChange } from './params.js';
import { find, refusal, route, within } from './route.js';
import type { Call, Route } from './route.js';
import { price, product } from './shapes.js';

const PRICES = '/v1/prices';

const INTERVALS = oneOf('day', 'week', 'month', 'year');

const recurring = nested({
  interval: required(INTERVALS),
  interval_count: integer({ min: 1 }),
  usage_type: oneOf('licensed'),
  meter: unavailable,
  trial_period_days: unavailable,
});

/** What a price says about money and time, however it is made. */
export const amounts = {
  currency: required(text({ max: 3 })),
  unit_amount: integer(),
  unit_amount_decimal: decimal,
  recurring,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  custom_unit_amount: unavailable,
  currency_options: unavailable,
};

interface Amounts {
  readonly currency: string;
  readonly unit_amount?: number | undefined;
  readonly unit_amount_decimal?: number | undefined;
  readonly recurring?: { readonly interval: Interval; readonly interval_count?: number | undefined } | undefined;
  readonly tax_behavior?: string | undefined;
  readonly metadata?: MetadataChange | undefined;
}

/** The ledger's members of a price. Amounts are in the currency's smallest unit. */
function amountOf(
  { currency, unit_amount: whole, unit_amount_decimal: exact, recurring: every }: Amounts,
  under: string | undefined,
): { currency: string; unitAmount: number; interval?: Interval; intervalCount?: number } {
  const unitAmount = whole ?? exact;
  if (unitAmount === undefined) {
    throw invalid(
      'A price needs unit_amount or unit_amount_decimal.',
      within('unit_amount', under),
      'parameter_missing',
    );
  }
  if (whole !== undefined && exact !== undefined) {
    throw invalid('Give unit_amount or unit_amount_decimal, not both.', within('unit_amount_decimal', under));
  }
  return {
    currency: currency.toLowerCase(),
    unitAmount,
    ...(every && { interval: every.interval, intervalCount: every.interval_count ?? 1 }),
  };
}

/** The ledger's names of a price's members, as Stripe calls them. */
const NAMES = {
  unitAmount: 'unit_amount',
  interval: 'recurring[interval]',
  intervalCount: 'recurring[interval_count]',
  key: 'lookup_key',
  transferKey: 'transfer_lookup_key',
};

interface PriceOptions {
  /** Only prices that are made by themselves have these. */
  readonly own?: {
    readonly active?: boolean | undefined;
    readonly key?: string | undefined;
    readonly transferKey?: boolean | undefined;
    readonly nickname?: string | undefined;
  };
  /** The parameter that holds the price's data, for errors. */
  readonly under?: string;
}

/** Makes a price for a product, and its event. Throws StripeError naming the parameter. */
export function createPrice(
  { work, emit }: Pick<Call, 'work' | 'emit'>,
  of: string,
  given: Amounts,
  { own: { nickname, ...own } = {}, under }: PriceOptions = {},
): Price {
  try {
    const made = work.do<Price>({
      do: 'price.create',
      id: work.ids.make('price'),
      product: of,
      ...amountOf(given, under),
      ...present(own),
      ...(given.metadata && { metadata: given.metadata }),
      ...keptData({ nickname, tax_behavior: given.tax_behavior }),
    });
    emit('price.created', price(made));
    return made;
  } catch (thrown) {
    throw thrown instanceof BillingError ? refusal(thrown, NAMES, under) : thrown;
  }
}

export const priceRoutes: readonly Route[] = [
  route(
    'POST',
    PRICES,
    {
      ...amounts,
      product: text(),
      product_data: nested({ name: required(text()), id: text(), active: flag, metadata, unit_label: text() }),
      active: flag,
      billing_scheme: oneOf('per_unit'),
      lookup_key: text({ max: 200 }),
      transfer_lookup_key: flag,
      nickname: text(),
      metadata,
      tiers: unavailable,
      tiers_mode: unavailable,
      transform_quantity: unavailable,
    },
    (params, call) => {
      const { lookup_key: key, transfer_lookup_key: transferKey, nickname, active } = params;
      const of = params.product ?? productFor(params.product_data, call);
      return price(createPrice(call, of, params, { own: { key, transferKey, nickname, active } }));
    },
  ),
  route(
    'GET',
    PRICES,
    {
      ...paging,
      product: text(),
      active: flag,
      currency: text(),
      type: oneOf('one_time', 'recurring'),
      lookup_keys: list(text(), { max: 10 }),
      created: range,
      recurring: nested({ interval: INTERVALS, usage_type: oneOf('licensed', 'metered'), meter: text() }),
    },
    (params, { ledger }) => {
      const { product: of, active, currency, type, lookup_keys: keys, created, recurring: every, ...cursors } = params;
      // Metered prices are not simulated: there are none.
      if (every?.usage_type === 'metered' || every?.meter !== undefined) return listOf(PRICES, [], false);
      const filters = {
        product: of,
        active,
        currency: currency?.toLowerCase(),
        created,
        keys,
        recurring: type === undefined ? every && true : type === 'recurring',
        interval: every?.interval,
      };
      return page(ledger, 'prices', filters, cursors, PRICES, price);
    },
  ),
  route('GET', `${PRICES}/:id`, {}, (_, { ledger, part }) => price(find(ledger, 'price', part('id')))),
  route(
    'POST',
    `${PRICES}/:id`,
    {
      active: flag,
      metadata,
      nickname: unset(text()),
      lookup_key: unset(text({ max: 200 })),
      transfer_lookup_key: flag,
      tax_behavior: amounts.tax_behavior,
      currency_options: unavailable,
    },
    (params, { ledger, part, work, emit }) => {
      const before = find(ledger, 'price', part('id'));
      const {
        active,
        metadata: own,
        nickname,
        lookup_key: key,
        transfer_lookup_key: transferKey,
        tax_behavior,
      } = params;
      const after = work.do<Price>({
        do: 'price.update',
        id: before.id,
        ...present({ active, metadata: own, key, transferKey }),
        ...keptData({ nickname, tax_behavior }),
      });
      emit('price.updated', price(after), { before: price(before) });
      return price(after);
    },
    { names: NAMES },
  ),
];

interface GivenProduct {
  readonly name: string;
  readonly id?: string | undefined;
  readonly active?: boolean | undefined;
  readonly metadata?: MetadataChange | undefined;
  readonly unit_label?: string | undefined;
}

function productFor(given: GivenProduct | undefined, { work, emit }: Call): string {
  if (!given) throw invalid('A price needs product or product_data.', 'product', 'parameter_missing');
  const { id = work.ids.make('prod'), name, active, metadata: own, unit_label } = given;
  const made = work.do<Product>({
    do: 'product.create',
    id,
    name,
    ...present({ active, metadata: own }),
    ...keptData({ unit_label }),
  });
  emit('product.created', product(made));
  return id;
}
