// /v0/fees, /v0/billableMetrics, /v0/prices and /v0/plans. A price gets its currency and interval with its plan, so until a
// plan takes it, it waits beside the ledger.

import type { Attachment, EntitlementTemplate, Interval, Plan, Price } from '../../engine/billing.js';
import { array, boolean, jsonObject, nullable, number, object, optional, string, word } from '../http/shape.js';
import type { Shaped } from '../http/shape.js';
import type { RecordDocument } from '../state/documents.js';
import { badRequest, notFound } from './errors.js';
import { find, limitText, listOf, offsetText, pageOf, route } from './route.js';
import type { Call, Route } from './route.js';
import { plan, present, priceIn, time } from './shapes.js';
import type { Json } from './shapes.js';

const paging = { limit: optional(limitText), offset: optional(offsetText) };

function put(
  call: Call,
  type: RecordDocument['type'],
  prefix: 'fee' | 'bm' | 'price',
  product: string,
  values: Json,
): RecordDocument {
  const id = call.work.ids.make(prefix);
  const record = { id, type, product, createdAt: call.work.now, values };
  call.work.documents.put('record', id, record);
  return record;
}

function recordOf({ work, part }: Call, type: RecordDocument['type'], noun: string, id = part('id')): RecordDocument {
  const found = work.documents.get('record', id);
  if (found?.type !== type) throw notFound(noun, id);
  return found;
}

/** A fee or metric as it was given. */
function recordJson({ id, type, product, createdAt, values }: RecordDocument, merchantId: string): Json {
  const object = type === 'metric' ? 'billableMetric' : type;
  const at = time(createdAt);
  return { id, object, createdAt: at, merchantId, productId: product, updatedAt: at, ...values };
}

function recordsPage(
  call: Call,
  type: RecordDocument['type'],
  given: Parameters<typeof pageOf>[0],
  product?: string,
): Json {
  const { limit, offset } = pageOf(given);
  const all = call.work.documents
    .all('record')
    .filter((row) => row.type === type && (product === undefined || row.product === product));
  const rows = all.reverse().slice(offset, offset + limit);
  return listOf(
    rows.map((row) => recordJson(row, call.merchantId)),
    limit,
    offset,
    all.length,
  );
}

const fee = object({ name: string, description: optional(string), productId: string, merchantId: optional(string) });

const metric = object({
  name: string,
  description: string,
  unit: string,
  aggregation: word('SUM', 'COUNT'),
  eventType: string,
  valueProperty: optional(string),
  productId: string,
  merchantId: optional(string),
});

export const recordRoutes: readonly Route[] = [
  route('POST', '/v0/fees', fee, ({ productId, merchantId: _, ...values }, call) => {
    find(call, 'product', productId);
    return recordJson(put(call, 'fee', 'fee', productId, values), call.merchantId);
  }),
  route('GET', '/v0/fees/:id', object({}), (_, call) => recordJson(recordOf(call, 'fee', 'fee'), call.merchantId)),
  route(
    'GET',
    '/v0/fees',
    object({ ...paging, productId: optional(string), merchantId: optional(string) }),
    (given, call) => recordsPage(call, 'fee', given, given.productId),
  ),
  route('POST', '/v0/billableMetrics', metric, ({ productId, merchantId: _, ...values }, call) => {
    find(call, 'product', productId);
    if (values.aggregation === 'SUM' && !/^\$(\.\w+)+$/.test(values.valueProperty ?? '')) {
      throw badRequest('SUM needs valueProperty, such as $.tokens.');
    }
    return recordJson(put(call, 'metric', 'bm', productId, values), call.merchantId);
  }),
  route('GET', '/v0/billableMetrics/:id', object({}), (_, call) =>
    recordJson(recordOf(call, 'metric', 'billable metric'), call.merchantId),
  ),
  route(
    'GET',
    '/v0/billableMetrics',
    object({ ...paging, productId: optional(string), merchantId: optional(string) }),
    (given, call) => recordsPage(call, 'metric', given, given.productId),
  ),
];

const templateShape = object({
  type: optional(string),
  config: optional(nullable(jsonObject)),
  usagePeriod: optional(jsonObject),
  isSoftLimit: optional(boolean),
  issueAfterReset: optional(number),
  issueAfterResetPriority: optional(number),
  preserveOverageAtReset: optional(boolean),
  resetMaxRollover: optional(number),
  resetMinRollover: optional(number),
});

const priceShape = {
  billableMetricId: optional(string),
  feeId: optional(string),
  pricingUnitId: optional(string),
  model: optional(word('standard')),
  invoiceDisplayName: string,
  paymentTerm: word('in_arrears', 'in_advance', 'instant'),
  billingCadence: optional(nullable(string)),
  properties: optional(jsonObject),
  feature: optional(object({ featureId: string, entitlementTemplate: optional(templateShape) })),
  grantDiscountEnabled: optional(boolean),
  quantity: optional(number),
};

type GivenPrice = Shaped<typeof priceShape>;
type GivenTemplate = NonNullable<NonNullable<GivenPrice['feature']>['entitlementTemplate']>;

const PERIODS: Readonly<Record<string, Interval>> = {
  P1D: 'day',
  P1W: 'week',
  P7D: 'week',
  P1M: 'month',
  P1Y: 'year',
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
  YEAR: 'year',
};

/** The allowance in the ledger's words. */
function templateOf(given: GivenTemplate | undefined, pool: string | undefined): EntitlementTemplate | null {
  if (!given) return null;
  const { config, usagePeriod, isSoftLimit, issueAfterReset } = given;
  if (given.preserveOverageAtReset || given.resetMaxRollover || given.resetMinRollover) {
    throw badRequest('Rollover and kept overage are not simulated: leave them out of entitlementTemplate.');
  }
  const interval = usagePeriod?.['interval'];
  const reset = typeof interval === 'string' ? PERIODS[interval.toUpperCase()] : undefined;
  if (interval !== undefined && !reset)
    throw badRequest('entitlementTemplate.usagePeriod.interval is one of P1D, P1W, P1M, P1Y.');
  return {
    ...(config !== undefined && { config }),
    ...(issueAfterReset !== undefined && { limit: issueAfterReset }),
    ...(isSoftLimit !== undefined && { soft: isSoftLimit }),
    ...(reset && { reset }),
    ...(pool !== undefined && { pool }),
  };
}

/** A price that waits for its plan, told as prices are. */
function waitingPrice({ id, createdAt, values }: RecordDocument): Json {
  const { feature, ...given } = values as unknown as GivenPrice;
  const attached = feature && {
    id: `${id}_feature`,
    featureId: feature.featureId,
    entitlementTemplate: feature.entitlementTemplate ?? {},
  };
  const at = time(createdAt);
  return {
    id,
    object: 'price',
    createdAt: at,
    ...present(given as unknown as Json),
    model: given.model ?? 'standard',
    properties: given.properties ?? {},
    updatedAt: at,
    features: attached ? [attached] : [],
    grantDiscountEnabled: given.grantDiscountEnabled ?? false,
    quantity: given.quantity ?? 1,
  };
}

function priceJson(call: Call, id: string): Json {
  const waiting = call.work.documents.get('record', id);
  return waiting?.type === 'price' ? waitingPrice(waiting) : priceIn(call.work.ledger, find(call, 'price', id));
}

export const priceRoutes: readonly Route[] = [
  route('POST', '/v0/prices', object(priceShape), (given, call) => {
    const { feeId, billableMetricId, feature } = given;
    const of = feeId ?? billableMetricId;
    if (of === undefined) throw badRequest('Either feeId or billableMetricId is required.');
    const { product } =
      feeId === undefined ? recordOf(call, 'metric', 'billable metric', of) : recordOf(call, 'fee', 'fee', of);
    if (feature) {
      find(call, 'feature', feature.featureId);
      templateOf(feature.entitlementTemplate, given.pricingUnitId);
    }
    return waitingPrice(put(call, 'price', 'price', product, given as unknown as Json));
  }),
  route('GET', '/v0/prices/:id', object({}), (_, call) => priceJson(call, call.part('id'))),
];

const CADENCE = { monthly: 'P1M', quarterly: 'P3M', yearly: 'P1Y', annual: 'P1Y' } as const;
const RECURRENCE: Readonly<Record<string, readonly [Interval, number]>> = {
  P1M: ['month', 1],
  P3M: ['month', 3],
  P1Y: ['year', 1],
};

/** Takes a waiting price into a plan: from now on it is the ledger's. */
function takePrice(call: Call, id: string, into: Plan, currency: string, cadence: string): void {
  const record = recordOf(call, 'price', 'price that waits for a plan:', id);
  const { feature, pricingUnitId, ...data } = record.values as unknown as GivenPrice;
  const [interval, intervalCount] = RECURRENCE[cadence] ?? ['month', 1];
  const unit = Number((data.properties as { unitPrice?: unknown } | undefined)?.unitPrice ?? 0);
  if (!Number.isFinite(unit)) throw badRequest(`${id}: properties.unitPrice is not a number.`);
  const { work } = call;
  work.do<Price>({
    do: 'price.create',
    id,
    product: into.product,
    plan: into.id,
    currency: currency.toLowerCase(),
    unitAmount: Math.round(unit * 100),
    interval,
    intervalCount,
    data: { ...present(data as unknown as Json), ...(pricingUnitId && { pricingUnitId }) },
  });
  if (feature) {
    const template = templateOf(feature.entitlementTemplate, pricingUnitId);
    const own = { feature: feature.featureId, price: id, ...(template && { template }) };
    const kept = feature.entitlementTemplate && { data: { entitlementTemplate: feature.entitlementTemplate } };
    work.do<Attachment>({ do: 'attachment.create', id: work.ids.make('prodft'), ...own, ...kept });
  }
  work.documents.remove('record', id);
}

/** A plan's product: told, or that of its first price. */
function productOf(call: Call, given: string | undefined, prices: readonly string[]): string {
  const first = prices[0];
  if (given !== undefined) return given;
  if (first === undefined) throw badRequest('productId is required for a plan without prices.');
  return recordOf(call, 'price', 'price that waits for a plan:', first).product;
}

const planShape = object({
  name: string,
  currency: string,
  merchantId: optional(string),
  productId: optional(string),
  billingCadence: optional(word('P1M', 'P3M', 'P1Y')),
  billingInterval: optional(word('monthly', 'quarterly', 'yearly', 'annual')),
  description: optional(string),
  invoiceDisplayName: optional(string),
  prices: optional(array(string)),
});

export const planRoutes: readonly Route[] = [
  route('POST', '/v0/plans', planShape, (given, call) => {
    const { name, currency, prices = [], description, invoiceDisplayName } = given;
    const cadence = given.billingCadence ?? CADENCE[given.billingInterval ?? 'monthly'];
    const data = present({ billingCadence: cadence, currency, description, invoiceDisplayName });
    const product = productOf(call, given.productId, prices);
    const made = call.work.do<Plan>({ do: 'plan.create', id: call.work.ids.make('plan'), product, name, data });
    for (const id of prices) takePrice(call, id, made, currency, cadence);
    return plan(call.work.ledger, made, call.merchantId);
  }),
  route(
    'GET',
    '/v0/plans',
    object({ ...paging, productId: optional(string), merchantId: optional(string) }),
    (given, call) => {
      const { limit, offset } = pageOf(given);
      const filters = given.productId === undefined ? {} : { product: given.productId };
      const { data, total } = call.work.ledger.list('plans', filters, { limit, offset });
      return listOf(
        data.map((row) => plan(call.work.ledger, row, call.merchantId)),
        limit,
        offset,
        total,
      );
    },
  ),
  route('GET', '/v0/plans/:id', object({}), (_, call) =>
    plan(call.work.ledger, find(call, 'plan', call.part('id')), call.merchantId),
  ),
];
