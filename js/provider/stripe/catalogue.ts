// /v1/products and /v1/prices.

import type { Interval, JsonObject, Price, Product } from '../../engine/billing.js';
import type { Work } from '../state/work.js';
import { invalid } from './errors.js';
import { page } from './list.js';
import type { Params } from './params.js';
import { flag, ignored, integer, list, metadata, nested, oneOf, paging, required, text, unset } from './params.js';
import { find, findAlive, route } from './route.js';
import type { Call, Route } from './route.js';
import { deleted, price, product, seconds } from './shapes.js';

const PRODUCTS = '/v1/products';
const PRICES = '/v1/prices';

const recurring = nested({
  interval: required(oneOf('day', 'week', 'month', 'year')),
  interval_count: integer({ min: 1 }),
  usage_type: oneOf('licensed'),
});

const amounts = {
  currency: required(text({ max: 3 })),
  unit_amount: integer(),
  unit_amount_decimal: text(),
  recurring,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
};

const priceData = nested({ ...amounts, metadata });

/** What a price says about money and time. */
export interface Amounts {
  readonly currency: string;
  readonly unit_amount?: number | undefined;
  readonly unit_amount_decimal?: string | undefined;
  readonly recurring?: { readonly interval: Interval; readonly interval_count?: number | undefined } | undefined;
}

/** The ledger's members of a price. Amounts are in the currency's smallest unit. */
function amountOf({ currency, unit_amount: whole, unit_amount_decimal: decimal, recurring: every }: Amounts): {
  currency: string;
  unitAmount: number;
  interval?: Interval;
  intervalCount?: number;
} {
  const unitAmount = whole ?? (decimal === undefined ? undefined : Number(decimal));
  if (unitAmount === undefined) {
    throw invalid('A price needs unit_amount or unit_amount_decimal.', 'unit_amount', 'parameter_missing');
  }
  if (!Number.isFinite(unitAmount) || unitAmount < 0) throw invalid('Invalid decimal.', 'unit_amount_decimal');
  return {
    currency: currency.toLowerCase(),
    unitAmount,
    ...(every && { interval: every.interval, intervalCount: every.interval_count ?? 1 }),
  };
}

/** Members that are kept as they were given; what was not given is left out. */
export function keptData(values: Readonly<Record<string, unknown>>): { data?: JsonObject } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length > 0 ? { data: Object.fromEntries(given) } : {};
}

/** Makes a price for a product, and its event. */
export function createPrice(
  { work, emit }: Pick<Call, 'work' | 'emit'>,
  of: string,
  given: Amounts & {
    readonly metadata?: Readonly<Record<string, string>> | null | undefined;
    readonly tax_behavior?: unknown;
  },
  extra: Readonly<Record<string, unknown>> = {},
  active = true,
): Price {
  const made = work.do<Price>({
    do: 'price.create',
    id: work.ids.make('price'),
    product: of,
    ...amountOf(given),
    active,
    ...(given.metadata && { metadata: given.metadata }),
    ...keptData({ ...extra, tax_behavior: given.tax_behavior }),
  });
  emit('price.created', price(made));
  return made;
}

const productTexts = {
  description: unset(text()),
  images: list(text(), { max: 8 }),
  shippable: flag,
  statement_descriptor: text({ max: 22 }),
  tax_code: unset(text()),
  unit_label: unset(text({ max: 12 })),
  url: unset(text()),
  marketing_features: list(nested({ name: required(text({ max: 80 })) }), { max: 15 }),
  package_dimensions: ignored,
};

type ProductTexts = Params<typeof productTexts>;

function productData({
  images,
  shippable,
  statement_descriptor,
  tax_code,
  unit_label,
  url,
  marketing_features,
}: ProductTexts): object {
  return { images, shippable, statement_descriptor, tax_code, unit_label, url, marketing_features };
}

function touched(work: Work, values: object): { data: JsonObject } {
  return { data: { ...keptData(values as Record<string, unknown>).data, updated: seconds(work.now) } };
}

export const productRoutes: readonly Route[] = [
  route(
    'POST',
    PRODUCTS,
    {
      ...productTexts,
      id: text({ max: 500 }),
      name: required(text()),
      active: flag,
      metadata,
      default_price_data: priceData,
      type: oneOf('service', 'good'),
    },
    (params, call) => {
      const { work, emit } = call;
      const {
        id = work.ids.make('prod'),
        name,
        active,
        description,
        metadata: own,
        default_price_data: first,
      } = params;
      let made = work.do<Product>({
        do: 'product.create',
        id,
        name,
        ...(active !== undefined && { active }),
        ...(description != null && { description }),
        ...(own && { metadata: own }),
        ...keptData(productData(params) as Record<string, unknown>),
      });
      if (first) {
        const { id: default_price } = createPrice(call, id, first);
        made = work.do<Product>({ do: 'product.update', id, data: { default_price } });
      }
      emit('product.created', product(made));
      return product(made);
    },
  ),
  route(
    'GET',
    PRODUCTS,
    { ...paging, active: flag, ids: list(text()), created: ignored, type: text(), shippable: ignored, url: ignored },
    (params, { ledger }) => {
      const { active, ids, ...cursors } = params;
      return page(ledger, 'products', { active, ids }, cursors, PRODUCTS, product);
    },
  ),
  route('GET', `${PRODUCTS}/:id`, {}, (_, { ledger, part }) => product(find(ledger, 'product', part('id')))),
  route(
    'POST',
    `${PRODUCTS}/:id`,
    { ...productTexts, name: text(), active: flag, metadata, default_price: unset(text()) },
    (params, { ledger, part, work, emit }) => {
      const before = findAlive(ledger, 'product', part('id'));
      const { name, active, description, metadata: own, default_price } = params;
      if (default_price != null && find(ledger, 'price', default_price, 'default_price').product !== before.id) {
        throw invalid('The price belongs to another product.', 'default_price');
      }
      const after = work.do<Product>({
        do: 'product.update',
        id: before.id,
        ...(name !== undefined && { name }),
        ...(active !== undefined && { active }),
        ...(description !== undefined && { description }),
        ...(own !== undefined && { metadata: own }),
        ...touched(work, { ...productData(params), default_price }),
      });
      emit('product.updated', product(after), { before: product(before) });
      return product(after);
    },
  ),
  route('DELETE', `${PRODUCTS}/:id`, {}, (_, { ledger, part, work, emit }) => {
    const before = findAlive(ledger, 'product', part('id'));
    work.do({ do: 'product.delete', id: before.id });
    emit('product.deleted', product(before));
    return deleted(before.id, 'product');
  }),
];

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
    },
    (params, call) => {
      const { lookup_key, nickname, active } = params;
      const of = params.product ?? productFor(params.product_data, call);
      if (lookup_key !== undefined) releaseLookupKey(lookup_key, params.transfer_lookup_key ?? false, call);
      return price(createPrice(call, of, params, { lookup_key, nickname }, active));
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
      created: ignored,
      recurring: ignored,
    },
    (params, { ledger }) => {
      const { product: of, active, currency, type, lookup_keys: keys, ...cursors } = params;
      const filters = {
        product: of,
        active,
        currency,
        recurring: type === undefined ? undefined : type === 'recurring',
      };
      if (keys === undefined) return page(ledger, 'prices', filters, cursors, PRICES, price);
      const narrowed = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
      const found = ledger.every('prices', narrowed).filter(({ data }) => keys.includes(data['lookup_key'] as string));
      return { object: 'list', data: found.map(price), has_more: false, url: PRICES };
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
    },
    (params, call) => {
      const { ledger, part, work, emit } = call;
      const before = find(ledger, 'price', part('id'));
      const { active, metadata: own, nickname, lookup_key, tax_behavior } = params;
      if (lookup_key != null) releaseLookupKey(lookup_key, params.transfer_lookup_key ?? false, call, before.id);
      const after = work.do<Price>({
        do: 'price.update',
        id: before.id,
        ...(active !== undefined && { active }),
        ...(own !== undefined && { metadata: own }),
        ...keptData({ nickname, lookup_key, tax_behavior }),
      });
      emit('price.updated', price(after), { before: price(before) });
      return price(after);
    },
  ),
];

function productFor(
  given:
    | {
        readonly name: string;
        readonly id?: string | undefined;
        readonly active?: boolean | undefined;
        readonly metadata?: unknown;
        readonly unit_label?: string | undefined;
      }
    | undefined,
  { work, emit }: Call,
): string {
  if (!given) throw invalid('A price needs product or product_data.', 'product', 'parameter_missing');
  const { id = work.ids.make('prod'), name, active, metadata: own, unit_label } = given;
  const made = work.do<Product>({
    do: 'product.create',
    id,
    name,
    ...(active !== undefined && { active }),
    ...(own ? { metadata: own as Record<string, string> } : {}),
    ...keptData({ unit_label }),
  });
  emit('product.created', product(made));
  return id;
}

/** A price's lookup key names one price: another's is refused, or taken over when asked. */
function releaseLookupKey(key: string, transfer: boolean, { ledger, work }: Call, own?: string): void {
  const holder = ledger.every('prices', {}).find(({ id, data }) => id !== own && data['lookup_key'] === key);
  if (!holder) return;
  if (!transfer) {
    throw invalid(
      `Another price has the lookup key '${key}'; transfer_lookup_key=true takes it over.`,
      'lookup_key',
      'resource_already_exists',
    );
  }
  work.do({ do: 'price.update', id: holder.id, data: { lookup_key: null } });
}
