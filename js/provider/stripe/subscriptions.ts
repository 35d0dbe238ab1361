// /v1/subscriptions.

import type { JsonObject, Subscription } from '../../engine/billing.js';
import { BillingError } from '../ledger.js';
import { keptData, present } from './data.js';
import { missing } from './errors.js';
import { listOf, page } from './list.js';
import {
  flag,
  integer,
  list,
  metadata,
  nested,
  oneOf,
  orWord,
  paging,
  range,
  required,
  text,
  unavailable,
  unset,
} from './params.js';
import type { Params } from './params.js';
import { payment, proration } from './payment.js';
import { find, route } from './route.js';
import type { Call, Route } from './route.js';
import type { Json } from './shapes.js';
import { changedItem, itemMetadata, itemsOf, newItem } from './subscription-items.js';
import { subscription, TRIAL_END_BEHAVIOR } from './subscription-shape.js';

const PATH = '/v1/subscriptions';

const cancellation = nested({ comment: unset(text()), feedback: unset(text()) });

const shared = {
  cancel_at: unset(orWord('min_period_end', orWord('max_period_end', integer()))),
  cancel_at_period_end: flag,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer(),
  default_payment_method: text(),
  description: unset(text({ max: 500 })),
  metadata,
  trial_end: orWord('now', integer()),
  trial_from_plan: unavailable,
  trial_settings: nested({
    end_behavior: required(nested({ missing_payment_method: required(oneOf('create_invoice', 'cancel', 'pause')) })),
  }),
};

type Shared = Params<typeof shared>;

const ms = (time: number): number => time * 1000;

/** When it shall end. The items of a subscription have one period, so that its least and its greatest end are the same. */
function endOf({
  cancel_at: at,
  cancel_at_period_end: end,
}: Pick<Shared, 'cancel_at' | 'cancel_at_period_end'>): object {
  if (typeof at === 'string') return { cancelAtPeriodEnd: true };
  return present({ cancelAt: at == null ? at : ms(at), cancelAtPeriodEnd: end });
}

/** What creating and updating have in common, in the ledger's words. */
function common(params: Shared): { readonly data?: JsonObject } {
  const { metadata: own, trial_settings: trial } = params;
  const { collection_method, days_until_due, default_payment_method, description } = params;
  return {
    ...endOf(params),
    ...(own !== undefined && { metadata: own }),
    ...(trial && { trialEndBehavior: TRIAL_END_BEHAVIOR[trial.end_behavior.missing_payment_method] }),
    ...keptData({ collection_method, days_until_due, default_payment_method, description }),
  };
}

const names = {
  startAt: 'backdate_start_date',
  trialEnd: 'trial_end',
  trialDays: 'trial_period_days',
  cancelAt: 'cancel_at',
  cancelAtPeriodEnd: 'cancel_at_period_end',
  anchor: 'billing_cycle_anchor',
};

/** States that come of invoices and payments. */
const NEVER: ReadonlySet<string> = new Set(['incomplete_expired', 'past_due', 'unpaid']);

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
      billing_cycle_anchor_config: unavailable,
      customer: required(text()),
      customer_account: unavailable,
      proration_behavior: proration.proration_behavior,
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
      const given = itemsOf(items, call);
      const { data, ...rest } = common(params);
      const made = work.do<Subscription>({
        do: 'subscription.create',
        id: work.ids.make('sub'),
        customer,
        items: given.map(({ item }) => item),
        ...rest,
        data: { ...data, ...itemMetadata(given) },
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
      plan: text(),
      collection_method: oneOf('charge_automatically', 'send_invoice'),
      created: range,
      current_period_end: range,
      current_period_start: range,
      automatic_tax: nested({ enabled: required(flag) }),
    },
    (params, call) => {
      const { customer, status: asked, test_clock: clock, collection_method: collection, ...others } = params;
      const {
        plan,
        price = plan,
        created,
        current_period_start,
        current_period_end,
        automatic_tax,
        ...cursors
      } = others;
      // States of unpaid invoices, and taxes: nobody ever has them here.
      if (automatic_tax?.enabled || (asked !== undefined && NEVER.has(asked))) return listOf(PATH, [], false);
      const filters = {
        customer,
        price,
        clock,
        created,
        status: (asked === 'incomplete' ? 'scheduled' : asked) as 'active' | undefined,
        periodStart: current_period_start,
        periodEnd: current_period_end,
        data: collection && { collection_method: collection },
      };
      return page(call.ledger, 'subscriptions', filters, cursors, PATH, (row) => shaped(call, row));
    },
  ),
  route('GET', `${PATH}/:id`, {}, (_, call) => shaped(call, find(call.ledger, 'subscription', call.part('id')))),
  route(
    'POST',
    `${PATH}/:id`,
    {
      ...payment,
      ...proration,
      ...shared,
      items: list(changedItem, { max: 20 }),
      billing_cycle_anchor: oneOf('now', 'unchanged'),
      cancellation_details: cancellation,
      pause_collection: unset(
        nested({ behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')), resumes_at: integer() }),
      ),
    },
    (params, call) => {
      const before = find(call.ledger, 'subscription', call.part('id'));
      const { items, billing_cycle_anchor: anchor, trial_end: trial, pause_collection: pause } = params;
      const given = items && itemsOf(items, call);
      const { data: kept, ...rest } = common(params);
      const update = {
        ...rest,
        ...(given && { items: given.map(({ item }) => item) }),
        ...(anchor !== undefined && { anchor }),
        ...(trial !== undefined && { trialEnd: trial === 'now' ? trial : ms(trial) }),
      };
      const data = {
        ...kept,
        // It stops collecting, not the subscription: what the customer is entitled to stays.
        ...(pause !== undefined && {
          pause_collection: pause && { ...pause, resumes_at: pause.resumes_at ?? null },
        }),
        ...said(params.cancellation_details).data,
        ...(given && itemMetadata(given, before)),
      };
      return shaped(call, call.work.do<Subscription>({ do: 'subscription.update', id: before.id, ...update, data }));
    },
    { names },
  ),
  route(
    'DELETE',
    `${PATH}/:id`,
    { invoice_now: flag, prorate: flag, cancellation_details: cancellation },
    ({ cancellation_details: details }, call) => {
      const { id } = find(call.ledger, 'subscription', call.part('id'));
      if (details) call.work.do({ do: 'subscription.update', id, ...said(details) });
      try {
        return shaped(call, call.work.do<Subscription>({ do: 'subscription.cancel', id }));
      } catch (thrown) {
        // As Stripe says it: what has ended is not there to be canceled.
        const ended = thrown instanceof BillingError && thrown.code === 'SUBSCRIPTION_ENDED';
        throw ended ? missing('subscription', id) : thrown;
      }
    },
  ),
  route(
    'POST',
    `${PATH}/:id/resume`,
    { ...proration, billing_cycle_anchor: oneOf('now', 'unchanged'), payment_behavior: payment.payment_behavior },
    ({ billing_cycle_anchor: anchor }, call) => {
      const { id } = find(call.ledger, 'subscription', call.part('id'));
      return shaped(call, call.work.do<Subscription>({ do: 'subscription.resume', id, ...(anchor && { anchor }) }));
    },
    { names },
  ),
];
