// Many customers held in one process: by the engine, or as a Map of Maps of the same decisions. Needs --expose-gc.
import { lists, NOW, rowsOf } from '../lib/lists.mjs';
import { expectSame, interleave, swallowed } from '../lib/measure.mjs';
import { memoryProbe, options, packaged, report } from '../lib/work.mjs';

const { held, customers, entitlements, rounds } = options();
/** Features there are in all; each customer has some of them. */
const FEATURES = 60;

const catalogue = rowsOf(FEATURES);
const customerId = (c) => `cus_${String(c * 7919).padStart(14, '0')}`;
/** A customer's rows: another selection for each. */
const rowsFor = (c) => Array.from({ length: entitlements }, (_, i) => catalogue[(c * 17 + i * 3) % FEATURES]);
const listOf = (c) => lists.snapshot(rowsFor(c), customerId(c));

const memoryNow = memoryProbe();
const { loadEngine } = await packaged('server.js');

async function inEngine() {
  const engine = await loadEngine();
  const encoder = new TextEncoder();
  const before = memoryNow();
  const handles = new Map();
  for (let c = 0; c < customers; c++) {
    const { pages, request } = listOf(c);
    handles.set(
      customerId(c),
      engine.load(
        'snapshot',
        pages.map((page) => encoder.encode(page)),
        request,
      ),
    );
  }
  const names = engine.names();
  const ask = (customer, key) => (engine.decide(handles.get(customer), names.get(key), NOW) & 1) === 1;
  return { before, after: memoryNow(), ask };
}

function inMaps() {
  const before = memoryNow();
  const maps = new Map();
  for (let c = 0; c < customers; c++) {
    maps.set(customerId(c), new Map(rowsFor(c).map(({ key, allowed }) => [key, allowed])));
  }
  const ask = (customer, key) => maps.get(customer).get(key) === true;
  return { before, after: memoryNow(), ask };
}

/** Random pairs, the same in every process; a prime number of them, walked in a circle. */
const PAIRS = 100_003;
let state = 12345;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const ids = Array.from({ length: customers }, (_, c) => customerId(c));
const asked = Array.from({ length: PAIRS }, () => random(customers));
const keys = Array.from({ length: PAIRS }, () => catalogue[random(FEATURES)].key);

function asking(ask) {
  let at = 0;
  return (loops) => {
    let n = 0;
    for (let i = 0; i < loops; i++) {
      at = at === PAIRS - 1 ? 0 : at + 1;
      if (ask(ids[asked[at]], keys[at])) n++;
    }
    return n;
  };
}

const allowedIn = (ask) => asked.reduce((n, customer, i) => n + Number(ask(ids[customer], keys[i])), 0);

if (held) {
  // Memory: one of the two alone in the process.
  const { before, after, ask } = held === 'engine' ? await inEngine() : inMaps();
  report({ before, after, allowed: allowedIn(ask) });
} else {
  const [engine, maps] = [await inEngine(), inMaps()];
  expectSame(allowedIn(engine.ask), allowedIn(maps.ask), 'decisions of all customers');
  const series = await interleave(
    {
      engine: asking(engine.ask),
      maps: asking(maps.ask),
      nothing: asking((customer, key) => customer.length > key.length),
    },
    { rounds, ms: 4, clock: 'cpu' },
  );
  for (const name of ['engine', 'maps']) series[name] = series[name].map((ns, i) => ns - series.nothing[i]);
  report({ series, sink: swallowed() });
}
