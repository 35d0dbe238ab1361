// A server that holds many customers' lists.
import { expectSame, median, ratio, spread } from '../lib/measure.mjs';
import { worker } from '../lib/work.mjs';

const SIZE = { customers: 10_000, entitlements: 20 };
const MIB = 2 ** 20;
const PROCESSES = 3;

const grown = ({ before, after }, ...parts) => parts.reduce((sum, part) => sum + (after[part] - before[part]) / MIB, 0);

async function memory() {
  const runs = { engine: [], maps: [] };
  for (let i = 0; i < PROCESSES; i++)
    for (const held of ['engine', 'maps']) runs[held].push(await worker('server', { held, ...SIZE }, ['--expose-gc']));
  expectSame(runs.engine[0].allowed, runs.maps[0].allowed, 'decisions of all customers');
  const owned = (held) => runs[held].map((run) => grown(run, 'heapUsed', 'arrayBuffers', 'wasm'));
  const mapBytes = owned('maps');
  const row = (name, numbers, extra) => ({ name, unit: 'MiB', ...spread(numbers), ...extra });
  return [
    row('held: wasm memory and JS heap together', owned('engine'), {
      ratio: ratio(owned('engine'), mapBytes),
      baseline: `Map of Maps ${median(mapBytes).toFixed(1)} MiB`,
      budget: { value: 8 },
    }),
    row(
      'of it wasm memory (grows in steps)',
      runs.engine.map((run) => grown(run, 'wasm')),
    ),
    row(
      'resident memory grown',
      runs.engine.map((run) => grown(run, 'rss')),
      {
        ratio: ratio(
          runs.engine.map((run) => grown(run, 'rss')),
          runs.maps.map((run) => grown(run, 'rss')),
        ),
        baseline: 'Map of Maps',
      },
    ),
  ];
}

async function speed(rounds) {
  const runs = [];
  for (let i = 0; i < PROCESSES; i++) runs.push((await worker('server', { rounds, ...SIZE }, ['--expose-gc'])).series);
  const of = (name) => runs.map((series) => median(series[name]));
  return {
    name: 'random customer, random feature',
    unit: 'ns',
    ...spread(of('engine')),
    ratio: spread(runs.map((series) => ratio(series.engine, series.maps).value)),
    baseline: `Map of Maps ${median(of('maps')).toFixed(0)} ns`,
    budget: { ratio: 1 },
  };
}

export const rows = async ({ quick }) => [...(await memory()), await speed(quick ? 15 : 60)];
