// What there is, as a seed: it makes the same catalogue, customers and running subscriptions elsewhere.

import { stringify } from 'yaml';

import type { Attachment, Feature, ItemRequest, Price, Product, Subscription } from '../../engine/billing.js';
import { isDeleted } from '../ledger.js';
import type { LedgerReader } from '../ledger.js';
import type { Work } from '../state/work.js';

type Json = Record<string, unknown>;

/** The seed as an object. History, ended subscriptions, events and keys are not in it. */
export function exportSeed({ ledger, documents, now }: Pick<Work, 'ledger' | 'documents' | 'now'>): object {
  const oldestFirst = <T>(rows: readonly T[]): T[] => [...rows].reverse();
  const features = oldestFirst(ledger.every('features', {}));
  // As a seed makes them: feature by feature.
  const place = new Map(features.map(({ id }, at) => [id, at]));
  const placeOf = ({ feature: { id } }: Attachment): number => place.get(id) ?? 0;
  const attached = oldestFirst(ledger.every('attachments', {})).sort((a, b) => placeOf(a) - placeOf(b));
  const clock = documents.get('clock', 'clock');
  return full({
    frozenAt: clock?.frozenAt == null ? undefined : time(clock.frozenAt),
    features: features.map(feature),
    products: oldestFirst(ledger.every('products', {}))
      .filter((row) => !isDeleted(row))
      .map((row) => product(ledger, row, attached)),
    testClocks: oldestFirst(ledger.every('clocks', {})).map(({ id, time: at, name }) =>
      full({ id, time: time(at), name }),
    ),
    customers: customers(ledger, now),
    paygentic: documents.all('record').map(({ id, type, product: of, values }) => ({ id, type, product: of, values })),
    webhooks: documents.all('webhook_endpoint').map(({ url, protocol, events }) => ({ url, protocol, events })),
  });
}

/** The seed as YAML. */
export function exportYaml(work: Pick<Work, 'ledger' | 'documents' | 'now'>): string {
  return stringify(exportSeed(work), { lineWidth: 120 });
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Without what is absent, null or empty: a seed says what there is. */
function full(values: Json): Json {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}

function feature({ id, key, name, type, product: of, active, metadata, data }: Feature): Json {
  return full({ id, key, name, type, product: of, archived: active ? undefined : true, metadata, data });
}

function attachment({ id, feature: of, template, metadata, data }: Attachment): Json {
  return full({ feature: of.id, id, ...template, metadata, data });
}

function price(
  { id, currency, unitAmount, interval, intervalCount, key, active, metadata, data }: Price,
  attached: readonly Attachment[],
): Json {
  const features = attached.filter((row) => row.price === id).map(attachment);
  const recurs = { every: interval, count: interval !== null && intervalCount !== 1 ? intervalCount : undefined };
  return full({
    id,
    currency,
    amount: unitAmount ?? 0,
    ...recurs,
    key,
    active: active ? undefined : false,
    features,
    metadata,
    data,
  });
}

function product(ledger: LedgerReader, row: Product, attached: readonly Attachment[]): Json {
  const { id, name, description, defaultPrice, active, metadata, data } = row;
  const prices = ledger.every('prices', { product: id }).reverse();
  const plans = ledger.every('plans', { product: id }).reverse();
  return full({
    id,
    name,
    description,
    active: active ? undefined : false,
    features: attached.filter((each) => each.product === id && each.price === null).map(attachment),
    plans: plans.map((plan) =>
      full({
        id: plan.id,
        name: plan.name,
        active: plan.active ? undefined : false,
        prices: prices.filter((each) => each.plan === plan.id).map((each) => price(each, attached)),
        metadata: plan.metadata,
        data: plan.data,
      }),
    ),
    prices: prices.filter((each) => each.plan === null).map((each) => price(each, attached)),
    defaultPrice,
    metadata,
    data,
  });
}

/** All customers. What they have is asked for at once, and not of each: there may be many. */
function customers(ledger: LedgerReader, now: number): Json[] {
  const clocks = new Map(ledger.every('clocks', {}).map(({ id, time: at }) => [id, at]));
  const metered = ledger.list('features', { type: 'metered' }, { limit: 1 }).total > 0;
  const subscriptions = new Map<string, Subscription[]>();
  for (const row of ledger.every('subscriptions', {}).reverse()) {
    subscriptions.set(row.customer, [...(subscriptions.get(row.customer) ?? []), row]);
  }
  return ledger
    .every('customers', {})
    .reverse()
    .filter((row) => !isDeleted(row))
    .map((row) => {
      const { id, name, email, externalId, clock, metadata, data } = row;
      const at = (clock === null ? undefined : clocks.get(clock)) ?? now;
      const pools = new Set<string>();
      const own = (subscriptions.get(id) ?? []).map((each) =>
        full({ ...subscription(each, at), usage: metered ? usageOf(ledger, each, pools) : undefined }),
      );
      return full({ id, name, email, externalId, testClock: clock, subscriptions: own, metadata, data });
    });
}

/** When an exported subscription's periods begin and end, so that they go on as they did. */
function periods(row: Subscription, now: number): Json {
  const { startAt, anchor, trialEnd } = row;
  if (trialEnd !== null && trialEnd > now) return { trialEnd: time(trialEnd) };
  if (anchor === startAt) return {};
  return anchor > now ? { anchor: time(anchor) } : { periodsFrom: time(anchor) };
}

/** What was used in the present periods. A pool is one balance, whichever of a customer's rows draw on it: it is told once. */
function usageOf(ledger: LedgerReader, { id, customer }: Subscription, pools: Set<string>): Json[] {
  const rows = ledger.every('entitlements', { customer, subscription: id });
  return rows.flatMap(({ featureKey, product: of, usage }) => {
    if (!usage || usage.usageInPeriod === 0 || (usage.pool !== null && pools.has(usage.pool))) return [];
    if (usage.pool !== null) pools.add(usage.pool);
    const twice = rows.filter((row) => row.featureKey === featureKey).length > 1;
    return [full({ feature: featureKey, product: twice ? of : undefined, quantity: usage.usageInPeriod })];
  });
}

function subscription(row: Subscription, now: number): Json {
  const { id, plan, startAt, cancelAt, pending, resumesAt, metadata, data } = row;
  const itemsOf = (rows: readonly ItemRequest[]): Json[] =>
    rows.map(({ id: own, price: of, quantity }) => full({ id: own, price: of, quantity }));
  return {
    id,
    ...(plan === null ? { items: itemsOf(row.items) } : { plan, quantity: row.items[0]?.quantity }),
    startAt: time(startAt),
    ...periods(row, now),
    trialEndBehavior: row.trialEndBehavior === 'continue' ? undefined : row.trialEndBehavior,
    cancelAt: cancelAt === null ? undefined : time(cancelAt),
    cancelAtPeriodEnd: row.cancelAtPeriodEnd || undefined,
    paused: row.status === 'paused' || undefined,
    resumesAt: resumesAt === null ? undefined : time(resumesAt),
    atPeriodEnd: pending && (pending.plan === null ? { items: itemsOf(pending.items) } : { plan: pending.plan }),
    metadata,
    data,
  };
}
