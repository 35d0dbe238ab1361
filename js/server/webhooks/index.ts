// Webhooks: verified, understood, kept.
export { isWebhookError, WebhookError } from './errors.js';
export type { WebhookErrorCode } from './errors.js';
export { keepIn, webhookReceiver } from './receiver.js';
export type { KeepSignal, ReceiverOptions, WebhookReceiver, WebhookSignal } from './receiver.js';
export { verifyStripe } from './stripe.js';
export { verifySvix } from './svix.js';
export type { SvixHeaders } from './svix.js';
export type { WebhookCounts, WebhookOutcome } from './tally.js';
export { constructTestWebhook } from './test-webhook.js';
export type { TestWebhookOptions } from './test-webhook.js';
export type { Secrets, VerifyOptions } from './verify.js';
