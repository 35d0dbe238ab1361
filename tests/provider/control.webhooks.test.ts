// Endpoints of both systems in the provider's own API, and how it says what is wrong with a request.
import { expect, it } from 'vitest';

import { startReceiver } from './receiver.js';
import { startProvider, stripeFor } from './support.js';

/** Asks the control API; `body` makes it a POST unless told. */
async function control(url: string, path: string, body?: object, method = body ? 'POST' : 'GET') {
  const response = await fetch(`${url}/_plangate/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('lists, switches and removes the endpoints of both systems', async () => {
  const receiver = await startReceiver();
  const provider = await startProvider();
  const { url } = provider;
  const stripe = stripeFor(provider);
  const { body: made } = await control(url, 'webhooks', { url: receiver.url });
  await control(url, 'webhooks', { url: `${receiver.url}2`, protocol: 'paygentic' });
  const { body: list } = await control(url, 'webhooks');
  expect(list['data']).toMatchObject([
    { url: `${receiver.url}2`, protocol: 'paygentic', enabled: true },
    { id: made['id'], url: receiver.url, protocol: 'stripe', enabled: true, secret: provider.webhookSecret },
  ]);
  const id = String(made['id']);
  expect((await control(url, `webhooks/${id}`, { enabled: false })).body).toMatchObject({ id, enabled: false });
  await stripe.customers.create({ name: 'unheard' });
  await control(url, `webhooks/${id}`, { enabled: true });
  await stripe.customers.create({ name: 'heard' });
  await receiver.seen(1);
  await provider.deliveriesSettled();
  expect(receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
    'customer.created',
  ]);
  expect(receiver.received[0]!.body).toContain('"heard"');
  expect((await control(url, `webhooks/${id}`, undefined, 'DELETE')).body).toEqual({ id, deleted: true });
  expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  expect((await control(url, `webhooks/${id}`, undefined, 'DELETE')).status).toBe(404);
  expect((await control(url, `webhooks/${id}`, { enabled: true })).status).toBe(404);
});

it('names the member that is at fault', async () => {
  const { url } = await startProvider({ seed: 'features: [{ key: sso }]' });
  const refused = async (path: string, body: object) => {
    const { status, body: answer } = await control(url, path, body);
    return { status, ...(answer['error'] as object) };
  };
  const taken = { do: 'feature.create', key: 'sso', name: 'again' };
  expect(await refused('command', taken)).toMatchObject({ status: 400, code: 'KEY_TAKEN', param: 'key' });
  expect(await refused('webhooks', { url: 'ftp://x' })).toMatchObject({ status: 400, param: 'url' });
  expect(await refused('clock', { do: 'sleep' })).toMatchObject({ status: 400, code: 'INVALID_OPTION', param: 'do' });
});
