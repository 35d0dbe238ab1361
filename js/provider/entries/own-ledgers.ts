// Gives providers the entry's own engine.

import { BillingEngine } from '../../engine/billing.js';
import { loadEngineModule } from '../../engine/module.js';
import type { EngineSource } from '../../engine/module.js';
import { createProvider, provideLedgers } from '../provider.js';

/** Every provider has a ledger of its own; all share one instance of the engine, made anew when it stopped. */
export function withOwnLedgers(source: EngineSource) {
  provideLedgers(async () => new BillingEngine(await loadEngineModule(source)));
  return { createProvider };
}
