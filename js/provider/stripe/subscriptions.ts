// /v1/subscriptions and /v1/subscription_items.

import type { ItemRequest, JsonObject, Subscription } from '../../engine/billing.js';
import { isNotFound } from '../ledger.js';
import type { LedgerReader } from '../ledger.js';
import { createPrice, keptData } from './catalogue.js';
import { invalid, missing } from './errors.js';
import { listOf, page } from './list.js';
import {
  flag,
  ignored,
  integer,
  list,
  metadata,
  nested,
  oneOf,
  orWord,
  paging,
  required,
  text,
  unset,
} from './params.js';
import type { Field, Params } from './params.js';
import { find, route } from './route.js';
import type { Call, Route } from './route.js';
import { deleted } from './shapes.js';
import type { Json } from './shapes.js';
import { subscription, subscriptionItem, TRIAL_END_BEHAVIOR } from './subscription-shape.js';

const PATH = '/v1/subscriptions';
const ITEMS = '/v1/subscription_items';

const priceData = nested({
  currency: required(text({ max: 3 })),
  product: required(text()),
  recurring: required(
    nested({ interval: required(oneOf('day', 'week', 'month', 'year')), interval_count: integer({ min: 1 }) }),
  ),
  unit_amount: integer(),
  unit_amount_decimal: text(),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
});

const itemFields = {
  price: text(),
  price_data: priceData,
  quantity: integer(),
  metadata: ignored,
  tax_rates: ignored,
  discounts: ignored,
};

const newItem = nested(itemFields);
const changedItem = nested({ ...itemFields, id: text(), deleted: flag, clear_usage: ignored });

const cancellation = nested({ comment: unset(text()), feedback: unset(text()) });

/** Paying is not simulated: these are taken, and change nothing. */
const payment: Readonly<Record<string, Field<undefined>>> = {
  add_invoice_items: ignored,
  application_fee_percent: ignored,
  automatic_tax: ignored,
  billing_mode: ignored,
  currency: ignored,
  default_source: ignored,
  default_tax_rates: ignored,
  invoice_settings: ignored,
  off_session: ignored,
  on_behalf_of: ignored,
  payment_behavior: ignored,
  payment_settings: ignored,
  pending_invoice_item_interval: ignored,
  proration_behavior: ignored,
  proration_date: ignored,
  transfer_data: ignored,
};

const shared = {
  cancel_at: unset(integer()),
  cancel_at_period_end: flag,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer(),
  default_payment_method: text(),
  description: unset(text({ max: 500 })),
  metadata,
  trial_end: orWord('now', integer()),
  trial_from_plan: ignored,
  trial_settings: nested({
    end_behavior: required(nested({ missing_payment_method: required(oneOf('create_invoice', 'cancel', 'pause')) })),
  }),
};

type Shared = Params<typeof shared>;

const ms = (time: number): number => time * 1000;

/** What creating and updating have in common, in the ledger's words. */
function common(params: Shared): object {
  const { cancel_at: at, cancel_at_period_end: end, metadata: own, trial_settings: trial } = params;
  const { collection_method, days_until_due, default_payment_method, description } = params;
  return {
    ...(at !== undefined && { cancelAt: at === null ? null : ms(at) }),
    ...(end !== undefined && { cancelAtPeriodEnd: end }),
    ...(own !== undefined && { metadata: own }),
    ...(trial && { trialEndBehavior: TRIAL_END_BEHAVIOR[trial.end_behavior.missing_payment_method] }),
    ...keptData({ collection_method, days_until_due, default_payment_method, description }),
  };
}

interface GivenItem {
  readonly id?: string | undefined;
  readonly price?: string | undefined;
  readonly price_data?: Params<{ of: typeof priceData }>['of'];
  readonly quantity?: number | undefined;
  readonly deleted?: boolean | undefined;
}

/** Items as the ledger takes them: new ones get an id, and a price of their own when they bring its data. */
function itemsOf(items: readonly GivenItem[], call: Call): ItemRequest[] {
  return items.map(({ id, price, price_data: data, quantity, deleted: gone }, at) => {
    const own = data ? createPrice(call, data.product, data).id : price;
    if (id === undefined && own === undefined) {
      throw invalid('An item needs price or price_data.', `items[${at}][price]`, 'parameter_missing');
    }
    return {
      id: id ?? call.work.ids.make('si'),
      ...(own !== undefined && { price: own }),
      ...(quantity !== undefined && { quantity }),
      ...(gone !== undefined && { deleted: gone }),
    };
  });
}

const names = {
  startAt: 'backdate_start_date',
  trialEnd: 'trial_end',
  trialDays: 'trial_period_days',
  cancelAt: 'cancel_at',
  cancelAtPeriodEnd: 'cancel_at_period_end',
  anchor: 'billing_cycle_anchor',
};

function shaped({ ledger, version }: Call, from: Subscription): Json {
  return subscription(ledger, from, version);
}

/** What the customer said when cancelling, to be kept with the subscription. */
function said(details: Params<{ of: typeof cancellation }>['of']): { data?: JsonObject } {
  if (!details) return {};
  const { comment = null, feedback = null } = details;
  return { data: { cancellation_details: { comment, feedback } } };
}

export const subscriptionRoutes: readonly Route[] = [
  route(
    'POST',
    PATH,
    {
      ...payment,
      ...shared,
      customer: required(text()),
      items: required(list(newItem, { max: 20 })),
      backdate_start_date: integer(),
      billing_cycle_anchor: integer(),
      trial_period_days: integer({ min: 1, max: 730 }),
    },
    (params, call) => {
      const { work } = call;
      const {
        customer,
        items,
        backdate_start_date: start,
        billing_cycle_anchor: anchor,
        trial_period_days: days,
        trial_end: trial,
      } = params;
      const made = work.do<Subscription>({
        do: 'subscription.create',
        id: work.ids.make('sub'),
        customer,
        items: itemsOf(items, call),
        ...common(params),
        ...(start !== undefined && { startAt: ms(start) }),
        ...(anchor !== undefined && { anchor: ms(anchor) }),
        ...(days !== undefined && { trialDays: days }),
        ...(typeof trial === 'number' && { trialEnd: ms(trial) }),
      });
      return shaped(call, made);
    },
    { names },
  ),
  route(
    'GET',
    PATH,
    {
      ...paging,
      customer: text(),
      price: text(),
      status: oneOf(
        'active',
        'all',
        'canceled',
        'ended',
        'incomplete',
        'incomplete_expired',
        'past_due',
        'paused',
        'trialing',
        'unpaid',
      ),
      test_clock: text(),
      collection_method: ignored,
      created: ignored,
      current_period_end: ignored,
      current_period_start: ignored,
    },
    (params, call) => {
      const { customer, price, status: asked, test_clock: clock, ...cursors } = params;
      // States of unpaid invoices: nobody is ever in them here.
      if (asked !== undefined && ['incomplete_expired', 'past_due', 'unpaid'].includes(asked))
        return listOf(PATH, [], false);
      const status = (asked === 'incomplete' ? 'scheduled' : asked) as 'active' | undefined;
      return page(call.ledger, 'subscriptions', { customer, price, status, clock }, cursors, PATH, (row) =>
        shaped(call, row),
      );
    },
  ),
  route('GET', `${PATH}/:id`, {}, (_, call) => shaped(call, find(call.ledger, 'subscription', call.part('id')))),
  route(
    'POST',
    `${PATH}/:id`,
    {
      ...payment,
      ...shared,
      items: list(changedItem, { max: 20 }),
      billing_cycle_anchor: oneOf('now', 'unchanged'),
      cancellation_details: cancellation,
      pause_collection: unset(
        nested({ behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')), resumes_at: integer() }),
      ),
    },
    (params, call) => {
      const { id } = find(call.ledger, 'subscription', call.part('id'));
      const { items, billing_cycle_anchor: anchor, trial_end: trial, pause_collection: pause } = params;
      const update = {
        ...common(params),
        ...(items && { items: itemsOf(items, call) }),
        ...(anchor !== undefined && { anchor }),
        ...(trial !== undefined && { trialEnd: trial === 'now' ? trial : ms(trial) }),
      } as { data?: object };
      // It stops collecting, not the subscription: what the customer is entitled to stays.
      if (pause !== undefined)
        update.data = { ...update.data, pause_collection: pause && { ...pause, resumes_at: pause.resumes_at ?? null } };
      const data = { ...update.data, ...said(params.cancellation_details).data };
      return shaped(call, call.work.do<Subscription>({ do: 'subscription.update', id, ...update, data }));
    },
    { names },
  ),
  route(
    'DELETE',
    `${PATH}/:id`,
    { invoice_now: ignored, prorate: ignored, cancellation_details: cancellation },
    ({ cancellation_details: details }, call) => {
      const { id } = find(call.ledger, 'subscription', call.part('id'));
      if (details) call.work.do({ do: 'subscription.update', id, ...said(details) });
      return shaped(call, call.work.do<Subscription>({ do: 'subscription.cancel', id }));
    },
  ),
  route(
    'POST',
    `${PATH}/:id/resume`,
    { billing_cycle_anchor: oneOf('now', 'unchanged'), proration_behavior: ignored, proration_date: ignored },
    ({ billing_cycle_anchor: anchor }, call) => {
      const { id } = find(call.ledger, 'subscription', call.part('id'));
      return shaped(call, call.work.do<Subscription>({ do: 'subscription.resume', id, ...(anchor && { anchor }) }));
    },
    { names },
  ),
];

/** Where items were found last: a hint, looked up again when it no longer holds. */
const holders = new WeakMap<LedgerReader, Map<string, string>>();

function findHinted(ledger: LedgerReader, id: string): Subscription | undefined {
  try {
    return ledger.get('subscription', id);
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

/** The subscription that has an item. */
function holderOf(item: string, { ledger }: Call): Subscription {
  const known = holders.get(ledger) ?? new Map<string, string>();
  holders.set(ledger, known);
  const has = ({ items }: Subscription): boolean => items.some(({ id }) => id === item);
  const hint = known.get(item);
  const hinted = hint === undefined ? undefined : findHinted(ledger, hint);
  if (hinted && has(hinted)) return hinted;
  const all = ledger.every('subscriptions', { status: 'all' });
  for (const each of all) for (const { id } of each.items) known.set(id, each.id);
  const holder = all.find(has);
  if (!holder) throw missing('subscription item', item);
  return holder;
}

function itemJson(id: string, { ledger }: Call, of: Subscription): Json {
  const item = of.items.find((each) => each.id === id);
  if (!item) throw missing('subscription item', id);
  return subscriptionItem(ledger, item, of.id);
}

/** Changes one item of a subscription; answers the subscription as it is then. */
function changeItem(of: string, item: ItemRequest, call: Call): Subscription {
  return call.work.do<Subscription>({ do: 'subscription.update', id: of, items: [item] });
}

export const subscriptionItemRoutes: readonly Route[] = [
  route(
    'POST',
    ITEMS,
    { ...payment, ...itemFields, subscription: required(text()) },
    ({ subscription: of, ...item }, call) => {
      find(call.ledger, 'subscription', of, 'subscription');
      const [added] = itemsOf([item], call) as [ItemRequest & { id: string }];
      return itemJson(added.id, call, changeItem(of, added, call));
    },
  ),
  route('GET', ITEMS, { ...paging, subscription: required(text()) }, ({ subscription: of }, { ledger }) => {
    const { items } = find(ledger, 'subscription', of, 'subscription');
    return listOf(
      ITEMS,
      items.map((item) => subscriptionItem(ledger, item, of)),
      false,
    );
  }),
  route('GET', `${ITEMS}/:id`, {}, (_, call) => itemJson(call.part('id'), call, holderOf(call.part('id'), call))),
  route('POST', `${ITEMS}/:id`, { ...payment, ...itemFields }, (given, call) => {
    const id = call.part('id');
    const { id: of } = holderOf(id, call);
    const [item] = itemsOf([{ ...given, id }], call) as [ItemRequest];
    return itemJson(id, call, changeItem(of, item, call));
  }),
  route(
    'DELETE',
    `${ITEMS}/:id`,
    { clear_usage: ignored, proration_behavior: ignored, proration_date: ignored },
    (_, call) => {
      const id = call.part('id');
      changeItem(holderOf(id, call).id, { id, deleted: true }, call);
      return deleted(id, 'subscription_item');
    },
  ),
];
