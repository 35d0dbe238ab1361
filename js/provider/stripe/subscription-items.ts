// The items of subscriptions: as parameters, and /v1/subscription_items.

import type { ItemRequest, Subscription } from '../../engine/billing.js';
import { BillingError } from '../ledger.js';
import { present } from './data.js';
import { invalid, missing } from './errors.js';
import { pageOf } from './list.js';
import {
  changedMetadata,
  decimal,
  flag,
  integer,
  metadata,
  nested,
  oneOf,
  paging,
  required,
  text,
  unavailable,
} from './params.js';
import type { MetadataChange, Params } from './params.js';
import { itemPayment, payment, proration } from './payment.js';
import { createPrice } from './prices.js';
import { find, route, within } from './route.js';
import type { Call, Route } from './route.js';
import { deleted } from './shapes.js';
import type { Json } from './shapes.js';
import { metadataOfItems, subscriptionItem } from './subscription-shape.js';

const ITEMS = '/v1/subscription_items';

const priceData = nested({
  currency: required(text({ max: 3 })),
  product: required(text()),
  recurring: required(
    nested({ interval: required(oneOf('day', 'week', 'month', 'year')), interval_count: integer({ min: 1 }) }),
  ),
  unit_amount: integer(),
  unit_amount_decimal: decimal,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
});

const itemFields = {
  ...itemPayment,
  current_trial: unavailable,
  metadata,
  /** The older name of `price`. */
  plan: text(),
  price: text(),
  price_data: priceData,
  quantity: integer(),
};

/** An item of a new subscription. */
export const newItem = nested(itemFields);
/** An item in a change: one that is there by its id, or another. */
export const changedItem = nested({ ...itemFields, id: text(), deleted: flag, clear_usage: flag });

interface GivenItem {
  readonly id?: string | undefined;
  readonly plan?: string | undefined;
  readonly price?: string | undefined;
  readonly price_data?: Params<{ of: typeof priceData }>['of'];
  readonly quantity?: number | undefined;
  readonly deleted?: boolean | undefined;
  readonly metadata?: MetadataChange | undefined;
}

/** An item for the ledger, and what is to be kept with it. */
interface ReadItem {
  readonly item: ItemRequest & { readonly id: string };
  readonly metadata: MetadataChange | undefined;
}

/** Items as the ledger takes them: new ones get an id, and a price of their own when they bring its data. */
export function itemsOf(
  items: readonly GivenItem[],
  call: Call,
  nameOf: (at: number) => string | undefined = (at) => `items[${at}]`,
): ReadItem[] {
  return items.map(({ id, plan, price = plan, price_data: data, metadata: own, ...given }, at) => {
    const under = within('price_data', nameOf(at));
    const paid = data ? createPrice(call, data.product, data, { under }).id : price;
    if (id === undefined && paid === undefined) {
      throw invalid('An item needs price or price_data.', within('price', nameOf(at)), 'parameter_missing');
    }
    const { quantity, deleted: gone } = given;
    return {
      item: { id: id ?? call.work.ids.make('si'), ...present({ price: paid, quantity, deleted: gone }) },
      metadata: own,
    };
  });
}

/** The items' metadata, for the subscription's `data`: the rules know of none. Nothing when none is given. */
export function itemMetadata(given: readonly ReadItem[], before?: Subscription): Json {
  const changes = given.filter((each) => each.metadata !== undefined);
  if (changes.length === 0) return {};
  const kept = before ? metadataOfItems(before) : {};
  const changed = changes.map(({ item: { id }, metadata: own }) => [id, changedMetadata(kept[id] ?? {}, own)] as const);
  return { item_metadata: { ...kept, ...Object.fromEntries(changed) } };
}

/** The subscription that has an item. */
function holderOf(item: string, { ledger }: Call): Subscription {
  const [holder] = ledger.list('subscriptions', { item, status: 'all' }, { limit: 1 }).data;
  if (!holder) throw missing('subscription item', item);
  return holder;
}

function itemJson(id: string, { ledger }: Call, of: Subscription): Json {
  const item = of.items.find((each) => each.id === id);
  if (!item) throw missing('subscription item', id);
  return subscriptionItem(ledger, item, of);
}

/** Changes one item of a subscription; answers it as it is then. */
function changeItem(of: Subscription, given: GivenItem, call: Call): Json {
  const read = itemsOf([given], call, () => undefined);
  const [{ item }] = read as [ReadItem];
  const data = itemMetadata(read, of);
  try {
    return itemJson(item.id, call, call.work.do({ do: 'subscription.update', id: of.id, items: [item], data }));
  } catch (thrown) {
    if (!(thrown instanceof BillingError)) throw thrown;
    // Here its members are the request's own.
    throw new BillingError({ ...thrown, message: thrown.message, param: thrown.param.replace(/^items\[0\]\./, '') });
  }
}

export const subscriptionItemRoutes: readonly Route[] = [
  route(
    'POST',
    ITEMS,
    { ...payment, ...proration, ...itemFields, subscription: required(text()) },
    ({ subscription: of, ...item }, call) =>
      changeItem(find(call.ledger, 'subscription', of, { param: 'subscription' }), item, call),
  ),
  route('GET', ITEMS, { ...paging, subscription: required(text()) }, ({ subscription: id, ...cursors }, { ledger }) => {
    const of = find(ledger, 'subscription', id, { param: 'subscription' });
    return pageOf(of.items, cursors, ITEMS, (item) => subscriptionItem(ledger, item, of));
  }),
  route('GET', `${ITEMS}/:id`, {}, (_, call) => itemJson(call.part('id'), call, holderOf(call.part('id'), call))),
  route('POST', `${ITEMS}/:id`, { ...payment, ...proration, ...itemFields }, (given, call) => {
    const id = call.part('id');
    return changeItem(holderOf(id, call), { ...given, id }, call);
  }),
  route(
    'DELETE',
    `${ITEMS}/:id`,
    { ...proration, clear_usage: flag, payment_behavior: payment.payment_behavior },
    (_, call) => {
      const id = call.part('id');
      const items = [{ id, deleted: true }];
      call.work.do({ do: 'subscription.update', id: holderOf(id, call).id, items });
      return deleted(id, 'subscription_item');
    },
  ),
];
