import { next } from 'plangate/server';

import { entitlements } from '../../../../lib/entitlements';

// The page's list, its live updates, and webhooks.
export const { GET, POST } = next(entitlements).handlers;
