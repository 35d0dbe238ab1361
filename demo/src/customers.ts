// The customers to choose from. Native radio buttons: arrow keys, focus and names come with them.
import { byId, fill, h } from './dom.js';
import type { Billing } from './features.js';

/** A customer as the server lists them. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
  readonly billing: Billing;
  /** The product that was bought; null: none of the catalogue. */
  readonly productId: string | null;
  /** When a cancellation that is planned takes effect, ms; null: none is. */
  readonly endsAt: number | null;
  /** What there is to move to, with the price that is asked. */
  readonly plans: readonly { readonly id: string; readonly name: string; readonly price: string }[];
  /** Whether a trial can be begun. */
  readonly trial: boolean;
}

/** What a billing system is called. */
export const BILLING: Record<Billing, string> = { stripe: 'Stripe', paygentic: 'Paygentic' };

/** Shows the customers; `choose` is called when another one is picked. */
export function showCustomers(
  customers: readonly Customer[],
  current: string,
  choose: (customer: Customer) => void,
): void {
  const options = customers.map((customer) => {
    const input = h('input', {
      type: 'radio',
      name: 'customer',
      value: customer.id,
      checked: customer.id === current,
      onchange: () => choose(customer),
    });
    return h(
      'label',
      { class: 'customer' },
      input,
      h('span', { class: 'customer-name' }, customer.name),
      h('span', { class: 'customer-plan' }, `${customer.plan}, billed by ${BILLING[customer.billing]}`),
    );
  });
  fill(byId('customers'), ...options);
}

/** Says which plan a customer is on now, without touching the radio buttons: one of them may have focus. */
export function showPlan({ id, plan, billing }: Customer): void {
  const input = document.querySelector(`input[name="customer"][value="${CSS.escape(id)}"]`);
  const line = input?.parentElement?.querySelector('.customer-plan');
  if (line) fill(line, `${plan}, billed by ${BILLING[billing]}`);
}
