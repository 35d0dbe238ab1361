// The billing side, beside the product: what its operator does comes back by webhook, server and event stream. None of it
// changes the page by itself.
import type { Origin } from 'plangate';

import type { Customer } from './customers.js';
import { byId, fill, h } from './dom.js';
import { featuresOf } from './features.js';
import { time } from './format.js';

const WAYS: Record<Origin, string> = {
  server: 'was asked for',
  bootstrap: 'came with the page',
  cache: 'was on this device',
  stream: 'came by the event stream',
  tab: 'came from another tab',
};

/** Asks the billing side for something. Rejects when it refuses. */
export async function ask(act: string, about: Record<string, string>): Promise<void> {
  const response = await fetch(`/billing/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(about),
  });
  if (!response.ok) throw new Error(`The billing side answered ${response.status}`);
}

/** The panel. */
export class Desk {
  #plan = byId('desk-plan') as HTMLSelectElement;
  #feature = byId('desk-feature') as HTMLSelectElement;
  #news = byId('desk-news');
  #way = byId('desk-way');
  #customer: Customer | undefined;
  /** When the act that is under way was asked for. */
  #asked: number | undefined;

  constructor() {
    byId('desk-move').addEventListener('click', () => {
      if (this.#plan.value) void this.#act('plan', { product: this.#plan.value });
    });
    for (const act of ['grant', 'revoke']) {
      byId(`desk-${act}`).addEventListener('click', () => void this.#act(act, { feature: this.#feature.value }));
    }
  }

  /** Whose plan and features are changed. What somebody has chosen in the lists stays chosen. */
  show(customer: Customer): void {
    const same = this.#customer?.id === customer.id;
    const { plans, productId, billing } = customer;
    const plan = same && this.#plan.value ? this.#plan.value : productId;
    const feature = this.#feature.value;
    this.#customer = customer;
    fill(this.#plan, ...plans.map(({ id, name }) => h('option', { value: id, selected: id === plan }, name)));
    const features = [...featuresOf(billing)].sort((a, b) => a.title.localeCompare(b.title));
    fill(
      this.#feature,
      ...features.map(({ key, title }) => h('option', { value: key, selected: key === feature }, title)),
    );
    if (!same) fill(this.#news);
  }

  /** By which way a list came. */
  came(origin: Origin): void {
    this.#way.dataset.origin = origin;
    fill(this.#way, `The list ${WAYS[origin]} at ${time(Date.now())}`);
  }

  /** A new list has arrived; if it answers an act of this page, says how long that took. */
  arrived(): void {
    if (this.#asked === undefined) return;
    const took = Math.round(performance.now() - this.#asked);
    this.#asked = undefined;
    fill(this.#news, `The new list reached this page after ${took} ms, without a reload.`);
  }

  async #act(act: string, about: Record<string, string>): Promise<void> {
    if (!this.#customer) return;
    const asked = performance.now();
    this.#asked = asked;
    fill(this.#news, 'Sent to the billing side.');
    try {
      await ask(act, { customer: this.#customer.id, ...about });
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
