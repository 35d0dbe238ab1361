// plangate/testing: for users' own tests. The engine's bytes are inside, so that it runs wherever tests run.
import { createPlangate } from '../engine/entries/inline.js';
import { testing } from './testing.js';
import { withText } from './text.js';

export * from './public.js';

/**
 * A client whose server and time belong to the test: `createTestPlangate({ features: { sso: true, seats: { limit: 5 } } })`. Every answer is the real engine's. `test` has the controls. Throws INVALID_OPTION as createPlangate does.
 */
export const createTestPlangate = /* @__PURE__ */ testing(withText(createPlangate));
