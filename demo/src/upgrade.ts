// The upgrade prompt: which plans would open a feature, as unlocks() says, each with its way to the checkout.
import type { PlangateClient, Unlock } from 'plangate';

import { byId, fill, h } from './dom.js';
import type { Feature } from './features.js';
import { price } from './format.js';

/** Where a price is paid, and where the buyer comes back from: to the features that were wanted. */
function checkoutOf(customer: string, priceId: string, keys: readonly Feature['key'][]): string {
  return `/checkout.html?${new URLSearchParams({ customer, price: priceId, for: keys.join() })}`;
}

/** The dialog of the page. */
export class Upgrade {
  #dialog = byId('upgrade') as HTMLDialogElement;
  #gate: PlangateClient;
  #customer: () => string;

  /** @param customer Who buys: asked for when the prompt opens. */
  constructor(gate: PlangateClient, customer: () => string) {
    this.#gate = gate;
    this.#customer = customer;
    // A click beside the box, on the backdrop, closes it, as Escape does.
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
  }

  /** Opens the prompt for features. */
  ask(keys: readonly Feature['key'][], title: string): void {
    const plans = this.#gate.unlocks(keys);
    fill(
      this.#dialog,
      h(
        'div',
        { class: 'sheet' },
        h('h2', { id: 'upgrade-title' }, `Open ${title}`),
        h(
          'p',
          { class: 'lead' },
          plans[0] ? `${plans[0].name} is the least you need.` : 'No plan on sale offers this.',
        ),
        plans.length > 0 && h('ul', { class: 'plans' }, ...plans.map((plan) => this.#plan(plan, keys))),
        h('button', { type: 'button', class: 'quiet', onclick: () => this.#dialog.close() }, 'Not now'),
      ),
    );
    this.#dialog.showModal();
  }

  #plan(plan: Unlock, keys: readonly Feature['key'][]): HTMLElement {
    const { name, display, prices } = plan;
    const tagline = display?.['tagline'] ?? display?.['description'];
    // By the month, where there is a choice.
    const { id } = prices.find(({ interval }) => interval === 'month') ?? prices[0] ?? {};
    return h(
      'li',
      { class: 'plan', 'data-product': plan.productId },
      h('h3', {}, name),
      typeof tagline === 'string' && h('p', { class: 'blurb' }, tagline),
      h('p', { class: 'prices' }, prices.map(price).join(' or ')),
      id !== undefined &&
        h('a', { class: 'button', href: checkoutOf(this.#customer(), id, keys) }, `Upgrade to ${name}`),
    );
  }
}
