// plangate/testing: for users' own tests. The engine's bytes are inside, so that it runs wherever tests run.
import { createPlangate } from '../engine/entries/inline.js';
import { testing } from './testing.js';
import { withText } from './text.js';

export { TestClock } from './clock.js';
export { entitlement, metered, TestEntitlement } from './features.js';
export type { EntitlementFields, TestFeature, TestFeatures } from './features.js';
export type { CreateTestPlangate, TestControls, TestPlangate, TestPlangateOptions } from './testing.js';
export { constructTestWebhook } from '../server/webhooks/test-webhook.js';
export type { TestWebhookOptions } from '../server/webhooks/test-webhook.js';

/**
 * A client whose server and time belong to the test: `createTestPlangate({ features: { sso: true, seats: { limit: 5 } } })`. Every answer is the real engine's. `test` has the controls. Throws INVALID_OPTION as createPlangate does.
 */
export const createTestPlangate = /* @__PURE__ */ testing(withText(createPlangate));
