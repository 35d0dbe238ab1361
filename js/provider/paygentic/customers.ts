// /v0/customers, /v0/subscriptions and /v0/events.

import type { Customer, Subscription, UsageRecord } from '../../engine/billing.js';
import { parseMoment } from '../http/shape.js';
import {
  anything,
  boolean,
  jsonObject,
  moment,
  number,
  nullable,
  object,
  optional,
  string,
  word,
} from '../http/shape.js';
import { BillingError, isNotFound } from '../ledger.js';
import { writePaygenticEvent } from '../webhooks/paygentic-events.js';
import { badRequest, PaygenticError } from './errors.js';
import { touch } from './products.js';
import { find, limitText, listOf, offsetText, pageOf, route } from './route.js';
import type { Call, Route } from './route.js';
import { customer, present, subscription, time } from './shapes.js';
import type { Json } from './shapes.js';

const CUSTOMERS = '/v0/customers';
const SUBSCRIPTIONS = '/v0/subscriptions';
const paging = { limit: optional(limitText), offset: optional(offsetText) };

const consumer = object({
  name: optional(string),
  email: optional(string),
  phone: optional(string),
  address: optional(jsonObject),
});

const customerShape = object({
  consumer: optional(consumer),
  consumerId: optional(string),
  externalId: optional(nullable(string)),
  merchantId: optional(string),
  taxId: optional(string),
  taxRates: optional(anything),
});

type GivenCustomer = Parameters<typeof createCustomer>[0];

function createCustomer(
  given: {
    readonly consumer?:
      | {
          readonly name?: string | undefined;
          readonly email?: string | undefined;
          readonly phone?: string | undefined;
          readonly address?: Json | undefined;
        }
      | undefined;
    readonly externalId?: string | null | undefined;
    readonly taxId?: string | undefined;
    readonly taxRates?: unknown;
  },
  { work, merchantId }: Call,
): Customer {
  const { consumer: { name, email, phone, address } = {}, externalId, taxId, taxRates } = given;
  const data = present({ phone, consumerAddress: address, taxId, taxRates });
  const made = work.do<Customer>({
    do: 'customer.create',
    id: work.ids.make('cus'),
    ...present({ name, email, externalId }),
    data,
  });
  writePaygenticEvent(work, 'customer.created.v0', made.id, { customerId: made.id, ...customer(made, merchantId) });
  return made;
}

export const customerRoutes: readonly Route[] = [
  route('POST', CUSTOMERS, customerShape, (given, call) =>
    customer(createCustomer(given as GivenCustomer, call), call.merchantId),
  ),
  route(
    'GET',
    CUSTOMERS,
    object({ ...paging, merchantId: optional(string), externalId: optional(string) }),
    (given, { work, merchantId }) => {
      const { limit, offset } = pageOf(given);
      const filters = given.externalId === undefined ? {} : { externalId: given.externalId };
      const { data, total } = work.ledger.list('customers', filters, { limit, offset });
      return listOf(
        data.map((row) => customer(row, merchantId)),
        limit,
        offset,
        total,
      );
    },
  ),
  route('GET', `${CUSTOMERS}/:id`, object({}), (_, call) =>
    customer(find(call, 'customer', call.part('id')), call.merchantId),
  ),
  route(
    'PATCH',
    `${CUSTOMERS}/:id`,
    object({ externalId: optional(nullable(string)), taxId: optional(string), taxRates: optional(anything) }),
    ({ externalId, taxId, taxRates }, call) => {
      const { id } = find(call, 'customer', call.part('id'));
      const data = { ...present({ taxId, taxRates }), ...touch(call) };
      const after = call.work.do<Customer>({
        do: 'customer.update',
        id,
        ...(externalId !== undefined && { externalId }),
        data,
      });
      return customer(after, call.merchantId);
    },
  ),
  route(
    'DELETE',
    `${CUSTOMERS}/:id`,
    object({}),
    (_, call) => {
      call.work.do({ do: 'customer.delete', id: find(call, 'customer', call.part('id')).id });
      return null;
    },
    204,
  ),
];

/** Paying is not simulated: these are taken, and given back where the API gives them. */
const payment = {
  autoCharge: optional(boolean),
  taxExempt: optional(boolean),
  minimumAccountBalance: optional(string),
  prefundAmount: optional(string),
  redirectUrls: optional(anything),
  renewalReminderDays: optional(anything),
  renewalReminderEnabled: optional(anything),
  sessionExpiryMinutes: optional(number),
};

const subscriptionShape = object({
  ...payment,
  name: string,
  planId: string,
  startedAt: moment,
  endingAt: optional(moment),
  customerId: optional(string),
  customer: optional(customerShape),
  testClockId: optional(string),
});

function endSubscription(id: string, because: Json, call: Call): Subscription {
  call.work.do({ do: 'subscription.update', id, data: { ...because, ...touch(call) } });
  return call.work.do<Subscription>({ do: 'subscription.cancel', id });
}

export const subscriptionRoutes: readonly Route[] = [
  route('POST', SUBSCRIPTIONS, subscriptionShape, (given, call) => {
    const { work } = call;
    const { name, planId, startedAt, endingAt, autoCharge, taxExempt } = given;
    if (given.customerId === undefined && !given.customer) throw badRequest('customerId or customer is required.');
    const owner =
      given.customerId === undefined
        ? createCustomer((given.customer ?? {}) as GivenCustomer, call)
        : find(call, 'customer', given.customerId);
    if (given.testClockId !== undefined && owner.clock !== given.testClockId) {
      throw badRequest('Here a test clock is the customer’s: make the customer with it, then its subscriptions.');
    }
    const made = work.do<Subscription>({
      do: 'subscription.create',
      id: work.ids.make('sub'),
      customer: owner.id,
      plan: planId,
      startAt: startedAt,
      ...(endingAt !== undefined && { cancelAt: endingAt }),
      data: present({ name, autoCharge, taxExempt }),
    });
    return subscription(made);
  }),
  route(
    'GET',
    SUBSCRIPTIONS,
    object({
      ...paging,
      customerId: optional(string),
      planId: optional(string),
      status: optional(word('active', 'terminated', 'pending_payment')),
      merchantId: optional(string),
    }),
    (given, { work }) => {
      const { limit, offset } = pageOf(given);
      const status = ({ active: 'active', terminated: 'canceled', pending_payment: 'scheduled' } as const)[
        given.status ?? 'active'
      ];
      const { data, total } = work.ledger.list(
        'subscriptions',
        {
          ...(given.customerId !== undefined && { customer: given.customerId }),
          ...(given.planId !== undefined && { plan: given.planId }),
          status: given.status === undefined ? 'all' : status,
        },
        { limit, offset },
      );
      return listOf(data.map(subscription), limit, offset, total);
    },
  ),
  route('GET', `${SUBSCRIPTIONS}/:id`, object({}), (_, call) =>
    subscription(find(call, 'subscription', call.part('id'))),
  ),
  route(
    'PATCH',
    `${SUBSCRIPTIONS}/:id`,
    object({
      ...payment,
      endingAt: optional(nullable(moment)),
      status: optional(word('active', 'terminated')),
      terminatedAt: optional(moment),
      terminatedBy: optional(string),
      terminationReason: optional(string),
    }),
    (given, call) => {
      const { id } = find(call, 'subscription', call.part('id'));
      const { endingAt, autoCharge, taxExempt, terminatedBy, terminationReason } = given;
      if (given.status === 'terminated')
        return subscription(endSubscription(id, present({ terminatedBy, terminationReason }), call));
      const data = { ...present({ autoCharge, taxExempt }), ...touch(call) };
      const ends = endingAt === undefined ? {} : { cancelAt: endingAt };
      return subscription(call.work.do<Subscription>({ do: 'subscription.update', id, ...ends, data }));
    },
  ),
  route(
    'POST',
    `${SUBSCRIPTIONS}/:id/termination`,
    object({ reason: string, changeReason: optional(string) }),
    ({ reason }, call) => {
      const { id } = find(call, 'subscription', call.part('id'));
      return subscription(endSubscription(id, { terminationReason: reason, terminatedBy: call.merchantId }, call));
    },
    200,
  ),
];

const eventShape = object({
  type: string,
  source: string,
  subject: string,
  namespace: optional(string),
  timestamp: optional(string),
  idempotencyKey: optional(string),
  externalId: optional(string),
  data: jsonObject,
});

/** The number that a metric counts of an event; undefined: the event has none. */
function measured(metric: Json, data: Json): number | undefined {
  if (metric['aggregation'] === 'COUNT') return 1;
  const path = String(metric['valueProperty']).split('.').slice(1);
  const value = path.reduce<unknown>((at, name) => (at as Json | null | undefined)?.[name], data);
  return typeof value === 'number' ? value : undefined;
}

/** The metered features that a metric feeds: those of its prices. */
function meteredBy({ work }: Call, metric: string): Set<string> {
  const fed = work.ledger.every('prices', { data: { billableMetricId: metric } });
  const attached = fed.flatMap(({ id }) => work.ledger.every('attachments', { price: id, scope: 'price' }));
  return new Set(attached.filter(({ feature }) => feature.type === 'metered').map(({ feature }) => feature.id));
}

/** The subject is a customer's id, or the application's own name for one. */
function subjectOf({ work }: Call, subject: string): string {
  try {
    return work.ledger.get('customer', subject).id;
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
  const found = work.ledger.list('customers', { externalId: subject }, { limit: 1 }).data[0];
  if (!found) throw new PaygenticError(422, 'unprocessable', `The subject '${subject}' is no customer.`);
  return found.id;
}

/** Books a use; answers the refusal when the customer has nothing that it could be booked on. */
function booked({ work }: Call, use: UsageRecord): BillingError[] {
  try {
    work.do(use);
    return [];
  } catch (thrown) {
    if (thrown instanceof BillingError && thrown.code === 'NOT_ENTITLED') return [thrown];
    throw thrown;
  }
}

export const usageRoutes: readonly Route[] = [
  route('POST', '/v0/events', eventShape, (given, call) => {
    const { work } = call;
    const { type, source, subject, namespace, timestamp, idempotencyKey, externalId, data } = given;
    const at = timestamp === undefined ? work.now : parseMoment(timestamp);
    if (at === undefined) throw badRequest('timestamp is not RFC 3339.');
    const metrics = work.documents
      .all('record')
      .filter((row) => row.type === 'metric' && row.values['eventType'] === type);
    if (metrics.length === 0)
      throw new PaygenticError(422, 'unprocessable', `No billable metric has the event type '${type}'.`);
    const owner = subjectOf(call, subject);
    const id = idempotencyKey ?? work.ids.make('usage');
    const refused: BillingError[] = [];
    let uses = 0;
    for (const { id: metric, values } of metrics) {
      const quantity = measured(values, data);
      if (quantity === undefined || quantity < 0)
        throw badRequest(`data has no number at ${String(values['valueProperty'])}.`);
      for (const feature of meteredBy(call, metric)) {
        const use = { customer: owner, feature, quantity, ...(timestamp !== undefined && { at }) };
        refused.push(...booked(call, { do: 'usage.record', id: `${id}:${metric}:${feature}`, ...use }));
        uses += 1;
      }
    }
    // A metric may feed features of other plans than the customer's; of none is a mistake.
    if (uses > 0 && refused.length === uses) throw refused[0] as BillingError;
    return {
      id,
      object: 'event',
      type,
      source,
      subject,
      ...present({ namespace, timestamp: time(at), idempotencyKey, externalId }),
    };
  }),
];
