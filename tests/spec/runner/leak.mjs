// Loads good and bad input 100,000 times through the wasm in Node: after the warm-up linear memory must not grow.
// node tests/spec/runner/leak.mjs [rounds]
import { readFileSync } from 'node:fs';
import { generated, readSpec } from './files.mjs';
import { startGlue } from './instantiate.mjs';
import { configText, defaultNow, pageBytes, toMs } from './pages.mjs';
import { Session } from './session.mjs';

const rounds = Number(process.argv[2] ?? 100_000);
const warmUp = Math.min(rounds / 10, 2_000);
const largest = 4_096; // bytes of one input: more would measure copying, not leaking

const block = 256;
const slack = 16_384; // fragments: where the blocks of the last round happen to lie

/** Every small load of the vectors, the good and the bad, once. */
function inputs({ files, payloads }) {
  const all = files.flatMap(({ tests }) => tests.flatMap(({ steps }) => steps)).filter(({ load }) => load);
  return all.flatMap(({ load }) => {
    const given = load.given && { plangate: 1, customer: 'cus_1', source: 'app', asOf: defaultNow, ...load.given };
    const format = given ? 'snapshot' : load.format;
    const request = { ...(load.request ?? (format === 'snapshot' ? {} : { customer: 'cus_1', asOf: defaultNow })) };
    if ('asOf' in request) request.asOf = toMs(request.asOf);
    const pages = (given ? [given] : load.pages).map((page) => pageBytes(page, payloads));
    return pages.reduce((sum, page) => sum + page.length, 0) > largest ? [] : [{ format, pages, request }];
  });
}

/** How many bytes, in small blocks, can be had before linear memory must grow: finds leaks smaller than a page. */
function freeBytes(binding) {
  const size = binding.HEAPU8.length;
  const blocks = [];
  while (binding.HEAPU8.length === size) blocks.push(binding._malloc(block));
  for (const at of blocks) binding._free(at);
  return (blocks.length - 1) * block;
}

/** Loads one input and asks what a client asks of it. */
function use(session, { format, pages, request }, before) {
  const handle = session.load(format, pages, request, 0);
  if (!handle) {
    if (!session.error()) throw new Error('refused without an error');
    return false;
  }
  session.warnings();
  session.table(handle, defaultNow);
  session.check(handle, 'sso', defaultNow);
  session.limit(handle, { key: 'quota', field: 'limitGB' }, defaultNow);
  session.diff(before, defaultNow, handle, defaultNow);
  session.unlocks(handle, { keys: ['sso'] });
  session.encode(handle);
  session.release(handle);
  return true;
}

const { default: factory } = await import(new URL('glue.js', generated));
const binding = await startGlue(factory, new WebAssembly.Module(readFileSync(new URL('plangate.wasm', generated))));
const loads = inputs(readSpec());
const options = configText({ merge: { q: { n: 'sum' } }, defaults: { a: true, q: { n: 1 } }, overrides: { b: false } });
const session = new Session(binding);
const kept = session.load('snapshot', loads.find(({ format }) => format === 'snapshot').pages, {}, 0);
const tally = { good: 0, bad: 0 };

function turn(from, to) {
  for (let round = from; round < to; round += 1) {
    const load = loads[round % loads.length];
    tally[use(session, load, kept) ? 'good' : 'bad'] += 1;
    if (round % 500 !== 0) continue;
    session.configure(options); // engines, options and their names come and go as well
    const other = new Session(binding);
    use(other, load, 0);
    other.close();
  }
}

turn(0, warmUp);
freeBytes(binding); // grows memory by the one step that measuring takes
const before = { size: binding.HEAPU8.length, free: freeBytes(binding) };
const size = binding.HEAPU8.length;
turn(warmUp, rounds);
const grown = binding.HEAPU8.length - size;
const lost = before.free + (size - before.size) - freeBytes(binding);
console.log(
  `${rounds} loads of ${loads.length} inputs, ${tally.good} good, ${tally.bad} bad: ` +
    `linear memory ${size} bytes after the warm-up, grown by ${grown}; ${lost} bytes lost`,
);
if (!tally.good || !tally.bad || grown !== 0 || lost > slack) process.exitCode = 1;
session.close();
