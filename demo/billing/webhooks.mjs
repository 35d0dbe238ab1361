// Signed deliveries to plangate/server, tried again when they are not acknowledged.
import { randomUUID } from 'node:crypto';

import { constructTestWebhook } from 'plangate/server';

import { findCustomer } from './accounts.mjs';
import { subscriptionEvent } from './paygentic.mjs';
import { summaryEvent } from './stripe.mjs';

/** What the endpoints verify with. */
export const SECRETS = {
  stripe: 'whsec_fathomline_stripe',
  paygentic: `whsec_${Buffer.from('fathomline paygentic secret').toString('base64')}`,
};

const WAITS = [200, 1000, 5000];
const EVENTS = { stripe: summaryEvent, paygentic: subscriptionEvent };

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms).unref());

/** Tells an endpoint that a customer's list changed. @param {Record<'stripe' | 'paygentic', string>} endpoints @param {string} id */
export async function deliver(endpoints, id) {
  const customer = findCustomer(id);
  if (!customer) return;
  const { billing: provider } = customer;
  const eventId = `evt_${randomUUID().replaceAll('-', '')}`;
  const event = EVENTS[provider](customer, eventId);
  for (const wait of [0, ...WAITS]) {
    if (wait > 0) await pause(wait);
    const options = { provider, secret: SECRETS[provider], event, eventId, url: endpoints[provider] };
    const answer = await fetch(await constructTestWebhook(options)).catch(() => undefined);
    if (answer?.ok) return;
    console.warn(`billing: the webhook for ${id} was answered with ${answer?.status ?? 'nothing'}`);
  }
}
