// The provider with its engine as built; no part of it is replaced.
import { existsSync, readFileSync } from 'node:fs';

import Stripe from 'stripe';
import { onTestFinished } from 'vitest';

import type { Provider, ProviderOptions } from '../../js/provider/index.js';
import { BILLING_WASM, providersWith } from './engine.js';
import { problemsOf } from './stripe-schema.js';

if (!existsSync(BILLING_WASM)) throw new Error(`${BILLING_WASM} is missing: run \`npm run build\` first`);

export const { createProvider } = providersWith(readFileSync(BILLING_WASM));

/** Deliveries that are tried again at once, as far as a test can see. */
export const SWIFT = { retryDelaysMs: [20, 40, 80] };

/** A provider on a free port, until the test ends. */
export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const provider = await createProvider({ deliveries: SWIFT, ...options });
  onTestFinished(() => provider.close());
  await provider.listen();
  return provider;
}

/** Fetches, and holds every JSON answer against what Stripe publishes. */
const checked =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init);
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const problems = problemsOf(await response.clone().json(), path);
    if (problems.length === 0) return response;
    throw new Error(`${init?.method ?? 'GET'} ${path} answered what Stripe does not:\n${problems.join('\n')}`);
  };

/**
 * The official client, pointed at a provider. Every answer is checked against Stripe's schemas on its way.
 * @param send How requests go out; default over the network.
 */
export function stripeFor(
  { url, apiKey }: Pick<Provider, 'url' | 'apiKey'>,
  config: Stripe.StripeConfig = {},
  send: typeof fetch = fetch,
): Stripe {
  const { hostname, port } = new URL(url);
  const httpClient = Stripe.createFetchHttpClient(checked(send));
  return new Stripe(apiKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    ...config,
    httpClient,
  });
}

/** A product with a monthly price and some features, made with the client. */
export async function makeProduct(
  stripe: Stripe,
  name: string,
  keys: readonly string[],
  amount = 1000,
): Promise<{ product: string; price: string; features: string[] }> {
  const product = await stripe.products.create({
    name,
    default_price_data: { currency: 'usd', unit_amount: amount, recurring: { interval: 'month' } },
  });
  const features: string[] = [];
  for (const key of keys) {
    const existing = await stripe.entitlements.features.list({ lookup_key: key, archived: false });
    const feature = existing.data[0] ?? (await stripe.entitlements.features.create({ lookup_key: key, name: key }));
    await stripe.products.createFeature(product.id, { entitlement_feature: feature.id });
    features.push(feature.id);
  }
  return { product: product.id, price: product.default_price as string, features };
}

/** The lookup keys of a customer's active entitlements, sorted. */
export async function keysOf(stripe: Stripe, customer: string): Promise<string[]> {
  const rows = await stripe.entitlements.activeEntitlements
    .list({ customer, limit: 100 })
    .autoPagingToArray({ limit: 1000 });
  return rows.map((row) => row.lookup_key).sort();
}

/** The error that a request is refused with. */
export const refusal = (work: PromiseLike<unknown>): Promise<Stripe.errors.StripeError> =>
  Promise.resolve(work).then(
    () => Promise.reject(new Error('not refused')),
    (error: Stripe.errors.StripeError) => error,
  );
