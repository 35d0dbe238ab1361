// Stands for the billing system, so that the example runs without an account.

const storage = (limitGB: number) => ({
  id: 'ent_storage',
  featureKey: 'storage',
  type: 'static',
  config: { limitGB },
});

const CUSTOMERS: Record<string, (argument?: string) => object[]> = {
  pro: () => [{ id: 'ent_reports', featureKey: 'reports' }, storage(500)],
  free: () => [storage(5)],
  // A trial of so many ms, for example `trial-800`, from the first time the customer is seen.
  trial: (ms) => [{ id: 'ent_trial', featureKey: 'trial', activeTo: Date.now() + Number(ms) }],
};

/** The customer's list in plangate's own format. Nobody the billing system knows is entitled to nothing. */
export function entitlementsOf(customer: string) {
  const [name = '', argument] = customer.split('-');
  const entitlements = CUSTOMERS[name]?.(argument) ?? [];
  return { plangate: 1, customer, source: 'example', mode: 'test', asOf: Date.now(), entitlements };
}

/** What there is to buy. */
export const catalogue = JSON.stringify({
  features: [{ key: 'reports' }, { key: 'storage' }, { key: 'trial' }],
  products: [
    {
      id: 'prod_pro',
      name: 'Pro',
      prices: [{ id: 'price_pro', unitAmount: 2000, currency: 'usd', interval: 'month' }],
      features: [{ key: 'reports' }, { key: 'storage', config: { limitGB: 500 } }],
    },
  ],
});
