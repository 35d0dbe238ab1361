// The billing side, beside the product: what its operator does comes back by webhook, server and event stream. None of it
// changes the page by itself.
import type { Origin } from 'plangate';

import { moveTime, post } from './backend.js';
import { clock } from './clock.js';
import type { Customer } from './customers.js';
import { byId, fill, h } from './dom.js';
import { date, time } from './format.js';

const WAYS: Record<Origin, string> = {
  server: 'was asked for',
  bootstrap: 'came with the page',
  cache: 'was on this device',
  stream: 'came by the event stream',
  tab: 'came from another tab',
};

/** The panel. */
export class Desk {
  #plan = byId('desk-plan') as HTMLSelectElement;
  #cancel = byId('desk-cancel');
  #time = byId('desk-time') as HTMLSelectElement;
  #today = byId('desk-today');
  #news = byId('desk-news');
  #way = byId('desk-way');
  #customer: Customer | undefined;
  /** When the act that is under way was asked for. */
  #asked: number | undefined;

  constructor() {
    byId('desk-move').addEventListener('click', () => {
      const offered = this.#customer?.plans.find(({ id }) => id === this.#plan.value);
      if (offered) void this.#act((customer) => post('/checkout', { customer, price: offered.price }));
    });
    this.#cancel.addEventListener('click', () => void this.#act((customer) => post('/billing/cancel', { customer })));
    byId('desk-go').addEventListener('click', () => {
      void this.#act((customer) => moveTime(customer, this.#time.value));
    });
  }

  /** Whose plan is changed. What somebody has chosen in the lists stays chosen. */
  show(customer: Customer): void {
    const same = this.#customer?.id === customer.id;
    const { plans, productId, endsAt } = customer;
    const plan = same && this.#plan.value ? this.#plan.value : productId;
    this.#customer = customer;
    fill(this.#plan, ...plans.map(({ id, name }) => h('option', { value: id, selected: id === plan }, name)));
    // Said, not disabled: a button that has focus would lose it.
    this.#cancel.setAttribute('aria-disabled', String(productId === null || endsAt !== null));
    fill(this.#today, `There it is ${date(clock.now())}, ${time(clock.now())}.`);
    if (!same) fill(this.#news);
  }

  /** By which way a list came. */
  came(origin: Origin): void {
    this.#way.dataset.origin = origin;
    fill(this.#way, `The list ${WAYS[origin]} at ${time(clock.now())}`);
  }

  /** A new list has arrived; if it answers an act of this page, says how long that took. */
  arrived(): void {
    if (this.#asked === undefined) return;
    const took = Math.round(performance.now() - this.#asked);
    this.#asked = undefined;
    fill(this.#news, `The new list reached this page after ${took} ms, without a reload.`);
  }

  async #act(ask: (customer: string) => Promise<unknown>): Promise<void> {
    if (!this.#customer) return;
    const asked = performance.now();
    this.#asked = asked;
    fill(this.#news, 'Sent to the billing side.');
    try {
      await ask(this.#customer.id);
      setTimeout(() => this.#late(asked), 2000);
    } catch (error) {
      this.#asked = undefined;
      fill(this.#news, error instanceof Error ? error.message : 'That did not work.');
    }
  }

  #late(asked: number): void {
    if (this.#asked !== asked) return;
    fill(this.#news, 'Done on the billing side. No new list has reached this page yet.');
  }
}
