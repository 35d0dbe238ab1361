import type { TestControls, TestPlangate } from './testing.js';

/**
 * The test client's controls, each followed by what a framework needs to show what they changed: `acted` is given what a
 * control answered, and answers in its place.
 */
export const controlsOf = (
  { test }: TestPlangate,
  acted: (result: Promise<unknown>) => Promise<unknown>,
): TestControls =>
  new Proxy(test, {
    get(controls, name) {
      const value: unknown = Reflect.get(controls, name, controls);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const result: unknown = value.apply(controls, given);
        return result instanceof Promise ? acted(result) : result;
      };
    },
  });
