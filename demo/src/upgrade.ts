// The upgrade prompt: which plans would open a feature, as unlocks() says, and a checkout that is only played.
import type { PlangateClient, Unlock } from 'plangate';

import { byId, fill, h } from './dom.js';
import type { Feature } from './features.js';
import { price } from './format.js';

/** Buys a plan; resolves when the customer's list has the features. */
export type Buy = (plan: Unlock, keys: readonly Feature['key'][]) => Promise<void>;

/** The dialog of the page. */
export class Upgrade {
  #dialog = byId('upgrade') as HTMLDialogElement;
  #gate: PlangateClient;
  #buy: Buy;

  constructor(gate: PlangateClient, buy: Buy) {
    this.#gate = gate;
    this.#buy = buy;
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
        h('p', { class: 'hint', role: 'status' }),
        h('button', { type: 'button', class: 'quiet', onclick: () => this.#dialog.close() }, 'Not now'),
      ),
    );
    this.#dialog.showModal();
  }

  #plan(plan: Unlock, keys: readonly Feature['key'][]): HTMLElement {
    const { name, display, prices } = plan;
    const tagline = display?.['tagline'] ?? display?.['description'];
    return h(
      'li',
      { class: 'plan', 'data-product': plan.productId },
      h('h3', {}, name),
      typeof tagline === 'string' && h('p', { class: 'blurb' }, tagline),
      h('p', { class: 'prices' }, prices.map(price).join(' or ')),
      h(
        'button',
        { type: 'button', onclick: (event) => void this.#checkout(event.currentTarget, plan, keys) },
        `Switch to ${name}`,
      ),
    );
  }

  async #checkout(button: EventTarget | null, plan: Unlock, keys: readonly Feature['key'][]): Promise<void> {
    const hint = this.#dialog.querySelector('.hint');
    if (!(button instanceof HTMLButtonElement) || !hint || button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    fill(hint, 'Waiting for the new list…');
    try {
      await this.#buy(plan, keys);
      this.#dialog.close();
    } catch {
      button.ariaBusy = null;
      fill(hint, 'That did not work. Try again.');
    }
  }
}
