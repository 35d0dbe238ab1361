// GET /v1/entitlements and /v1/entitlements/{id}.

import type { ListFilters } from '../../engine/billing.js';
import { moment, object, optional, string } from '../http/shape.js';
import type { BillingError } from '../ledger.js';
import { isNotFound } from '../ledger.js';
import { badRequest, invalidRequest } from './errors.js';
import { find, limitText, listOf, offsetText, pageOf, route } from './route.js';
import type { Route } from './route.js';
import { entitlement, entitlementRow } from './shapes.js';

const PATH = '/v1/entitlements';
/** Stripe's API has two lists below the same path. */
const NOT_STRIPES = '(?!features$|active_entitlements$)[^/]+';

const filters = object({
  customerId: optional(string),
  externalCustomerId: optional(string),
  merchantId: optional(string),
  featureKey: optional(string),
  productId: optional(string),
  subscriptionId: optional(string),
  limit: optional(limitText),
  offset: optional(offsetText),
  at: optional(moment),
});

export const entitlementRoutes: readonly Route[] = [
  route('GET', PATH, filters, (given, { work, version }) => {
    const { customerId, externalCustomerId, featureKey, productId, subscriptionId, at } = given;
    const required = (field: string, why: string): never => {
      throw invalidRequest([{ field, code: 'required', message: why }]);
    };
    // The newer version also takes other owners.
    if (version === '2026-05-20' && customerId === undefined) required('customerId', 'this is required');
    if ([customerId, externalCustomerId, subscriptionId, given.merchantId].every((each) => each === undefined)) {
      required('customerId', 'customerId, externalCustomerId, merchantId or subscriptionId is required');
    }
    if (featureKey !== undefined && productId === undefined)
      required('productId', 'keys are unique per product: give it with featureKey');
    const { limit, offset } = pageOf(given);
    const asked: ListFilters['entitlements'] = {
      scope: 'all',
      ...(customerId !== undefined && { customer: customerId }),
      ...(externalCustomerId !== undefined && { externalCustomer: externalCustomerId }),
      ...(featureKey !== undefined && { featureKey }),
      ...(productId !== undefined && { product: productId }),
      ...(subscriptionId !== undefined && { subscription: subscriptionId }),
      ...(at !== undefined && { at }),
    };
    try {
      const { data, total } = work.ledger.list('entitlements', asked, { limit, offset });
      return listOf(
        data.map((row) => entitlementRow(row, version)),
        limit,
        offset,
        total,
      );
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      // What is asked for is nowhere: a product or subscription nobody has. A customer that nobody is, is a mistake.
      if (!['customer', 'externalCustomer'].includes((thrown as BillingError).param))
        return listOf([], limit, offset, 0);
      throw badRequest(`There is no customer '${customerId ?? externalCustomerId}'.`);
    }
  }),
  route('GET', `${PATH}/:id{${NOT_STRIPES}}`, object({ at: optional(moment) }), ({ at }, call) =>
    entitlement(find(call, 'entitlement', call.part('id'), at), call.version),
  ),
];
