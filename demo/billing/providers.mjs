// The two billing systems, each a plangate/provider of its own with its own books, and one time for both of them.
import { readFileSync } from 'node:fs';

import { createProvider } from 'plangate/provider';
import { parse } from 'yaml';

/** @typedef {'stripe' | 'paygentic'} Billing */
/** @typedef {import('plangate/provider').Provider} Provider */

const NAMES = /** @type {const} */ (['stripe', 'paygentic']);

/** What each begins with; read once: the product's own server knows its plans from the same file. */
export const seeds = Object.fromEntries(
  NAMES.map((name) => [name, parse(readFileSync(new URL(`../data/${name}.yaml`, import.meta.url), 'utf8'))]),
);

/** Asks a provider's own API. @param {Provider} provider @param {string} path @param {object} body */
async function control(provider, path, body) {
  const request = new Request(new URL(`/_plangate/${path}`, provider.url), {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const answer = await (await provider.fetch(request)).json();
  if (answer.error) throw new Error(answer.error.message);
  return answer;
}

/** Both systems, and the time that they, the server and the page share. */
export class BillingSystems {
  /** @type {Record<Billing, Provider>} */
  providers;
  /** How far their time is ahead of this machine's, ms. It only grows. */
  offset = 0;

  /** @param {Record<Billing, Provider>} providers */
  constructor(providers) {
    this.providers = providers;
  }

  /** The time there, ms. */
  now = () => Date.now() + this.offset;

  /** Moves time forward: by a duration such as P1M, or to the end of a subscription's period. @param {{by: string} | {billing: Billing, subscription: string}} how */
  async move(how) {
    const first = 'by' in how ? 'stripe' : how.billing;
    const asked = 'by' in how ? { do: 'advance', by: how.by } : { do: 'period_end', subscription: how.subscription };
    const { now } = await control(this.providers[first], 'clock', asked);
    await this.#allAt(now, first);
  }

  /** Both systems, and whoever asks `now()`, at one time. @param {string} time @param {Billing} [there] is there already */
  async #allAt(time, there) {
    for (const name of NAMES) {
      if (name !== there) await control(this.providers[name], 'clock', { do: 'advance', to: time });
    }
    // What the clocks were asked may have taken longer than they were moved.
    this.offset = Math.max(this.offset, Date.parse(time) - Date.now());
  }

  /** Tells a system of metered use. @param {Billing} name @param {string} customer @param {string} feature @param {number} quantity */
  used = (name, customer, feature, quantity) => control(this.providers[name], 'usage', { customer, feature, quantity });

  /** Begins the books again, at the time it is by now: lists that were read later must not be overtaken by older ones. */
  async reset() {
    // Planted while time stands there, which is a little late afterwards.
    const frozenAt = new Date(this.now()).toISOString();
    for (const name of NAMES) {
      await this.providers[name].reset({ ...seeds[name], frozenAt });
      await control(this.providers[name], 'clock', { do: 'resume' });
    }
    await this.#allAt(new Date(this.now() + 1000).toISOString());
  }

  /** Resolves when every webhook has been delivered. */
  settled = () => Promise.all(NAMES.map((name) => this.providers[name].deliveriesSettled()));

  close = () => Promise.all(NAMES.map((name) => this.providers[name].close()));
}

/** Starts both on free ports; their webhooks go to the product's server. @param {string} origin */
export async function startBilling(origin) {
  const entries = await Promise.all(
    NAMES.map(async (name) => {
      const webhooks = [{ url: `${origin}/${name}/webhooks/${name}`, protocol: name }];
      const provider = await createProvider({ seed: seeds[name], webhooks });
      await provider.listen();
      return /** @type {const} */ ([name, provider]);
    }),
  );
  return new BillingSystems(/** @type {Record<Billing, Provider>} */ (Object.fromEntries(entries)));
}
