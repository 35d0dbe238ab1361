// plangate/testing/svelte: a test client for components under test.
import { flushSync } from 'svelte';

import type { PlangateClient } from '../client/api.js';
import { plangateContext } from '../svelte/index.js';
import { controlsOf } from './acting.js';
import type { TestControls, TestPlangate } from './testing.js';

/** The context with the client in it: `mount(Panel, { target, context: contextFor(gate) })`. */
export const contextFor = (gate: PlangateClient): Map<unknown, unknown> => plangateContext(gate);

/** The test client's controls: what they change is on the page when they resolve. */
export const acting = (gate: TestPlangate): TestControls =>
  controlsOf(gate, async (result) => {
    const answer = await result;
    flushSync();
    return answer;
  });
