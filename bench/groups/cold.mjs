// From nothing to the first decision: a fresh Node process, a fresh browser context.
import { must } from '../../tools/lib/process.mjs';
import { withBrowser } from '../lib/browser.mjs';
import { programFiles } from '../lib/cold.mjs';
import { expectSame, median, ratio, spread } from '../lib/measure.mjs';
import { work } from '../lib/work.mjs';

const TITLES = {
  engine: 'engine alone: script, compile, instantiate',
  plangate: 'plangate, first decision',
  preloaded: 'plangate, first decision, engine preloaded',
  JSON: '(JSON.parse and a Map)',
  flagsmith: '(Flagsmith)',
  growthbook: '(GrowthBook)',
  launchdarkly: '(LaunchDarkly)',
};

/** Runs every program once a round, in turns; answers name -> outcomes. */
async function inTurns(names, rounds, once) {
  const outcomes = Object.fromEntries(names.map((name) => [name, []]));
  // The first round fills file caches and is not counted.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 1) % names.length];
      const outcome = await once(name);
      expectSame(outcome.answer, [true, false], `${name}: decisions`);
      if (round >= 0) outcomes[name].push(outcome);
    }
  }
  return outcomes;
}

function rowsOf(where, outcomes, measures) {
  const of = (name, measure) => outcomes[name].map((outcome) => outcome[measure]);
  const reference = outcomes.launchdarkly ? 'launchdarkly' : 'JSON';
  return Object.keys(outcomes)
    .filter((name) => name !== 'empty')
    .flatMap((name) =>
      measures.map(([measure, title, beyondEmpty]) => {
        const own = beyondEmpty ? of(name, measure).map((ms, i) => ms - of('empty', measure)[i]) : of(name, measure);
        const ratioToOther = !beyondEmpty && name !== reference;
        return {
          name: `${where}: ${TITLES[name]}; ${title}`,
          unit: 'ms',
          ...spread(own),
          ...(ratioToOther && { ratio: ratio(own, of(reference, measure)), baseline: TITLES[reference] }),
          ...(beyondEmpty && {
            baseline: `an empty program's ${median(of('empty', measure)).toFixed(1)} ms taken off`,
          }),
          ...(['plangate', 'preloaded'].includes(name) &&
            ratioToOther &&
            outcomes.launchdarkly && { budget: { ratio: 1 } }),
        };
      }),
    );
}

async function inNode(rounds, compare) {
  const files = await programFiles('node', compare);
  const once = async (name) => JSON.parse(await must(process.execPath, [files[name]]));
  return rowsOf('Node', await inTurns(Object.keys(files), rounds, once), [
    ['ms', 'from its first statement'],
    ['total', 'wall time of the process', true],
    ['cpu', 'CPU time of the process', true],
  ]);
}

async function inChromium(rounds, compare) {
  const files = await programFiles('browser', compare);
  const outcomes = await withBrowser(files, work('package', 'plangate.wasm'), (load) =>
    inTurns(Object.keys(files), rounds, load),
  );
  return rowsOf('Chromium', outcomes, [
    ['ms', 'from its first statement'],
    ['total', 'from navigation', true],
  ]);
}

export async function rows({ quick, compare }) {
  const rounds = quick ? 7 : 25;
  return [...(await inNode(rounds, compare)), ...(await inChromium(rounds, compare))];
}
