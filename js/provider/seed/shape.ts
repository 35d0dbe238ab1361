// What a seed may say.

import { ProviderError } from '../errors.js';
import {
  anyOf,
  array,
  boolean,
  jsonObject,
  moment,
  nullable,
  number,
  object,
  optional,
  string,
  texts,
  word,
} from '../http/shape.js';
import type { Issue, Kind, Shaped } from '../http/shape.js';

const extras = { metadata: optional(texts), data: optional(jsonObject) };
const interval = word('day', 'week', 'month', 'year');

/** A feature by its key or id; as an object, with what it grants. */
const attachment = object({
  feature: string,
  id: optional(string),
  config: optional(nullable(jsonObject)),
  limit: optional(number),
  soft: optional(boolean),
  pool: optional(nullable(string)),
  perUnit: optional(boolean),
  reset: optional(word('period', 'never', 'day', 'week', 'month', 'year')),
  ...extras,
});
const attachments = optional(array(anyOf(string, attachment)));

const price = object({
  id: optional(string),
  /** Three letters; default usd. */
  currency: optional(string),
  /** In the currency's smallest unit. */
  amount: number,
  /** Absent: paid once. */
  every: optional(interval),
  count: optional(number),
  active: optional(boolean),
  /** What the application calls it: Stripe's lookup_key. */
  key: optional(string),
  features: attachments,
  ...extras,
});

const plan = object({
  id: optional(string),
  name: string,
  active: optional(boolean),
  prices: optional(array(price)),
  ...extras,
});

const product = object({
  id: optional(string),
  name: string,
  description: optional(nullable(string)),
  active: optional(boolean),
  features: attachments,
  plans: optional(array(plan)),
  prices: optional(array(price)),
  /** The id of one of its prices. */
  defaultPrice: optional(string),
  ...extras,
});

const feature = object({
  id: optional(string),
  key: string,
  name: optional(string),
  type: optional(word('boolean', 'static', 'metered')),
  /** Paygentic's features belong to a product: its id. */
  product: optional(nullable(string)),
  archived: optional(boolean),
  ...extras,
});

const item = object({ id: optional(string), price: string, quantity: optional(number) });

const subscription = object({
  id: optional(string),
  price: optional(string),
  plan: optional(string),
  items: optional(array(item)),
  quantity: optional(number),
  startAt: optional(moment),
  trialDays: optional(number),
  trialEnd: optional(moment),
  trialEndBehavior: optional(word('continue', 'cancel', 'pause')),
  anchor: optional(moment),
  /** Periods are counted from this moment, which is past; default is the start. */
  periodsFrom: optional(moment),
  cancelAt: optional(moment),
  cancelAtPeriodEnd: optional(boolean),
  paused: optional(boolean),
  /** Of a paused one. */
  resumesAt: optional(moment),
  /** What it has from its next period on. */
  atPeriodEnd: optional(object({ items: optional(array(item)), plan: optional(string), quantity: optional(number) })),
  /** What was used of this period's balances; the product tells rows of one feature apart. */
  usage: optional(array(object({ feature: string, product: optional(string), quantity: number }))),
  ...extras,
});

const customer = object({
  id: optional(string),
  name: optional(nullable(string)),
  email: optional(nullable(string)),
  externalId: optional(nullable(string)),
  testClock: optional(nullable(string)),
  subscriptions: optional(array(subscription)),
  ...extras,
});

/** What Paygentic's catalogue has beside plans: fees, billable metrics, and prices that no plan has taken yet. */
const record = object({
  id: optional(string),
  type: word('fee', 'metric', 'price'),
  product: string,
  values: jsonObject,
});

const members = {
  /** Stops the provider's clock at this time. */
  frozenAt: optional(moment),
  features: optional(array(feature)),
  products: optional(array(product)),
  paygentic: optional(array(record)),
  testClocks: optional(array(object({ id: optional(string), time: moment, name: optional(nullable(string)) }))),
  customers: optional(array(customer)),
  webhooks: optional(
    array(object({ url: string, protocol: optional(word('stripe', 'paygentic')), events: optional(array(string)) })),
  ),
};

type Row<K> = K extends Kind<infer T> ? T : never;

export type Seed = Shaped<typeof members>;
export type SeedFeature = Row<typeof feature>;
export type SeedProduct = Row<typeof product>;
export type SeedPrice = Row<typeof price>;
export type SeedCustomer = Row<typeof customer>;
export type SeedSubscription = Row<typeof subscription>;
export type SeedRecord = Row<typeof record>;
export type SeedAttachment = Row<typeof attachment>;

/** Checks a seed's shape. Throws ProviderError INVALID_SEED naming every wrong place. */
export function readSeed(given: unknown): Seed {
  const issues: Issue[] = [];
  const seed = object(members).read(given, '', issues);
  if (issues.length === 0) return seed;
  const places = issues.map(({ field, message }) => `${field || 'the seed'}: ${message}`);
  throw new ProviderError('INVALID_SEED', `The seed has ${places.length} wrong places.\n  ${places.join('\n  ')}`);
}
