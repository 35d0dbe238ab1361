import { next } from 'plangate/server';

import { entitlements } from '../../entitlements.mjs';

export const GET = next(entitlements).requireFeature('sso_enabled')(() => new Response('the report'));
