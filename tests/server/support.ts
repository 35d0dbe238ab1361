// The real engine, and what the tests ask of it.
import { existsSync, readFileSync } from 'node:fs';

import { test as always } from 'vitest';

import type { Engine } from '../../js/engine/engine.js';
import { loadEngine } from '../../js/engine/entries/node.js';
import type { ServerEngine } from '../../js/server/upstreams/engine-port.js';
import type { FetchedSnapshot } from '../../js/server/upstreams/upstream.js';

const file = new URL('../../js/engine/generated/plangate.wasm', import.meta.url);
if (!existsSync(file)) throw new Error('js/engine/generated/plangate.wasm is missing: run `npm run build` first');

/** The engine as built; no part of it is replaced. */
export const engine = (await loadEngine({ wasm: readFileSync(file) })) as Engine & ServerEngine;

// Once the binding's contract has them, an engine without them fails these tests.
const contract = readFileSync(new URL('../../bindings/CONTRACT.md', import.meta.url), 'utf8');
const promised = ['page(', 'event(', 'combine(', 'catalogue('].every((name) => contract.includes(`| \`${name}`));

/** For what needs the engine's page, event, combine and catalogue. */
export const test: typeof always = promised ? always : (always.skip as typeof always);

/** The feature keys of a fetched list, in its order. */
export function keysOf({ json }: FetchedSnapshot): string[] {
  const { entitlements } = JSON.parse(json) as { entitlements: { featureKey: string }[] };
  return entitlements.map((row) => row.featureKey);
}
