// Metered use on each store: durable as the store promises (SQLite and Redis write through to the disk each time).
import { spread } from '../lib/measure.mjs';
import { worker } from '../lib/work.mjs';

const KINDS = ['memory', 'SQLite', 'PostgreSQL', 'Redis'];

export async function rows({ quick }) {
  const load = quick ? { seconds: 0.3, rounds: 1 } : { seconds: 2, rounds: 3 };
  const all = [];
  for (const kind of KINDS) {
    const { many, one } = await worker('consume', { kind, ...load });
    all.push({ name: `${kind}, 200 customers`, unit: '/s', ...spread(many) });
    all.push({ name: `${kind}, one customer`, unit: '/s', ...spread(one) });
  }
  return all;
}
