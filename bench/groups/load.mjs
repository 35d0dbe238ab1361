// A new list: bytes to answers.
import { median, ratio, spread } from '../lib/measure.mjs';
import { worker } from '../lib/work.mjs';

const FORMATS = ['paygentic-list', 'stripe-list', 'snapshot'];
const PROCESSES = 3;
/** The budget is for a list of this many rows. */
const BUDGETED = 200;

async function measured(format, count, rounds) {
  const runs = [];
  for (let i = 0; i < PROCESSES; i++) runs.push(await worker('load', { format, count, rounds }));
  const micro = (name) => spread(runs.map(({ series }) => median(series[name]) / 1000));
  const against = (name, baseline) => spread(runs.map(({ series }) => ratio(series[name], series[baseline]).value));
  const size = `${count.toLocaleString('en')} rows, ${Math.round(runs[0].bytes / 1000)} kB`;
  const baseline = `JSON.parse ${micro('parse').value.toFixed(1)} µs`;
  const row = (name, title, extra) => ({
    name: `${format}, ${size}: ${title}`,
    unit: 'µs',
    ...micro(name),
    ratio: against(name, 'parse'),
    baseline,
    ...extra,
  });
  return [
    row('first', 'first', count === BUDGETED ? { budget: { ratio: 3 } } : {}),
    row('again', 'again'),
    row('decodeAndParse', '(TextDecoder and JSON.parse)'),
  ];
}

export async function rows({ quick }) {
  const all = [];
  for (const format of FORMATS)
    for (const count of [20, 200, 2000, 10_000])
      all.push(...(await measured(format, count, quick || count > 200 ? 12 : 50)));
  return all;
}
