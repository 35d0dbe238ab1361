// /v1/entitlements/active_entitlements: what a customer is entitled to now.

import { page } from './list.js';
import { paging, required, text } from './params.js';
import { find, findAlive, route } from './route.js';
import type { Route } from './route.js';
import { activeEntitlement } from './shapes.js';

const PATH = '/v1/entitlements/active_entitlements';

export const activeEntitlementRoutes: readonly Route[] = [
  route(
    'GET',
    PATH,
    { ...paging, customer: required(text()) },
    ({ customer, ...cursors }, { ledger, expand }) => {
      findAlive(ledger, 'customer', customer, 'customer');
      const expanded = expand.includes('data.feature');
      return page(ledger, 'activeEntitlements', { customer }, cursors, PATH, (row) => activeEntitlement(row, expanded));
    },
    { expandable: ['data.feature'] },
  ),
  route(
    'GET',
    `${PATH}/:id`,
    {},
    (_, { ledger, part, expand }) =>
      activeEntitlement(find(ledger, 'activeEntitlement', part('id')), expand.includes('feature')),
    { expandable: ['feature'] },
  ),
];
