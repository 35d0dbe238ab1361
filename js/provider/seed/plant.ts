// Does what a seed says.

import { parse } from 'yaml';

import type { BillingCommand, EntitlementTemplate, ItemRequest } from '../../engine/billing.js';
import { ProviderError } from '../errors.js';
import type { IdPrefix } from '../ids.js';
import { BillingError } from '../ledger.js';
import { addEndpoint } from '../webhooks/endpoints.js';
import type { Work } from '../state/work.js';
import { readSeed } from './shape.js';
import type {
  Seed,
  SeedAttachment,
  SeedCustomer,
  SeedFeature,
  SeedPrice,
  SeedProduct,
  SeedRecord,
  SeedSubscription,
} from './shape.js';

/** Reads a seed from YAML or JSON text, or an object. Throws ProviderError INVALID_SEED naming every wrong place. */
export function parseSeed(given: string | object): Seed {
  if (typeof given === 'object') return readSeed(given);
  try {
    return readSeed(parse(given) ?? {});
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    throw new ProviderError('INVALID_SEED', `The seed is not YAML or JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Something to attach, once its feature is there. */
interface Pending {
  readonly place: string;
  readonly target: { readonly product: string } | { readonly price: string };
  readonly given: SeedAttachment;
}

/** Does what a seed says, in one request's work. Throws ProviderError INVALID_SEED: nothing of the work is to be kept then. */
export function plantSeed(work: Work, seed: Seed, webhookSecret: string): void {
  new Planter(work).plant(seed);
  for (const endpoint of seed.webhooks ?? []) addEndpoint(work, endpoint, webhookSecret);
}

class Planter {
  readonly #work: Work;
  readonly #pending: Pending[] = [];
  /** What is no longer sold is so at the end: customers may have it. */
  readonly #withdrawn: { readonly place: string; readonly command: BillingCommand }[] = [];

  constructor(work: Work) {
    this.#work = work;
  }

  plant({ features = [], products = [], customers = [], testClocks = [], paygentic = [] }: Seed): void {
    testClocks.forEach(({ id, time, name }, at) => {
      this.#do(`testClocks[${at}]`, { do: 'clock.create', id: id ?? this.#id('clock'), time, ...(name && { name }) });
    });
    products.forEach((product, at) => this.#product(product, `products[${at}]`));
    this.#features(features);
    for (const { place, given } of this.#pending) {
      throw new ProviderError('INVALID_SEED', `${place}: there is no feature with the key or id '${given.feature}'`);
    }
    paygentic.forEach((record, at) => this.#record(record, `paygentic[${at}]`));
    customers.forEach((customer, at) => this.#customer(customer, `customers[${at}]`));
    for (const { place, command } of this.#withdrawn) this.#do(place, command);
  }

  /** In the seed's order; but an archived one's key must be free again before another has it. What names a key means the active one. */
  #features(features: readonly SeedFeature[]): void {
    const active = new Set(features.filter(({ archived }) => !archived).map(({ key }) => key));
    const waiting = new Map(features.map((feature, at) => [feature, `features[${at}]`]));
    for (const feature of features) {
      const before = [...waiting.keys()].filter(
        (each) => each.archived && !feature.archived && each.key === feature.key,
      );
      for (const each of [...before, feature]) {
        const place = waiting.get(each);
        if (place !== undefined) this.#feature(each, place, active);
        waiting.delete(each);
      }
    }
  }

  #feature(seed: SeedFeature, place: string, active: ReadonlySet<string>): void {
    const { key, name = key, type, product, metadata, data, archived = false } = seed;
    const id = seed.id ?? this.#id('feat');
    const given = { type, product: product ?? undefined, metadata, data };
    this.#do(place, { do: 'feature.create', id, key, name, ...defined(given) });
    this.#attach(id, (named) => named === id || (named === key && !(archived && active.has(key))));
    if (archived) this.#do(place, { do: 'feature.update', id, active: false });
  }

  #attach(feature: string, isMeant: (named: string) => boolean): void {
    for (const pending of this.#pending.filter(({ given }) => isMeant(given.feature))) {
      this.#pending.splice(this.#pending.indexOf(pending), 1);
      const { place, target, given } = pending;
      const { id = this.#id('prodft'), metadata, data, config, limit, soft, pool, perUnit, reset } = given;
      const template = defined({ config, limit, soft, pool, perUnit, reset });
      const grants = Object.keys(template).length > 0 && { template: template as EntitlementTemplate };
      this.#do(place, { do: 'attachment.create', id, feature, ...target, ...grants, ...defined({ metadata, data }) });
    }
  }

  #awaitFeatures(features: SeedProduct['features'], target: Pending['target'], place: string): void {
    (features ?? []).forEach((each, at) => {
      const given = typeof each === 'string' ? { feature: each } : each;
      this.#pending.push({ place: `${place}.features[${at}]`, target, given });
    });
  }

  #product(seed: SeedProduct, place: string): void {
    const { id = this.#id('prod'), name, description, active, metadata, data, plans = [], prices = [] } = seed;
    this.#do(place, {
      do: 'product.create',
      id,
      name,
      ...defined({ description: description ?? undefined, metadata, data }),
    });
    this.#awaitFeatures(seed.features, { product: id }, place);
    plans.forEach(({ id: own = this.#id('plan'), name: called, active: sold, prices: its = [], ...rest }, at) => {
      const here = `${place}.plans[${at}]`;
      this.#do(here, { do: 'plan.create', id: own, product: id, name: called, ...defined(rest) });
      its.forEach((price, nth) => this.#price(price, { product: id, plan: own }, `${here}.prices[${nth}]`));
      if (sold === false) this.#withdrawn.push({ place: here, command: { do: 'plan.update', id: own, active: false } });
    });
    prices.forEach((price, at) => this.#price(price, { product: id }, `${place}.prices[${at}]`));
    const { defaultPrice } = seed;
    if (defaultPrice !== undefined) this.#do(place, { do: 'product.update', id, defaultPrice });
    if (active === false) this.#withdrawn.push({ place, command: { do: 'product.update', id, active } });
  }

  #price(seed: SeedPrice, of: { readonly product: string; readonly plan?: string }, place: string): void {
    const { id = this.#id('price'), currency = 'usd', amount, every, count, active, features, ...rest } = seed;
    const recurs = every && { interval: every, intervalCount: count ?? 1 };
    this.#do(place, { do: 'price.create', id, ...of, currency, unitAmount: amount, ...recurs, ...defined(rest) });
    this.#awaitFeatures(features, { price: id }, place);
    if (active === false) this.#withdrawn.push({ place, command: { do: 'price.update', id, active } });
  }

  #record({ id: given, type, product, values }: SeedRecord, place: string): void {
    const { documents, ledger, now } = this.#work;
    try {
      ledger.get('product', product);
    } catch (cause) {
      throw this.#refused(place, cause);
    }
    const id = given ?? this.#id(type === 'metric' ? 'bm' : type);
    documents.put('record', id, { id, type, product, createdAt: now, values });
  }

  #customer(seed: SeedCustomer, place: string): void {
    const { id = this.#id('cus'), testClock, subscriptions = [], ...rest } = seed;
    this.#do(place, { do: 'customer.create', id, ...(testClock && { clock: testClock }), ...defined(rest) });
    subscriptions.forEach((subscription, at) => this.#subscription(subscription, id, `${place}.subscriptions[${at}]`));
  }

  #subscription(seed: SeedSubscription, customer: string, place: string): void {
    const {
      id = this.#id('sub'),
      price,
      items,
      plan,
      paused,
      resumesAt,
      atPeriodEnd,
      usage = [],
      quantity,
      ...rest
    } = seed;
    const given = items ?? (price === undefined ? undefined : [{ price, ...defined({ quantity }) }]);
    const what = given ? { items: this.#items(given) } : defined({ plan, quantity });
    this.#do(place, { do: 'subscription.create', id, customer, ...what, ...defined(rest) });
    if (atPeriodEnd) {
      const next = { ...defined(atPeriodEnd), ...(atPeriodEnd.items && { items: this.#items(atPeriodEnd.items) }) };
      this.#do(`${place}.atPeriodEnd`, { do: 'subscription.update', id, when: 'period_end', ...next });
    }
    usage.forEach(({ feature, product, quantity: used }, at) => {
      const record = { id: this.#id('usage'), customer, subscription: id, featureKey: feature, quantity: used };
      this.#do(`${place}.usage[${at}]`, { do: 'usage.record', ...record, ...defined({ product }) });
    });
    if (paused) this.#do(place, { do: 'subscription.pause', id, ...defined({ resumesAt }) });
  }

  #items(given: NonNullable<SeedSubscription['items']>): ItemRequest[] {
    return given.map((item) => ({ ...item, id: item.id ?? this.#id('si') }));
  }

  #id(prefix: IdPrefix): string {
    return this.#work.ids.make(prefix);
  }

  #do(place: string, command: BillingCommand): void {
    try {
      this.#work.do(command);
    } catch (cause) {
      throw this.#refused(place, cause);
    }
  }

  /** A refusal with its place in the seed; anything else as it is. */
  #refused(place: string, cause: unknown): unknown {
    if (!(cause instanceof BillingError)) return cause;
    const where = cause.param ? `${place} (${cause.param})` : place;
    return new ProviderError('INVALID_SEED', `${where}: ${cause.code} ${cause.message}`, { cause });
  }
}

/** Without the members that are not there. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
