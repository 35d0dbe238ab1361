// plangate/testing/react: a test client around components, and controls that React waits for.
import { act, createElement } from 'react';
import type { ReactNode } from 'react';

import type { PlangateClient } from '../client/api.js';
import { PlangateProvider } from '../react/index.js';
import type { TestControls, TestPlangate } from './testing.js';

/** A component that gives the client to what it is put around: `render(<App />, { wrapper: wrapperFor(gate) })`. */
export const wrapperFor =
  (gate: PlangateClient) =>
  ({ children }: { children?: ReactNode }): ReactNode =>
    createElement(PlangateProvider, { gate }, children);

/**
 * The test client's controls, each within React's act(): what they change is rendered when they resolve. Testing Library has act()
 * enabled; elsewhere set `globalThis.IS_REACT_ACT_ENVIRONMENT = true`.
 */
export function acting({ test }: TestPlangate): TestControls {
  return new Proxy(test, {
    get(controls, name) {
      const value: unknown = Reflect.get(controls, name, controls);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const result: unknown = value.apply(controls, given);
        return result instanceof Promise ? acted(result) : result;
      };
    },
  });
}

/** What act() gives back is no whole promise: it is awaited, and the answer kept beside it. */
async function acted(result: Promise<unknown>): Promise<unknown> {
  let answer: unknown;
  await act(async () => {
    answer = await result;
  });
  return answer;
}
