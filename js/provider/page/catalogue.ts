// What is sold, read whole: views name things by it.

import type { Attachment, Feature, Plan, Price, Product } from '../../engine/billing.js';
import { every, isGone } from './api.js';
import { useAnswer } from './live.js';
import type { Answered } from './live.js';
import type { Names } from './text.js';

export interface Catalogue extends Names {
  readonly features: readonly Feature[];
  readonly attachments: readonly Attachment[];
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]): ReadonlyMap<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

async function readCatalogue(): Promise<Catalogue> {
  const [features, products, plans, prices, attachments] = await Promise.all([
    every('features', {}),
    every('products', {}),
    every('plans', {}),
    every('prices', {}),
    every('attachments', { scope: 'all' }),
  ]);
  return {
    features,
    attachments,
    products: byId<Product>(products.filter((product) => !isGone(product))),
    plans: byId<Plan>(plans),
    prices: byId<Price>(prices),
  };
}

export const useCatalogue = (): Answered<Catalogue> => useAnswer(readCatalogue);

/** What can be subscribed to, for a list to choose from: `price:ID` or `plan:ID`. */
export function offers(catalogue: Catalogue): readonly (readonly [value: string, id: string, of: 'price' | 'plan'])[] {
  const prices = [...catalogue.prices.values()]
    .filter(({ active, interval, plan }) => active && interval !== null && plan === null)
    .map(({ id }) => [`price:${id}`, id, 'price'] as const);
  const plans = [...catalogue.plans.values()]
    .filter(({ active }) => active)
    .map(({ id }) => [`plan:${id}`, id, 'plan'] as const);
  return [...prices, ...plans];
}
