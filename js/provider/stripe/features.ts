// /v1/entitlements/features, and what is attached to products.

import type { Attachment, Feature } from '../../engine/billing.js';
import { missing } from './errors.js';
import { page } from './list.js';
import { flag, metadata, paging, required, text } from './params.js';
import { find, route } from './route.js';
import type { Route } from './route.js';
import { deleted, feature, productFeature } from './shapes.js';

const FEATURES = '/v1/entitlements/features';
const PRODUCT_FEATURES = '/v1/products/:product/features';

export const featureRoutes: readonly Route[] = [
  route(
    'POST',
    FEATURES,
    { lookup_key: required(text({ max: 80 })), name: required(text({ max: 80 })), metadata },
    ({ lookup_key: key, name, metadata: own }, { work }) => {
      const id = work.ids.make('feat');
      return feature(work.do<Feature>({ do: 'feature.create', id, key, name, ...(own && { metadata: own }) }));
    },
    { names: { key: 'lookup_key' } },
  ),
  route('GET', FEATURES, { ...paging, archived: flag, lookup_key: text() }, (params, { ledger }) => {
    const { archived, lookup_key: key, ...cursors } = params;
    const filters = { key, active: archived === undefined ? undefined : !archived };
    return page(ledger, 'features', filters, cursors, FEATURES, feature);
  }),
  route('GET', `${FEATURES}/:id`, {}, (_, { ledger, part }) => feature(find(ledger, 'feature', part('id')))),
  route(
    'POST',
    `${FEATURES}/:id`,
    { active: flag, name: text({ max: 80 }), metadata },
    ({ active, name, metadata: own }, { ledger, part, work }) => {
      const { id } = find(ledger, 'feature', part('id'));
      const given = { ...(active !== undefined && { active }), ...(name !== undefined && { name }) };
      return feature(
        work.do<Feature>({ do: 'feature.update', id, ...given, ...(own !== undefined && { metadata: own }) }),
      );
    },
  ),
];

export const productFeatureRoutes: readonly Route[] = [
  route(
    'POST',
    PRODUCT_FEATURES,
    { entitlement_feature: required(text()) },
    ({ entitlement_feature: attached }, { ledger, part, work }) => {
      const { id: product } = find(ledger, 'product', part('product'), { param: 'product', status: 404 });
      const command = { do: 'attachment.create', id: work.ids.make('prodft'), product, feature: attached } as const;
      return productFeature(work.do<Attachment>(command));
    },
    { names: { feature: 'entitlement_feature' } },
  ),
  route('GET', PRODUCT_FEATURES, paging, (cursors, { ledger, part }) => {
    const { id: product } = find(ledger, 'product', part('product'), { param: 'product', status: 404 });
    const url = `/v1/products/${product}/features`;
    return page(ledger, 'attachments', { product, scope: 'product' }, cursors, url, productFeature);
  }),
  route('GET', `${PRODUCT_FEATURES}/:id`, {}, (_, { ledger, part }) =>
    productFeature(attachmentOf(part('product'), find(ledger, 'attachment', part('id')))),
  ),
  route('DELETE', `${PRODUCT_FEATURES}/:id`, {}, (_, { ledger, part, work }) => {
    const { id } = attachmentOf(part('product'), find(ledger, 'attachment', part('id')));
    work.do({ do: 'attachment.delete', id, product: part('product') });
    return deleted(id, 'product_feature');
  }),
];

/** Attachments to a price are not Stripe's, and another product's is not here. */
function attachmentOf(product: string, attachment: Attachment): Attachment {
  if (attachment.product !== product || attachment.price !== null) throw missing('product feature', attachment.id);
  return attachment;
}
