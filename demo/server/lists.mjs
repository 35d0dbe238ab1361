// From a provider's pages to what the browser is handed: the engine reads them (the demo does not), and the catalogue is
// laid beside the result so that upgrade prompts can name plans.
import { loadEngine } from 'plangate';

import { catalogues, pagesOf } from './provider.mjs';

/** @typedef {import('./provider.mjs').Customer} Customer */

const FORMATS = /** @type {const} */ ({ stripe: 'stripe-list', paygentic: 'paygentic-list' });
const encoder = new TextEncoder();
/** @type {Promise<import('plangate').Engine> | undefined} */
let starting;

/** A customer's list as plangate snapshot JSON (docs/wire-format.md), as of now. @param {Customer} customer */
export async function snapshotOf(customer) {
  const engine = await (starting ??= loadEngine());
  const asOf = Date.now();
  const pages = pagesOf(customer, asOf).map((page) => encoder.encode(JSON.stringify(page)));
  const snapshot = engine.load(FORMATS[customer.billing], pages, { customer: customer.id, asOf });
  try {
    // Our own format on both sides: the catalogue is one more member of it.
    return { ...JSON.parse(engine.encode(snapshot)), catalogue: catalogues[customer.billing] };
  } finally {
    engine.release(snapshot);
  }
}
