// A server under load: real HTTP on loopback, the server in one process, browsers and Stripe in another.
import { ratio, spread } from '../lib/measure.mjs';
import { worker } from '../lib/work.mjs';

const MIB = 2 ** 20;
const grown = ({ before, after }, ...parts) => parts.reduce((sum, part) => sum + (after[part] - before[part]) / MIB, 0);

/** The value below which a share of the sorted numbers is. */
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

export async function rows({ quick }) {
  const load = quick
    ? { customers: 1000, entitlements: 20, seconds: 0.5, rate: 200, webhookSeconds: 2, streams: 200 }
    : { customers: 10_000, entitlements: 20, seconds: 3, rate: 200, webhookSeconds: 15, streams: 200 };
  const run = await worker('serve', load);
  const { gets, webhooks } = run;
  const perSecond = (name, numbers, bare) => ({
    name,
    unit: '/s',
    ...spread(numbers),
    ratio: ratio(numbers, bare),
    baseline: 'bare node:http, same bytes',
  });
  const late = (name, share) => ({ name, unit: 'ms', value: quantile(webhooks.took, share) });
  const label = `${load.customers.toLocaleString('en')} customers`;
  return [
    {
      name: `${label} in a server: wasm memory and JS heap`,
      unit: 'MiB',
      value: grown(run, 'heapUsed', 'arrayBuffers', 'wasm'),
    },
    { name: 'of it wasm memory (grows in steps)', unit: 'MiB', value: grown(run, 'wasm') },
    perSecond('GET /entitlements, 200', gets.ok, gets.bareOk),
    perSecond('GET /entitlements, 304', gets.notModified, gets.bareNotModified),
    { name: `webhooks sent, ${load.streams} streams open`, unit: '/s', value: webhooks.rate },
    late('webhook to event, p50', 0.5),
    late('webhook to event, p95', 0.95),
    late('webhook to event, p99', 0.99),
    late('webhook to event, max', 1),
  ];
}
