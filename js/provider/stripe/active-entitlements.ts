// /v1/entitlements/active_entitlements: what a customer is entitled to now.

import { page } from './list.js';
import { paging, required, text } from './params.js';
import { find, route } from './route.js';
import type { Route } from './route.js';
import { activeEntitlement } from './shapes.js';

const PATH = '/v1/entitlements/active_entitlements';

export const activeEntitlementRoutes: readonly Route[] = [
  route('GET', PATH, { ...paging, customer: required(text()) }, ({ customer, ...cursors }, { ledger }) => {
    find(ledger, 'customer', customer, { param: 'customer' });
    return page(ledger, 'activeEntitlements', { customer }, cursors, PATH, activeEntitlement);
  }),
  route('GET', `${PATH}/:id`, {}, (_, { ledger, part }) =>
    activeEntitlement(find(ledger, 'activeEntitlement', part('id'))),
  ),
];
