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
let baseline = 0;
for (let round = 0; round < rounds; round += 1) {
  if (round === warmUp) baseline = binding.HEAPU8.length;
  tally[use(session, loads[round % loads.length], kept) ? 'good' : 'bad'] += 1;
  if (round % 500 === 0) {
    session.configure(options); // engines, options and their names come and go as well
    const other = new Session(binding);
    use(other, loads[round % loads.length], 0);
    other.close();
  }
}
const grown = binding.HEAPU8.length - baseline;
console.log(
  `${rounds} loads of ${loads.length} inputs, ${tally.good} good, ${tally.bad} bad: ` +
    `linear memory ${baseline} bytes after the warm-up, grown by ${grown}`,
);
if (!tally.good || !tally.bad || grown !== 0) process.exitCode = 1;
session.close();
