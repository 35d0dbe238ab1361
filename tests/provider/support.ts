// The provider with its engine as built; no part of it is replaced.
import { existsSync, readFileSync } from 'node:fs';

import Stripe from 'stripe';
import { onTestFinished } from 'vitest';

import createModule from '../../js/engine/generated/glue-billing.js';
import { wasmSource } from '../../js/engine/source.js';
import { withOwnLedgers } from '../../js/provider/entries/own-ledgers.js';
import type { Provider, ProviderOptions } from '../../js/provider/index.js';

const file = new URL('../../js/engine/generated/plangate-billing.wasm', import.meta.url);
if (!existsSync(file))
  throw new Error('js/engine/generated/plangate-billing.wasm is missing: run `npm run build` first');

const wasm = readFileSync(file);
export const { createProvider } = withOwnLedgers(wasmSource(createModule, () => wasm, {}));

/** A provider on a free port, until the test ends. */
export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const provider = await createProvider({ deliveries: { retryDelaysMs: [20, 40, 80] }, ...options });
  onTestFinished(() => provider.close());
  await provider.listen();
  return provider;
}

/** The official client, pointed at a provider. */
export function stripeFor({ url, apiKey }: Pick<Provider, 'url' | 'apiKey'>, config: Stripe.StripeConfig = {}): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(apiKey, { host: hostname, port: Number(port), protocol: 'http', telemetry: false, ...config });
}
