// What the parts of the store contract share.

import { expect } from 'vitest';

import type { Put, Retention, Store, StoreKey } from '../../js/stores/index.js';

/** How the suite gets at one kind of store. */
export interface Subject {
  /** A store on storage that nothing was written to. */
  fresh(retention?: Retention): Promise<Store>;
  /** Another handle on the storage of the last `fresh`, as another process has; absent: the storage is the handle's own. */
  again?(): Promise<Store>;
  readonly kind: string;
}

export const T0 = 1_700_000_000_000;
export const DAY = 86_400_000;
export const cus = (customer = 'cus_1', mode: 'live' | 'test' = 'live'): StoreKey => ({
  source: 'stripe',
  mode,
  customer,
});
export const list = (asOf: number, text = `{"asOf":${asOf}}`, more: Partial<Put> = {}): Put => ({
  ...cus(),
  snapshot: text,
  asOf,
  now: asOf + 5,
  ...more,
});

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await expect.poll(condition, { interval: 20, message: `waited in vain for ${what}` }).toBe(true);
}

/** Opens a store on empty storage. */
export type Fresh = (retention?: Retention) => Promise<Store>;
/** Another handle on the same storage, where there can be one. */
export type Other = (store: Store) => Promise<Store>;
