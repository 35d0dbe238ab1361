// What one event is booked on, when a metric feeds features of several plans.
import { expect, it } from 'vitest';

import { startProvider } from './support.js';

const metered = (id: string, feature: string, limit: number): object => ({
  id,
  amount: 1,
  every: 'month',
  data: { billableMetricId: 'bm_calls' },
  features: [{ feature, limit }],
});

const SEED = {
  frozenAt: '2026-01-15T00:00:00Z',
  features: [
    { key: 'calls', type: 'metered' },
    { key: 'other', type: 'metered' },
  ],
  products: [
    {
      id: 'prod_cloud',
      name: 'Cloud',
      plans: [
        { id: 'plan_a', name: 'A', prices: [metered('price_a', 'calls', 100)] },
        { id: 'plan_b', name: 'B', prices: [metered('price_b', 'other', 5)] },
      ],
    },
  ],
  paygentic: [
    {
      id: 'bm_calls',
      type: 'metric',
      product: 'prod_cloud',
      values: { name: 'Calls', unit: 'calls', aggregation: 'SUM', eventType: 'call.made', valueProperty: '$.count' },
    },
  ],
  customers: [{ id: 'cus_a', subscriptions: [{ plan: 'plan_a' }] }, { id: 'cus_none' }],
};

it('use of a metric is booked on what the customer has of all that the metric feeds', async () => {
  const provider = await startProvider({ seed: SEED });
  const send = async (subject: string): Promise<number> => {
    const event = { type: 'call.made', source: 's', subject, idempotencyKey: `e-${subject}`, data: { count: 7 } };
    const headers = { authorization: `Bearer ${provider.apiKey}` };
    const init = { method: 'POST', headers, body: JSON.stringify(event) };
    return (await fetch(`${provider.url}/v0/events`, init)).status;
  };
  expect(await send('cus_a')).toBe(201);
  expect(await send('cus_a')).toBe(409);
  // Nothing to book it on.
  expect(await send('cus_none')).toBe(400);
  const query = { query: 'entitlements', customer: 'cus_a' };
  const answer = await fetch(`${provider.url}/_plangate/query`, { method: 'POST', body: JSON.stringify(query) });
  expect(await answer.json()).toMatchObject({
    data: [{ featureKey: 'calls', usage: { usageInPeriod: 7, balance: 93 } }],
  });
});
