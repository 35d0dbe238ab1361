// Parameters of paying. Nobody pays here: they are taken, and change nothing. Words and numbers among them are checked, so that
// what is misspelt is told here and not by Stripe.

import { flag, ignored, integer, oneOf } from './params.js';

/** What creating and changing a subscription take. */
export const payment = {
  add_invoice_items: ignored,
  application_fee_percent: ignored,
  automatic_tax: ignored,
  billing_mode: ignored,
  billing_schedules: ignored,
  billing_thresholds: ignored,
  currency: ignored,
  default_source: ignored,
  default_tax_rates: ignored,
  discounts: ignored,
  invoice_settings: ignored,
  off_session: flag,
  on_behalf_of: ignored,
  payment_behavior: oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'),
  payment_settings: ignored,
  pending_invoice_item_interval: ignored,
  transfer_data: ignored,
};

/** What a change in the middle of a period takes. */
export const proration = {
  proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
  proration_date: integer(),
};

/** What one item takes. */
export const itemPayment = { billing_thresholds: ignored, discounts: ignored, tax_rates: ignored };
