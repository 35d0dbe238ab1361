// The billing systems of the examples: a local provider on loopback, which requests to Stripe's and Paygentic's public
// addresses are led to. What is asked and answered goes over HTTP.
import { createProvider } from 'plangate/provider';

const SEED = {
  features: [
    { key: 'sso', name: 'Single sign-on' },
    { key: 'reports', name: 'Reports' },
  ],
  products: [
    {
      id: 'prod_1',
      name: 'Pro',
      features: ['sso', 'reports'],
      prices: [{ id: 'price_1', amount: 900, every: 'month' }],
    },
    { id: 'prod_2', name: 'Other', features: ['reports'], prices: [{ id: 'price_2', amount: 100, every: 'month' }] },
  ],
  customers: [
    { id: 'cus_123', subscriptions: [{ price: 'price_1' }] },
    { id: 'cus_2', subscriptions: [{ price: 'price_2' }] },
  ],
};

export const PUBLIC = ['https://api.stripe.com', 'https://api.paygentic.io'];

/** Starts it; from here on its addresses are the public ones, too. */
export async function startBilling() {
  const provider = await createProvider({ seed: SEED });
  const url = await provider.listen();
  const real = globalThis.fetch;
  /** The requests that were led here. */
  const asked = [];
  globalThis.fetch = (input, init) => {
    const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input);
    if (!PUBLIC.includes(origin)) return real(input, init);
    asked.push(origin + pathname);
    return real(url + pathname + search, init);
  };
  return { provider, url, asked };
}
