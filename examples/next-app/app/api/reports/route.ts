import { next } from 'plangate/server';

import { entitlements } from '../../../lib/entitlements';

const { requireFeature } = next(entitlements);

// 402, with what to buy, for customers whose plan does not have it.
export const GET = requireFeature('reports')(() => Response.json({ revenue: 1204 }));
