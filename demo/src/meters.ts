// Allowances and buttons that use them up. Whether there is room is the gate's answer. Metered use is counted by the server,
// for all who use it at once; of storage, the application counts what is there.
import type { LimitResult, PlangateClient, Reason } from 'plangate';

import { post } from './backend.js';
import { byId, fill, h } from './dom.js';
import { number, words } from './format.js';

/** What a meter asks the gate. */
interface Allowance {
  readonly key: 'api_calls' | 'storage_quota';
  readonly title: string;
  readonly unit: string;
  /** Used when the page opens; absent: metered, and counted by the server and the billing system. */
  readonly used?: number;
  readonly portion: number;
  readonly action: string;
  ask(gate: PlangateClient, query: { used?: number; requested?: number }): LimitResult;
}

const ALLOWANCES: readonly Allowance[] = [
  {
    key: 'api_calls',
    title: 'API calls this period',
    unit: 'calls',
    portion: 2_000,
    action: 'Make 2,000 calls',
    ask: (gate, query) => gate.limit('api_calls', query),
  },
  {
    key: 'storage_quota',
    title: 'Storage',
    unit: 'GB',
    used: 80,
    portion: 140,
    action: 'Upload 140 GB',
    ask: (gate, query) => gate.limit('storage_quota', 'limitGB', query),
  },
];

/** Told of each attempt, for the log and for screen readers. */
export type Attempted = (message: string, allowed: boolean) => void;

/** What the server says of a use: as `consume()` answers. */
interface Consumed {
  readonly accepted: boolean;
  readonly used: number;
  readonly reason: Reason;
}

class Meter {
  readonly element: HTMLElement;
  #allowance: Allowance;
  #customer: string;
  #used: number | undefined;
  #left = h('p', { class: 'left' });
  #bar: HTMLElement;
  #verdict = h('p', { class: 'meter-verdict' });

  constructor(allowance: Allowance, gate: PlangateClient, customer: string, attempted: Attempted) {
    const { key, title, action, portion } = allowance;
    const id = `meter-${key}`;
    this.#allowance = allowance;
    this.#customer = customer;
    this.#used = allowance.used;
    this.#bar = h('div', { class: 'bar', role: 'meter', 'aria-labelledby': id, 'aria-valuemin': 0 });
    const use = (requested: number): void => {
      this.#use(gate, requested, attempted).catch((error: unknown) => attempted(String(error), false));
    };
    this.element = h(
      'article',
      { class: 'meter panel', 'data-key': key },
      h('h3', { id }, title),
      this.#left,
      this.#bar,
      this.#verdict,
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: () => use(portion) }, action),
        h(
          'button',
          { type: 'button', class: 'quiet', onclick: () => use(this.#rest(gate)) },
          'Use all that is left',
          h('span', { class: 'unseen' }, `, ${title}`),
        ),
      ),
    );
  }

  /** Shows what is left now; a meter whose feature has no limit at all is not shown. */
  show(gate: PlangateClient): boolean {
    const { unit } = this.#allowance;
    const { limit, used, remaining } = this.#allowance.ask(gate, { used: this.#used, requested: 0 });
    // Room for one more, asked without using it: this is what the words under the bar say.
    const next = this.#allowance.ask(gate, { used: this.#used });
    this.element.hidden = limit === undefined;
    if (limit === undefined || remaining === undefined) return false;
    this.#bar.setAttribute('aria-valuemax', String(limit));
    this.#bar.setAttribute('aria-valuenow', String(Math.min(used, limit)));
    this.#bar.setAttribute('aria-valuetext', `${number(used)} of ${number(limit)} ${unit} used`);
    this.#bar.style.setProperty('--share', String(limit > 0 ? Math.min(1, used / limit) : 1));
    this.element.dataset.state = next.allowed ? 'open' : 'locked';
    fill(this.#left, h('b', {}, number(remaining)), ` ${unit} left of ${number(limit)}`);
    fill(
      this.#verdict,
      h('code', {}, next.reason),
      h('span', {}, next.allowed ? 'There is room for more' : words(next.reason)),
    );
    return true;
  }

  #rest = (gate: PlangateClient): number =>
    this.#allowance.ask(gate, { used: this.#used, requested: 0 }).remaining ?? 0;

  /** A new list has the use of until now in it. */
  forget(): void {
    this.#used = this.#allowance.used === undefined ? undefined : this.#used;
  }

  async #use(gate: PlangateClient, requested: number, attempted: Attempted): Promise<void> {
    const { title, unit } = this.#allowance;
    // Asking for nothing would be allowed; with nothing left, one more is what the button means.
    const wanted = Math.max(requested, 1);
    const { accepted, used, reason } = await this.#consume(gate, wanted);
    this.#used = used;
    this.show(gate);
    attempted(
      accepted ? `${title}: ${number(wanted)} ${unit} used.` : `${title}: ${number(wanted)} more refused, ${reason}.`,
      accepted,
    );
  }

  async #consume(gate: PlangateClient, amount: number): Promise<Consumed> {
    const { key, used, ask } = this.#allowance;
    if (used === undefined) return post('/use', { customer: this.#customer, feature: key, amount });
    const { allowed, used: before, reason } = ask(gate, { used: this.#used, requested: amount });
    return { accepted: allowed, used: allowed ? before + amount : before, reason };
  }
}

/** The allowances of the page. */
export class Meters {
  #meters: Meter[];

  constructor(gate: PlangateClient, customer: string, attempted: Attempted) {
    this.#meters = ALLOWANCES.map((allowance) => new Meter(allowance, gate, customer, attempted));
    fill(byId('meters'), ...this.#meters.map(({ element }) => element));
  }

  /** A new list is here: it has the use of until now in it. */
  forget(): void {
    for (const meter of this.#meters) meter.forget();
  }

  /** Shows what is left now. */
  show(gate: PlangateClient): void {
    const shown = this.#meters.filter((meter) => meter.show(gate));
    byId('allowances').hidden = shown.length === 0;
  }
}
