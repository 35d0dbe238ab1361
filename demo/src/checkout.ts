// A checkout page, as a payment provider shows one. Nobody pays: the product's backend begins or changes the subscription.
import { fetchOffer, post } from './backend.js';
import type { Offer } from './backend.js';
import { BILLING } from './customers.js';
import { byId, fill, h } from './dom.js';
import { price } from './format.js';
import { startTheme } from './theme.js';

const asked = new URLSearchParams(location.search);
const about = { customer: asked.get('customer') ?? '', price: asked.get('price') ?? '' };

function backTo(bought: string | null): string {
  const query = new URLSearchParams({ customer: about.customer, ...(bought !== null && { bought }) });
  return `/?${query}`;
}

async function pay(button: HTMLButtonElement, hint: HTMLElement): Promise<void> {
  if (button.ariaBusy === 'true') return;
  button.ariaBusy = 'true';
  fill(hint, 'Paying…');
  try {
    await post('/checkout', about);
    location.assign(backTo(asked.get('for') ?? ''));
  } catch (error) {
    button.ariaBusy = null;
    fill(hint, error instanceof Error ? error.message : 'That did not work. Try again.');
  }
}

function field(id: string, label: string, text: string): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: id }, label), h('input', { id, value: text, readonly: true }));
}

function show({ customer, billing, plan, tagline, price: offered }: Offer): void {
  document.title = `Pay for ${plan} · Fathomline`;
  fill(byId('title'), `Fathomline ${plan}`);
  fill(byId('lead'), tagline ? `${tagline}. ` : '', `For ${customer}, billed by ${BILLING[billing]}.`);
  const hint = h('p', { class: 'hint', role: 'status' });
  fill(
    byId('order'),
    h('p', { class: 'due' }, h('b', {}, price(offered)), ' ', h('span', {}, 'due today')),
    field('card', 'Test card', '4242 4242 4242 4242'),
    h(
      'div',
      { class: 'actions' },
      h(
        'button',
        { type: 'button', onclick: (event) => void pay(event.currentTarget as HTMLButtonElement, hint) },
        `Pay ${price(offered)}`,
      ),
      h('a', { class: 'button quiet', href: backTo(null) }, 'Back without buying'),
    ),
    hint,
    h('p', { class: 'hint' }, 'Nothing is charged: the billing system is a local one.'),
  );
}

startTheme();
fetchOffer(new URLSearchParams(about))
  .then(show)
  .catch((error: unknown) => {
    fill(byId('title'), 'There is nothing to pay here');
    fill(byId('lead'), error instanceof Error ? error.message : 'Unknown error');
  });
