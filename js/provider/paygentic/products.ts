// /v0/products and /v0/features.

import type { Feature, Product } from '../../engine/billing.js';
import { object, optional, string, texts, word } from '../http/shape.js';
import { notFound } from './errors.js';
import { find, limitText, listOf, offsetText, pageOf, route } from './route.js';
import type { Call, Route } from './route.js';
import { feature, product } from './shapes.js';
import type { Json } from './shapes.js';

const PRODUCTS = '/v0/products';
const FEATURES = '/v0/features';

const paging = { limit: optional(limitText), offset: optional(offsetText) };

/** Written into `data` at every update: the rules do not need it, the API tells it. */
export function touch({ work }: Call): { updatedAt: number } {
  return { updatedAt: work.now };
}

export const productRoutes: readonly Route[] = [
  route(
    'POST',
    PRODUCTS,
    object({ name: string, description: optional(string), merchantId: optional(string), metadata: optional(texts) }),
    ({ name, description, metadata }, { work, merchantId }) => {
      const given = { ...(description !== undefined && { description }), ...(metadata && { metadata }) };
      return product(work.do<Product>({ do: 'product.create', id: work.ids.make('prod'), name, ...given }), merchantId);
    },
  ),
  route('GET', PRODUCTS, object({ ...paging, merchantId: optional(string) }), (given, { work, merchantId }) => {
    const { limit, offset } = pageOf(given);
    const { data, total } = work.ledger.list('products', {}, { limit, offset });
    return listOf(
      data.map((row) => product(row, merchantId)),
      limit,
      offset,
      total,
    );
  }),
  route('GET', `${PRODUCTS}/:id`, object({}), (_, call) =>
    product(find(call, 'product', call.part('id')), call.merchantId),
  ),
  route(
    'PATCH',
    `${PRODUCTS}/:id`,
    object({ name: optional(string), description: optional(string), metadata: optional(texts) }),
    (given, call) => {
      const { id } = find(call, 'product', call.part('id'));
      return product(call.work.do<Product>({ do: 'product.update', id, ...given, data: touch(call) }), call.merchantId);
    },
  ),
];

/** Deleted features are archived ones: what was granted with them stays. */
function liveFeature(call: Call): Feature {
  const found = find(call, 'feature', call.part('id'));
  if (!found.active) throw notFound('feature', found.id);
  return found;
}

function featureJson(from: Feature, { merchantId }: Call): Json {
  return feature(from, merchantId);
}

export const featureRoutes: readonly Route[] = [
  route(
    'POST',
    FEATURES,
    object({
      key: string,
      name: string,
      type: optional(word('boolean', 'static', 'metered')),
      merchantId: optional(string),
      productId: string,
      metadata: optional(texts),
    }),
    ({ key, name, type = 'boolean', productId, metadata }, call) => {
      const id = call.work.ids.make('feat');
      const given = { key, name, type, product: productId, ...(metadata && { metadata }) };
      return featureJson(call.work.do<Feature>({ do: 'feature.create', id, ...given }), call);
    },
  ),
  route('GET', FEATURES, object({ ...paging, productId: string, key: optional(string) }), (given, call) => {
    const { limit, offset } = pageOf(given);
    const filters = { product: given.productId, active: true, ...(given.key !== undefined && { key: given.key }) };
    const { data, total } = call.work.ledger.list('features', filters, { limit, offset });
    return listOf(
      data.map((row) => featureJson(row, call)),
      limit,
      offset,
      total,
    );
  }),
  route('GET', `${FEATURES}/:id`, object({}), (_, call) => featureJson(liveFeature(call), call)),
  route('PATCH', `${FEATURES}/:id`, object({ name: optional(string), metadata: optional(texts) }), (given, call) => {
    const { id } = liveFeature(call);
    return featureJson(call.work.do<Feature>({ do: 'feature.update', id, ...given, data: touch(call) }), call);
  }),
  route(
    'DELETE',
    `${FEATURES}/:id`,
    object({}),
    (_, call) => {
      call.work.do({ do: 'feature.update', id: liveFeature(call).id, active: false });
      return null;
    },
    204,
  ),
];
