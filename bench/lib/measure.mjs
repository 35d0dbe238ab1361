// Timing for noisy machines: many short rounds in which every candidate takes its turn, so that a slow moment hits all
// of them; medians of ratios within a round, never a ratio of two separate runs.

import { setTimeout as sleep } from 'node:timers/promises';

const WARM_MS = 250;

const sink = new Int32Array(1);

/** Takes a result where the optimiser cannot see that nobody reads it. */
export function swallow(number) {
  sink[0] ^= number;
}

/** What was swallowed so far; print it somewhere to keep the sink alive. */
export const swallowed = () => sink[0];

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Median, least, greatest. */
export const spread = (numbers) => ({ value: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) });

/** Spread of the ratios of two series taken in the same rounds. */
export const ratio = (numbers, baseline) => spread(numbers.map((number, round) => number / baseline[round]));

/** Wall time is right where nothing else runs; the process's CPU time where the machine is shared, helper threads included. */
const clocks = {
  wall: () => performance.now(),
  cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** How many calls of `run` take about `ms`, warm. */
function calibrate(run, ms) {
  let loops = 1;
  for (;;) {
    const started = performance.now();
    swallow(run(loops));
    const took = performance.now() - started;
    if (took >= ms) return Math.max(1, Math.round((loops * ms) / took));
    loops = took < ms / 16 ? loops * 8 : loops * 2;
  }
}

/** Code is optimised on another thread, late on a busy machine: runs until well past that, with pauses to let it in. */
async function warm(run, ms) {
  const loops = calibrate(run, ms);
  const until = performance.now() + WARM_MS;
  while (performance.now() < until) {
    swallow(run(loops));
    await sleep(1);
  }
}

/**
 * Runs candidates in turns. Each is `run(loops) -> number`, doing its work `loops` times and answering a number that
 * depends on all of it. Answers, by name, nanoseconds for one loop in each round, by the wall or, `clock: 'cpu'`, of CPU time.
 */
export async function interleave(candidates, { rounds = 60, ms = 3, clock = 'wall' } = {}) {
  const names = Object.keys(candidates);
  const now = clocks[clock];
  for (const name of names) await warm(candidates[name], ms);
  const loops = Object.fromEntries(names.map((name) => [name, calibrate(candidates[name], ms)]));
  const series = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Another one begins each time: what follows a garbage collection must not always be the same candidate.
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const started = now();
      swallow(candidates[name](loops[name]));
      series[name].push(((now() - started) * 1e6) / loops[name]);
    }
  }
  return series;
}

/** Throws when a benchmark's subject answered wrongly: then its time means nothing. */
export function expectSame(actual, expected, what) {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what}: ${JSON.stringify(actual)} where ${JSON.stringify(expected)} is right`);
}
