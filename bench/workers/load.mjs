// From the bytes of a list to answers in JavaScript, against JSON.parse of the same text.
import { pathToFileURL } from 'node:url';

import { lists, NOW, rowsOf } from '../lib/lists.mjs';
import { expectSame, interleave, swallowed } from '../lib/measure.mjs';
import { options, PACKAGE, report } from '../lib/work.mjs';

const { format, count, rounds } = options();
const { loadEngine } = await import(pathToFileURL(PACKAGE).href);
const engine = await loadEngine();
const list = lists[format](rowsOf(count));
const texts = list.pages;
const pages = texts.map((text) => new TextEncoder().encode(text));
const decoder = new TextDecoder();

const countAllowed = (decisions) => {
  let allowed = 0;
  for (const byte of decisions) allowed += byte & 1;
  return allowed;
};

/** Nothing held before: names are new. */
function first() {
  const snapshot = engine.load(format, pages, list.request);
  const { decisions } = engine.table(snapshot, NOW);
  const names = engine.names();
  engine.release(snapshot);
  return { allowed: countAllowed(decisions), names: names.size };
}

const answer = first();
expectSame(answer.allowed, list.allowed, `${format} ${count}: allowed`);
if (answer.names < count) throw new Error(`${format} ${count}: ${answer.names} names`);

let held = engine.load(format, pages, list.request);
let generation = engine.table(held, NOW).namesGeneration;
let names = engine.names();

/** As a client refreshes: the list before is still held, names are read again only when there are others. */
function again() {
  const next = engine.load(format, pages, list.request, held);
  engine.release(held);
  held = next;
  const { decisions, namesGeneration } = engine.table(next, NOW);
  if (namesGeneration !== generation) names = engine.names();
  generation = namesGeneration;
  return countAllowed(decisions);
}
expectSame(again(), list.allowed, `${format} ${count}: allowed after a refresh`);

const rowsIn = (parsed) => (parsed.data ?? parsed.entitlements).length;
const parse = () => texts.reduce((sum, text) => sum + rowsIn(JSON.parse(text)), 0);
const decodeAndParse = () => pages.reduce((sum, page) => sum + rowsIn(JSON.parse(decoder.decode(page))), 0);
expectSame([parse(), decodeAndParse()], [count, count], 'rows parsed');

const repeat = (work) => (loops) => {
  let n = 0;
  for (let i = 0; i < loops; i++) n += work();
  return n;
};
const series = await interleave(
  {
    parse: repeat(parse),
    decodeAndParse: repeat(decodeAndParse),
    first: repeat(() => first().allowed),
    again: repeat(again),
  },
  { rounds, ms: 4, clock: 'cpu' },
);
expectSame(names.size >= count, true, 'names');
report({ series, bytes: pages.reduce((sum, page) => sum + page.length, 0), sink: swallowed() });
