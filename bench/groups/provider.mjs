// The local provider with 10,000 customers on a SQLite file, requests in process.
import { worker } from '../lib/work.mjs';

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

/** The median, and the 99th percentile as the upper end. */
function latency(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { value: at(sorted, 0.5), min: sorted[0], max: at(sorted, 0.99) };
}

const TITLES = {
  list: 'Stripe: a customer’s 20 entitlements',
  paygentic: 'Paygentic: the same',
  merchant: 'Paygentic: 20 of everybody’s entitlements',
  page: 'Stripe: a page of 100 customers',
  swap: 'Stripe: another price, its events, on disk',
  advance: 'a month passes for everybody',
  begin: 'begin with a seed',
  again: 'begin again from the file',
};

export async function rows({ quick }) {
  const customers = quick ? 1000 : 10_000;
  const results = await worker('provider', { customers, requests: quick ? 50 : 500 });
  return Object.entries(TITLES).map(([name, title]) => ({
    name: `${customers.toLocaleString('en')} customers, ${title}`,
    unit: 'ms',
    ...latency(results[name]),
  }));
}
