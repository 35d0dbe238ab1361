/**
 * How long to wait after so many failures (ms): twice as long each time. Half of it is left to chance, so that the pages
 * of one incident do not come back together.
 */
export const backoff = (failures: number, first: number, longest: number): number =>
  Math.min(first * 2 ** (failures - 1), longest) * (0.5 + Math.random() / 2);
