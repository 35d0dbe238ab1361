// Single questions put to the engine in WebAssembly, as bench/native.cpp puts them natively.
import { pathToFileURL } from 'node:url';

import { lists, NOW, rowsOf } from '../lib/lists.mjs';
import { expectSame, interleave, swallowed } from '../lib/measure.mjs';
import { options, PACKAGE, report } from '../lib/work.mjs';

const { format, count, rounds, key, limitKey, field } = options();
const { loadEngine } = await import(pathToFileURL(PACKAGE).href);
const engine = await loadEngine();
const { pages, request } = lists[format](rowsOf(count));
const snapshot = engine.load(
  format,
  pages.map((page) => new TextEncoder().encode(page)),
  request,
);
const id = engine.names().get(key);
const used = { used: 3 };

const questions = {
  decide: () => engine.decide(snapshot, id, NOW) & 1,
  check: () => engine.check(snapshot, key, NOW).length,
  limit: () => Number(engine.limit(snapshot, limitKey, field, used, NOW).allowed),
};
expectSame(
  [questions.decide(), questions.limit(), JSON.parse(engine.check(snapshot, key, NOW)).allowed],
  [1, 1, true],
  'answers',
);
const repeat = (question) => (loops) => {
  let n = 0;
  for (let i = 0; i < loops; i++) n += question();
  return n;
};
const series = await interleave(
  Object.fromEntries(Object.entries(questions).map(([name, question]) => [name, repeat(question)])),
  { rounds, ms: 3, clock: 'cpu' },
);
report({ series, sink: swallowed() });
