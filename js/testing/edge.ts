// plangate/testing where the host compiles WebAssembly: tests that run in workerd.
import { createPlangate } from '../engine/entries/edge.js';
import type { CreateTestPlangate } from './testing.js';
import { testing } from './testing.js';
import { withText } from './text.js';

export * from './public.js';

/** As in Node and browsers: see index.ts. */
export const createTestPlangate: CreateTestPlangate = /* @__PURE__ */ testing(withText(createPlangate));
