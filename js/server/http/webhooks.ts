// POST /webhooks/stripe and /webhooks/paygentic: kept, acknowledged, and then fetched behind.

import type { ServerState } from '../state.js';
import type { WebhookOptions } from '../options.js';
import type { EventSource } from '../upstreams/engine-port.js';
import { keepIn, webhookReceiver } from '../webhooks/receiver.js';
import type { KeepSignal, WebhookReceiver } from '../webhooks/receiver.js';

/** Makes the receiver of one provider's webhooks. */
export function receiverOf(state: ServerState, provider: EventSource, options: WebhookOptions): WebhookReceiver {
  const { secrets, customer: named, toleranceSeconds } = options;
  const { source, mode } = state.scope;
  const keepMark = keepIn(state.options.store);
  const keepFor: KeepSignal = async (signal) => {
    const customer = named ? await named(signal.customer) : signal.customer;
    // None of ours: nothing to fetch, and nothing that the provider should send again.
    if (customer === null) return { first: true };
    const kept = await keepMark({ ...signal, customer });
    state.scheduler.nudge();
    return kept;
  };
  // The provider only hears that it shall send it again; the reason is for the log.
  const keep: KeepSignal = (signal) =>
    keepFor(signal).catch((error: unknown) => {
      state.report('a webhook could not be kept', error);
      throw error;
    });
  return webhookReceiver({
    provider,
    secrets,
    keep,
    source,
    // Paygentic's events do not say their mode: they are of the one this server is for.
    mode,
    maxBytes: state.options.maxBodyBytes ?? 1024 * 1024,
    engine: () => state.host.get(),
    ...(toleranceSeconds !== undefined && { toleranceSeconds }),
  });
}
