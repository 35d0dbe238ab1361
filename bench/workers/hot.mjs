// Questions asked over and over, keys as literals in the code, against Map.get of the same keys.
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { keyOf, lists, rowsOf } from '../lib/lists.mjs';
import { expectSame, interleave, swallowed } from '../lib/measure.mjs';
import { options, PACKAGE, report, work } from '../lib/work.mjs';

const { features, timeBound, rounds } = options();

/** A module with one call per key, written out: what an application's source looks like. Answers per loop: a count. */
async function written(name, calls) {
  const body = calls.map((call) => `    ${call}`).join('\n');
  const source = `export function run(subject, loops) {\n  let n = 0;\n  for (let i = 0; i < loops; i++) {\n${body}\n  }\n  return n;\n}\n`;
  mkdirSync(work('hot'), { recursive: true });
  const file = work('hot', `${name}-${process.pid}.mjs`);
  writeFileSync(file, source);
  return (await import(pathToFileURL(file).href)).run;
}

const ASKED = 20;
const rows = rowsOf(features, { timeBound });
// Spread over the list, granting and denied ones as they come.
const asked = Array.from({ length: ASKED }, (_, i) => rows[Math.floor((i * features) / ASKED)]);
const list = lists.snapshot(rows);
const { createPlangate } = await import(pathToFileURL(PACKAGE).href);
const gate = await createPlangate({ bootstrap: list.pages[0], logger: null });
const { observe } = await import(new URL('telemetry.js', pathToFileURL(PACKAGE)).href);
const observed = observe(gate);
const map = new Map(rows.map(({ key, allowed }) => [key, allowed]));
const decisions = new Map(rows.map(({ key }) => [key, gate.check(key)]));
expectSame(
  rows.map(({ key }) => gate.hasFeature(key)),
  rows.map(({ allowed }) => allowed),
  'hasFeature',
);
expectSame(decisions.get(keyOf(0)).validUntil !== null, timeBound, 'validUntil');

const literal = ({ key }) => JSON.stringify(key);
const absent = asked.map(({ key }) => JSON.stringify(`no-${key}`));
const configured = rows.filter(({ type, allowed }) => type === 'static' && allowed).slice(0, ASKED);
const sites = {
  mapGet: [asked.map((row) => `if (subject.get(${literal(row)}) === true) n++;`), map],
  hasFeature: [asked.map((row) => `if (subject.hasFeature(${literal(row)})) n++;`), gate],
  hasFeatureObserved: [asked.map((row) => `if (subject.hasFeature(${literal(row)})) n++;`), observed],
  mapMiss: [absent.map((key) => `if (subject.get(${key}) === undefined) n++;`), map],
  hasFeatureMiss: [absent.map((key) => `if (!subject.hasFeature(${key})) n++;`), gate],
  check: [asked.map((row) => `if (subject.check(${literal(row)}).allowed) n++;`), gate],
  value: [configured.map((row) => `n += subject.value(${literal(row)}, 'limit', 0);`), gate],
  limit: [configured.map((row) => `if (subject.limit(${literal(row)}, 'limit', { used: 3 }).allowed) n++;`), gate],
};
const granted = asked.filter(({ allowed }) => allowed).length;
const right = {
  mapGet: granted,
  hasFeature: granted,
  hasFeatureObserved: granted,
  check: granted,
  mapMiss: ASKED,
  hasFeatureMiss: ASKED,
  value: configured.reduce((sum, { config }) => sum + config.limit, 0),
  limit: configured.length,
};

/** A call site that has seen objects of several shapes; the plain side answers from a Map behind one method. */
function manyShapes(subject) {
  const shapes = [1, 2, 3, 4, 5, 6].map((n) => {
    const other = { [`own${n}`]: n, hasFeature: (key) => key.length === n };
    return other;
  });
  const ask = (object, key) => object.hasFeature(key);
  for (let i = 0; i < 20_000; i++) ask(shapes[i % 6], 'warm');
  const keys = asked.map(({ key }) => key);
  return (loops) => {
    let n = 0;
    for (let i = 0; i < loops; i++) for (const key of keys) if (ask(subject, key)) n++;
    return n;
  };
}

class Plain {
  #map;
  constructor(map) {
    this.#map = map;
  }
  hasFeature(key) {
    return this.#map.get(key) === true;
  }
}

const candidates = {};
const per = {};
for (const [name, [calls, subject]] of Object.entries(sites)) {
  const run = await written(`${name}-${features}-${timeBound}`, calls);
  expectSame(run(subject, 1), right[name], name);
  candidates[name] = (loops) => run(subject, loops);
  per[name] = calls.length;
}
Object.assign(candidates, { mapAnyShape: manyShapes(new Plain(map)), hasFeatureAnyShape: manyShapes(gate) });
Object.assign(per, { mapAnyShape: ASKED, hasFeatureAnyShape: ASKED });
expectSame(candidates.hasFeatureAnyShape(1), granted, 'hasFeature, any shape');

const series = await interleave(
  {
    ...candidates,
    loop: (loops) => {
      let n = 0;
      for (let i = 0; i < loops; i++) n += i & 1;
      return n;
    },
  },
  { rounds, ms: 1.5 },
);
const loop = series.loop;
delete series.loop;
for (const name of Object.keys(series)) series[name] = series[name].map((ns, round) => (ns - loop[round]) / per[name]);

/** The first question of a job: with something bound to time it reads the clock, once. */
async function firstOfJob() {
  const sides = { mapJob: () => map.get(asked[0].key), hasFeatureJob: () => gate.hasFeature(asked[0].key) };
  const times = { mapJob: [], hasFeatureJob: [] };
  for (let round = 0; round < rounds + 5; round++) {
    for (const [name, ask] of Object.entries(sides)) {
      let n = 0;
      const started = performance.now();
      for (let i = 0; i < 3000; i++) {
        if (ask() === asked[0].allowed) n++;
        await null;
      }
      const ns = ((performance.now() - started) * 1e6) / 3000;
      expectSame(n, 3000, name);
      if (round >= 5) times[name].push(ns);
    }
  }
  return times;
}
Object.assign(series, await firstOfJob());
gate.dispose();
report({ series, sink: swallowed() });
