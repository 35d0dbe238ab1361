// A provider with something of everything: for looking at, by axe-core and in pictures.
export const SEED = `
frozenAt: 2026-01-31T12:00:00Z
features:
  - { key: sso-access, name: Single sign-on }
  - { id: feat_old, key: export, name: Old export, archived: true }
  - { id: feat_new, key: export, name: New export }
  - { key: storage-quota, type: static, name: Storage }
  - { key: api-calls, type: metered, name: API calls }
products:
  - id: prod_free
    name: Free
    features: [{ feature: storage-quota, config: { limitGB: 5 } }]
    prices: [{ id: price_free, amount: 0, every: month }]
  - id: prod_pro
    name: Pro
    features: [sso-access, feat_old, { feature: storage-quota, config: { limitGB: 500 } }, { feature: api-calls, limit: 1000, soft: true }]
    prices:
      - { id: price_month, amount: 2900, every: month }
      - { id: price_old, amount: 1900, every: month, active: false }
testClocks: [{ id: clock_1, time: 2026-06-01T00:00:00Z, name: june }]
customers:
  - { id: cus_free, email: free@example.com, subscriptions: [{ price: price_free }] }
  - id: cus_pro
    name: Harbour & Vale
    externalId: user-7
    subscriptions: [{ id: sub_pro, price: price_month, startAt: 2026-01-15T00:00:00Z, usage: [{ feature: api-calls, quantity: 300 }] }]
  - { id: cus_old, subscriptions: [{ price: price_old, cancelAtPeriodEnd: true }] }
  - { id: cus_trial, testClock: clock_1, subscriptions: [{ price: price_month, trialEnd: 2026-06-08T00:00:00Z }] }
`;
