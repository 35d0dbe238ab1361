// /v1/products.

import type { Product } from '../../engine/billing.js';
import { keptData, keptOf } from './data.js';
import { listOf, page } from './list.js';
import {
  decimal,
  flag,
  ignored,
  list,
  metadata,
  nested,
  oneOf,
  paging,
  range,
  required,
  text,
  unset,
} from './params.js';
import { amounts, createPrice } from './prices.js';
import { find, route } from './route.js';
import type { Route } from './route.js';
import { deleted, product, seconds } from './shapes.js';

const PRODUCTS = '/v1/products';

/** What the rules do not know. */
const keptFields = {
  images: unset(list(text(), { max: 8 })),
  shippable: flag,
  statement_descriptor: text({ max: 22 }),
  tax_code: unset(text()),
  unit_label: unset(text({ max: 12 })),
  url: unset(text()),
  marketing_features: unset(list(nested({ name: required(text({ max: 80 })) }), { max: 15 })),
  package_dimensions: unset(
    nested({
      height: required(decimal),
      length: required(decimal),
      weight: required(decimal),
      width: required(decimal),
    }),
  ),
};

const productTexts = { description: unset(text()), ...keptFields, tax_details: ignored };

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
      default_price_data: nested({ ...amounts, metadata }),
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
        ...keptOf(params, keptFields),
      });
      if (first) {
        const { id: defaultPrice } = createPrice(call, id, first, { under: 'default_price_data' });
        made = work.do<Product>({ do: 'product.update', id, defaultPrice });
      }
      emit('product.created', product(made));
      return product(made);
    },
  ),
  route(
    'GET',
    PRODUCTS,
    {
      ...paging,
      active: flag,
      ids: list(text()),
      created: range,
      type: oneOf('service', 'good'),
      shippable: flag,
      url: text(),
    },
    (params, { ledger }) => {
      const { active, ids, created, type, shippable, url, ...cursors } = params;
      // All products here are services.
      if (type === 'good') return listOf(PRODUCTS, [], false);
      const { data } = keptData({ shippable, url });
      return page(ledger, 'products', { active, ids, created, data }, cursors, PRODUCTS, product);
    },
  ),
  route('GET', `${PRODUCTS}/:id`, {}, (_, { ledger, part }) => product(find(ledger, 'product', part('id')))),
  route(
    'POST',
    `${PRODUCTS}/:id`,
    { ...productTexts, name: text(), active: flag, metadata, default_price: unset(text()) },
    (params, { ledger, part, work, emit }) => {
      const before = find(ledger, 'product', part('id'));
      const { name, active, description, metadata: own, default_price: defaultPrice } = params;
      const after = work.do<Product>({
        do: 'product.update',
        id: before.id,
        ...(name !== undefined && { name }),
        ...(active !== undefined && { active }),
        ...(description !== undefined && { description }),
        ...(own !== undefined && { metadata: own }),
        ...(defaultPrice !== undefined && { defaultPrice }),
        data: { ...keptOf(params, keptFields).data, updated: seconds(work.now) },
      });
      emit('product.updated', product(after), { before: product(before) });
      return product(after);
    },
    { names: { defaultPrice: 'default_price' } },
  ),
  route('DELETE', `${PRODUCTS}/:id`, {}, (_, { ledger, part, work, emit }) => {
    const before = find(ledger, 'product', part('id'));
    work.do({ do: 'product.delete', id: before.id });
    emit('product.deleted', product(before));
    return deleted(before.id, 'product');
  }),
];
