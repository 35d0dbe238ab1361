// plangate/testing/react: a test client around components, and controls that React waits for.
import { act, createElement } from 'react';
import type { ReactNode } from 'react';

import type { PlangateClient } from '../client/api.js';
import { PlangateProvider } from '../react/index.js';
import { controlsOf } from './acting.js';
import type { TestControls, TestPlangate } from './testing.js';

/** A component that gives the client to what it is put around: `render(<App />, { wrapper: wrapperFor(gate) })`. */
export const wrapperFor =
  (gate: PlangateClient) =>
  ({ children }: { children?: ReactNode }): ReactNode =>
    createElement(PlangateProvider, { gate }, children);

/** The test client's controls, each within React's act(): what they change is rendered when they resolve. */
export const acting = (gate: TestPlangate): TestControls => controlsOf(gate, acted);

/** Runs it within act(), whose answer is no whole promise: what was asked for is kept beside it. */
async function acted(result: Promise<unknown>): Promise<unknown> {
  const host = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined };
  const before = host.IS_REACT_ACT_ENVIRONMENT;
  host.IS_REACT_ACT_ENVIRONMENT = true;
  let answer: unknown;
  try {
    await act(async () => {
      answer = await result;
    });
  } finally {
    host.IS_REACT_ACT_ENVIRONMENT = before;
  }
  return answer;
}
