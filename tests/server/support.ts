// What the tests of upstreams and webhooks ask of the engine.
import { test } from 'vitest';

import type { FetchedSnapshot } from '../../js/server/upstreams/upstream.js';
import { makeEngine } from './engine.js';

export { test };

/** The engine as built; no part of it is replaced. */
export const engine = await makeEngine();

/** The feature keys of a fetched list, in its order. */
export function keysOf({ json }: FetchedSnapshot): string[] {
  const { entitlements } = JSON.parse(json) as { entitlements: { featureKey: string }[] };
  return entitlements.map((row) => row.featureKey);
}
