// hasFeature, check, value and limit in their hot state.
import { median, ratio, spread } from '../lib/measure.mjs';
import { worker } from '../lib/work.mjs';

/** Optimised code differs from process to process (layout, inlining), so each setting runs in several. */
const PROCESSES = 5;

const ROWS = [
  ['hasFeature', 'hasFeature', 'mapGet', 1.3],
  ['hasFeatureMiss', 'hasFeature, absent key', 'mapMiss', 1.3],
  ['hasFeatureObserved', 'hasFeature, observed', 'mapGet'],
  ['check', 'check', 'mapGet', 3],
  ['value', 'value', 'mapGet'],
  ['limit', 'limit', 'mapGet'],
  ['hasFeatureAnyShape', 'hasFeature, call site of many shapes', 'mapAnyShape'],
  ['hasFeatureJob', 'first hasFeature of a job (await)', 'mapJob'],
];

const BASELINES = {
  mapGet: 'Map.get',
  mapMiss: 'Map.get, absent',
  mapAnyShape: 'Map behind a method',
  mapJob: 'Map.get and await',
};

async function setting(features, timeBound, rounds) {
  const runs = [];
  for (let i = 0; i < PROCESSES; i++) runs.push((await worker('hot', { features, timeBound, rounds })).series);
  return ROWS.map(([name, title, baseline, budget]) => ({
    name: `${title}; ${features} features${timeBound ? ', time-bound' : ''}`,
    unit: 'ns',
    ...spread(runs.map((series) => median(series[name]))),
    ratio: spread(runs.map((series) => ratio(series[name], series[baseline]).value)),
    baseline: `${BASELINES[baseline]} ${median(runs.map((series) => median(series[baseline]))).toFixed(1)} ns`,
    ...(budget && { budget: { ratio: budget } }),
  }));
}

export async function rows({ quick }) {
  const rounds = quick ? 15 : 60;
  const all = [];
  for (const features of [20, 200])
    for (const timeBound of [false, true]) all.push(...(await setting(features, timeBound, rounds)));
  return all;
}
