// What there is, as a seed: it makes the same catalogue, customers and running subscriptions elsewhere.

import { stringify } from 'yaml';

import type { Attachment, Customer, Feature, Price, Product, Subscription } from '../../engine/billing.js';
import { isDeleted } from '../ledger.js';
import type { LedgerReader } from '../ledger.js';
import type { Work } from '../state/work.js';

type Json = Record<string, unknown>;

/** The seed as an object. History, ended subscriptions, events and keys are not in it. */
export function exportSeed({ ledger, documents }: Pick<Work, 'ledger' | 'documents'>): object {
  const attached = ledger.every('attachments', {});
  const oldestFirst = <T>(rows: readonly T[]): T[] => [...rows].reverse();
  const clock = documents.get('clock', 'clock');
  return full({
    frozenAt: clock?.frozenAt == null ? undefined : time(clock.frozenAt),
    features: oldestFirst(ledger.every('features', {})).map(feature),
    products: oldestFirst(ledger.every('products', {}))
      .filter((row) => !isDeleted(row))
      .map((row) => product(ledger, row, oldestFirst(attached))),
    testClocks: oldestFirst(ledger.every('clocks', {})).map(({ id, time: at, name }) =>
      full({ id, time: time(at), name }),
    ),
    customers: oldestFirst(ledger.every('customers', {}))
      .filter((row) => !isDeleted(row))
      .map((row) => customer(ledger, row)),
    webhooks: documents.all('webhook_endpoint').map(({ url, protocol, events }) => ({ url, protocol, events })),
  });
}

/** The seed as YAML. */
export function exportYaml(work: Pick<Work, 'ledger' | 'documents'>): string {
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
  { id, currency, unitAmount, interval, intervalCount, active, metadata, data }: Price,
  attached: readonly Attachment[],
): Json {
  const features = attached.filter((row) => row.price === id).map(attachment);
  const recurs = { every: interval, count: interval !== null && intervalCount !== 1 ? intervalCount : undefined };
  return full({
    id,
    currency,
    amount: unitAmount ?? 0,
    ...recurs,
    active: active ? undefined : false,
    features,
    metadata,
    data,
  });
}

function product(ledger: LedgerReader, row: Product, attached: readonly Attachment[]): Json {
  const { id, name, description, active, metadata, data } = row;
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
    metadata,
    data,
  });
}

function customer(ledger: LedgerReader, { id, name, email, externalId, clock, metadata, data }: Customer): Json {
  const subscriptions = ledger.every('subscriptions', { customer: id }).reverse();
  const rows = subscriptions.map((row) => subscription(ledger, row));
  return full({ id, name, email, externalId, testClock: clock, subscriptions: rows, metadata, data });
}

function subscription(ledger: LedgerReader, row: Subscription): Json {
  const { id, plan, startAt, anchor, trialEnd, cancelAt, metadata, data } = row;
  const items = row.items.map(({ id: own, price: of, quantity }) => full({ id: own, price: of, quantity }));
  const used = ledger
    .every('entitlements', { subscription: id })
    .filter(({ usage }) => (usage?.usageInPeriod ?? 0) > 0);
  const trialing = row.status === 'trialing' && trialEnd !== null;
  return full({
    id,
    ...(plan === null ? { items } : { plan, quantity: row.items[0]?.quantity }),
    startAt: time(startAt),
    // A period that does not go by the start goes by its end.
    anchor: anchor === startAt || trialing ? undefined : time(row.periodEnd),
    trialEnd: trialing ? time(trialEnd) : undefined,
    trialEndBehavior: row.trialEndBehavior === 'continue' ? undefined : row.trialEndBehavior,
    cancelAt: cancelAt === null ? undefined : time(cancelAt),
    cancelAtPeriodEnd: row.cancelAtPeriodEnd || undefined,
    paused: row.status === 'paused' || undefined,
    usage: used.map(({ featureKey, usage }) => ({ feature: featureKey, quantity: usage?.usageInPeriod })),
    metadata,
    data,
  });
}
