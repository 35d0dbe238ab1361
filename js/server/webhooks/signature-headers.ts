// The headers that carry a webhook's signature, as each provider sends them.
import { signStripe } from './stripe.js';
import { signSvix } from './svix.js';

/** What signs a delivery: the body's bytes as sent, the endpoint's secret, the event's id, unix seconds. */
export async function signatureHeaders(
  provider: 'stripe' | 'paygentic',
  body: Uint8Array,
  secret: string,
  id: string,
  timestamp: number,
): Promise<Record<string, string>> {
  if (provider === 'stripe') return { 'stripe-signature': await signStripe(body, secret, timestamp) };
  return {
    'svix-id': id,
    'svix-timestamp': String(timestamp),
    'svix-signature': await signSvix(body, secret, id, timestamp),
  };
}
