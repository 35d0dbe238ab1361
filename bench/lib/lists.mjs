// Entitlement lists of any size, the same in every run, in each wire format (docs/wire-format.md). The shapes are those
// of the recorded payloads in tests/spec/payloads.

/** The moment all benchmarks ask for: fixed, so that answers are known. */
export const NOW = Date.UTC(2026, 5, 1);
const START = '2026-01-01T00:00:00Z';
const ENDED = '2026-03-01T00:00:00Z';
/** Beyond any run of a benchmark, on the real clock too. */
const ENDS = '2099-01-01T00:00:00Z';

const PAGE = 100;
const AREAS = ['reports', 'sso', 'export', 'api', 'storage', 'audit', 'seats', 'support'];

/** Key of the i-th feature. */
export const keyOf = (i) => `${AREAS[i % AREAS.length]}-feature-${i}`;

const idOf = (prefix, i) => `${prefix}_${(i * 2654435761 + 97).toString(36).padStart(16, '0')}`;

/**
 * Rows in plangate's words. Every 4th is static, every 10th metered, every 7th denied by the billing system, every 9th
 * over; `timeBound` gives every 3rd an end in the future. Stripe lists know none of this: there all rows grant.
 */
export function rowsOf(count, { timeBound = false } = {}) {
  return Array.from({ length: count }, (_, i) => {
    const type = i % 10 === 5 ? 'metered' : i % 4 === 1 ? 'static' : 'boolean';
    const over = i % 9 === 8;
    return {
      id: idOf('ent', i),
      key: keyOf(i),
      type,
      hasAccess: i % 7 !== 6,
      activeTo: over ? ENDED : timeBound && i % 3 === 0 ? ENDS : null,
      config: type === 'static' ? { limit: 25 + i, allowedFileTypes: ['pdf', 'doc', 'xlsx'] } : null,
      balance: 1000 + i,
      allowed: i % 7 !== 6 && !over,
    };
  });
}

const pagesOf = (rows) => {
  const pages = [];
  for (let at = 0; at < rows.length; at += PAGE) pages.push([at, rows.slice(at, at + PAGE)]);
  return pages;
};

const paygenticRow = ({ id, key, type, hasAccess, activeTo, config, balance }, i) => ({
  entitlementId: id,
  customerId: 'cus_bench',
  featureId: idOf('feat', i),
  featureKey: key,
  featureType: type,
  productId: idOf('prod', i % 5),
  subscriptionId: idOf('sub', 1),
  status: 'active',
  activeFrom: START,
  activeTo,
  hasAccess,
  ...(type === 'static' && { config }),
  ...(type === 'metered' && {
    balance,
    usageInPeriod: 160,
    overage: 0,
    currentPeriodStart: START,
    currentPeriodEnd: ENDS,
    isSoftLimit: false,
  }),
  metadata: {},
});

const stripeRow = ({ key }, i) => ({
  id: idOf('ent_test', i),
  object: 'entitlements.active_entitlement',
  feature: idOf('feat_test', i),
  livemode: false,
  lookup_key: key,
});

const snapshotRow = ({ id, key, type, hasAccess, activeTo, config, balance }, i) => ({
  id,
  featureKey: key,
  featureId: idOf('feat', i),
  productId: idOf('prod', i % 5),
  ...(type !== 'boolean' && { type }),
  ...(!hasAccess && { hasAccess }),
  activeFrom: Date.parse(START),
  ...(activeTo && { activeTo: Date.parse(activeTo) }),
  ...(config && { config }),
  ...(type === 'metered' && { usage: { balance, usageInPeriod: 160, overage: 0 } }),
});

/** Format name -> `{pages: string[], request, allowed}`: what to load, how, and how many keys it must allow. */
export const lists = {
  snapshot(rows, customer = 'cus_bench') {
    const asOf = NOW;
    const entitlements = rows.map(snapshotRow);
    return {
      pages: [JSON.stringify({ plangate: 1, customer, source: 'bench', asOf, entitlements })],
      request: {},
      allowed: rows.filter(({ allowed }) => allowed).length,
    };
  },
  'paygentic-list'(rows) {
    const all = rows.map(paygenticRow);
    const pagination = (offset) => ({ limit: PAGE, offset, total: rows.length });
    return {
      pages: pagesOf(all).map(([at, data]) => JSON.stringify({ object: 'list', data, pagination: pagination(at) })),
      request: { asOf: NOW, customer: 'cus_bench' },
      allowed: rows.filter(({ allowed }) => allowed).length,
    };
  },
  'stripe-list'(rows) {
    const url = '/v1/entitlements/active_entitlements';
    const all = rows.map(stripeRow);
    return {
      pages: pagesOf(all).map(([at, data]) =>
        JSON.stringify({ object: 'list', data, has_more: at + PAGE < all.length, url }),
      ),
      request: { asOf: NOW, customer: 'cus_bench' },
      allowed: rows.length,
    };
  },
};
