// /v1/customers.

import type { Customer } from '../../engine/billing.js';
import { keptOf } from './data.js';
import { page } from './list.js';
import type { Params } from './params.js';
import {
  flag,
  ignored,
  integer,
  list,
  metadata,
  nested,
  oneOf,
  paging,
  range,
  required,
  text,
  unset,
} from './params.js';
import { find, route } from './route.js';
import type { Route } from './route.js';
import { customer, deleted } from './shapes.js';

const PATH = '/v1/customers';

const address = nested({
  city: unset(text()),
  country: unset(text()),
  line1: unset(text()),
  line2: unset(text()),
  postal_code: unset(text()),
  state: unset(text()),
});

/** What the rules do not know. */
const keptFields = {
  description: unset(text()),
  phone: unset(text({ max: 20 })),
  address: unset(address),
  shipping: unset(nested({ name: required(text()), phone: unset(text()), address: required(address) })),
  preferred_locales: list(text()),
  tax_exempt: unset(oneOf('none', 'exempt', 'reverse')),
  business_name: unset(text({ max: 150 })),
  individual_name: unset(text({ max: 150 })),
};

const fields = {
  name: unset(text({ max: 256 })),
  email: unset(text({ max: 512 })),
  metadata,
  ...keptFields,
  // Paying is not simulated.
  balance: ignored,
  cash_balance: ignored,
  invoice_prefix: ignored,
  invoice_settings: ignored,
  next_invoice_sequence: integer(),
  payment_method: ignored,
  source: ignored,
  tax: ignored,
  validate: flag,
};

/** What the ledger knows, and what it only keeps. */
function given({ name, email, metadata: own, ...rest }: Params<typeof fields>): object {
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(own !== undefined && { metadata: own }),
    ...keptOf(rest, keptFields),
  };
}

export const customerRoutes: readonly Route[] = [
  route(
    'POST',
    PATH,
    { ...fields, tax_id_data: ignored, test_clock: text() },
    ({ test_clock: clock, ...params }, { work, emit }) => {
      const id = work.ids.make('cus');
      const made = work.do<Customer>({ do: 'customer.create', id, ...(clock && { clock }), ...given(params) });
      emit('customer.created', customer(made), { customer: id });
      return customer(made);
    },
    { names: { clock: 'test_clock' } },
  ),
  route(
    'GET',
    PATH,
    { ...paging, email: text({ max: 512 }), test_clock: text(), created: range },
    ({ email, test_clock: clock, created, ...cursors }, { ledger }) =>
      page(ledger, 'customers', { email, clock, created }, cursors, PATH, customer),
    { names: { clock: 'test_clock' } },
  ),
  route('GET', `${PATH}/:id`, {}, (_, { ledger, part }) =>
    customer(find(ledger, 'customer', part('id'), { deleted: true })),
  ),
  route('POST', `${PATH}/:id`, { ...fields, default_source: ignored }, (params, { ledger, part, work, emit }) => {
    const before = find(ledger, 'customer', part('id'));
    const after = work.do<Customer>({ do: 'customer.update', id: before.id, ...given(params) });
    emit('customer.updated', customer(after), { customer: before.id, before: customer(before) });
    return customer(after);
  }),
  route('DELETE', `${PATH}/:id`, {}, (_, { ledger, part, work, emit }) => {
    const before = find(ledger, 'customer', part('id'));
    work.do({ do: 'customer.delete', id: before.id });
    emit('customer.deleted', customer(before), { customer: before.id });
    return deleted(before.id, 'customer');
  }),
];
