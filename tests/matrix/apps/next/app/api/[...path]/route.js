import { next } from 'plangate/server';

import { entitlements } from '../../../entitlements.mjs';

export const { GET, POST } = next(entitlements).handlers;
