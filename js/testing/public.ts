// What every entry of plangate/testing exports beside createTestPlangate.

export { TestClock } from './clock.js';
export { entitlement, metered, TestEntitlement } from './features.js';
export type { EntitlementFields, TestFeature, TestFeatures } from './features.js';
export type { CreateTestPlangate, TestControls, TestPlangate, TestPlangateOptions } from './testing.js';
export { constructTestWebhook } from '../server/webhooks/test-webhook.js';
export type { TestWebhookOptions } from '../server/webhooks/test-webhook.js';
