// Making products, prices and plans.

import type { JSX } from 'react';

import type { Plan, Product } from '../../../engine/billing.js';
import { command, stripe } from '../api.js';
import type { Catalogue } from '../catalogue.js';
import { Choose, FormDialog, numberOf, Text } from '../form.js';
import type { Choice, Values } from '../form.js';
import { smallestUnit } from '../text.js';

const EVERY: readonly Choice[] = [
  ['month', 'a month'],
  ['year', 'a year'],
  ['week', 'a week'],
  ['day', 'a day'],
  ['', 'once'],
];

/** The fields of a price; `within` is the parameter that holds them, as in `default_price_data[currency]`. */
function PriceFields({ within = '' }: { readonly within?: string }): JSX.Element {
  const named = (name: string): string => (within === '' ? name : `${within}[${name}]`);
  const bracketed = within === '' ? 'recurring[interval]' : `${within}[recurring][interval]`;
  return (
    <div className="fields">
      <Text
        name={named('unit_amount')}
        also={['unitAmount']}
        label="Price"
        inputMode="decimal"
        value="0"
        hint="Such as 29 or 29.90."
      />
      <Text name={named('currency')} also={['currency']} label="Currency" value="usd" hint="Three letters." />
      <Choose name={bracketed} also={['interval']} label="Every" choices={EVERY} />
    </div>
  );
}

/** A price's amount goes out in the smallest unit; what is no number goes out as it was written, to be refused by name. */
function amountOf(values: Values, amount: string, currency: string): string {
  const whole = smallestUnit(values[amount] ?? '', values[currency] ?? '');
  return Number.isFinite(whole) ? String(whole) : (values[amount] ?? '');
}

export function CreateProduct({ close }: { readonly close: () => void }): JSX.Element {
  const within = 'default_price_data';
  return (
    <FormDialog
      title="Create a product"
      submit="Create product"
      onClose={close}
      onSubmit={async (values) => {
        const amount = amountOf(values, `${within}[unit_amount]`, `${within}[currency]`);
        await stripe('POST', 'products', { ...values, [`${within}[unit_amount]`]: amount });
        return `${values['name']} is there. Attach features to it.`;
      }}
    >
      <Text name="name" label="Name" />
      <Text name="description" label="Description" hint="May be left out." />
      <PriceFields within={within} />
    </FormDialog>
  );
}

interface AddPriceProps {
  readonly product: Product;
  readonly catalogue: Catalogue;
  readonly close: () => void;
}

export function AddPrice({ product, catalogue, close }: AddPriceProps): JSX.Element {
  const plans = [...catalogue.plans.values()]
    .filter((plan) => plan.product === product.id && plan.active)
    .map(({ id, name }): Choice => [id, `Plan ${name}`]);
  return (
    <FormDialog
      title={`Add a price to ${product.name}`}
      submit="Add price"
      onClose={close}
      onSubmit={async ({ plan, ...values }) => {
        const amount = amountOf(values, 'unit_amount', 'currency');
        const { currency, 'recurring[interval]': interval } = values;
        if (plan) {
          const price = { unitAmount: numberOf({ amount }, 'amount') ?? '', currency, ...(interval && { interval }) };
          await command('price.create', { product: product.id, plan, ...price });
        } else await stripe('POST', 'prices', { ...values, unit_amount: amount, product: product.id });
        return `${product.name} has another price.`;
      }}
    >
      <PriceFields />
      {plans.length > 0 && (
        <Choose
          name="plan"
          label="For"
          choices={[['', 'Itself (Stripe)'], ...plans]}
          hint="A plan’s prices are subscribed to together."
        />
      )}
    </FormDialog>
  );
}

export function AddPlan({ product, close }: { readonly product: Product; readonly close: () => void }): JSX.Element {
  return (
    <FormDialog
      title={`Add a plan to ${product.name}`}
      intro="Paygentic’s kind of offer: its prices are subscribed to together. Add them next."
      submit="Add plan"
      onClose={close}
      onSubmit={async ({ name }) => {
        const plan = await command<Plan>('plan.create', { product: product.id, name });
        return `The plan ${plan.name} is there. Add a price for it.`;
      }}
    >
      <Text name="name" label="Name" hint="Such as Pro, monthly." />
    </FormDialog>
  );
}

export function DeleteProduct({ product, close }: { readonly product: Product; readonly close: () => void }) {
  const { id, name } = product;
  return (
    <FormDialog
      title={`Delete ${name}?`}
      intro="There is no way back. A product that has prices or plans cannot be deleted, as at Stripe: archive it."
      submit="Delete product"
      danger
      onClose={close}
      onSubmit={async () => {
        await stripe('DELETE', `products/${encodeURIComponent(id)}`);
        return `${name} is deleted.`;
      }}
    />
  );
}
