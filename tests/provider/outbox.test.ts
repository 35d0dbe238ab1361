// Deliveries when something comes in between: asked for again, a reset, a secret that signs nothing, a collected timer.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { followDeliveries } from '../../js/cli/dev/log.js';
import type { LogLine } from '../../js/cli/dev/log.js';
import type { Provider, ProviderOptions } from '../../js/provider/index.js';
import { Documents } from '../../js/provider/state/documents.js';
import type { DeliveryDocument } from '../../js/provider/state/documents.js';
import { createProvider, SWIFT } from './support.js';

const URL_OF_HOOK = 'http://127.0.0.1:9/hook';

/** An endpoint whose answers the test holds back: one in `held` for each request that is on its way. */
function heldEndpoint() {
  const held: { readonly body: string; answer(status: number): void }[] = [];
  const send: typeof fetch = async (input, init) => {
    const body = await (input as Request).text();
    return new Promise((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('given up')));
      held.push({ body, answer: (status) => resolve(new Response(null, { status })) });
    });
  };
  const arrived = (count: number): Promise<void> => expect.poll(() => held.length).toBeGreaterThanOrEqual(count);
  return { held, send, arrived };
}

async function start(options: ProviderOptions): Promise<Provider> {
  const provider = await createProvider({ webhooks: [{ url: URL_OF_HOOK }], ...options });
  onTestFinished(() => provider.close());
  return provider;
}

/** Asks as a program does, without a port. */
async function ask<T>(provider: Provider, path: string, method = 'GET', body?: string): Promise<T> {
  const headers = {
    authorization: `Bearer ${provider.apiKey}`,
    ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  };
  const init = { method, headers, ...(body !== undefined && { body }) };
  const response = await provider.fetch(new Request(`http://127.0.0.1${path}`, init));
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const makeCustomer = (provider: Provider, name: string): Promise<{ id: string }> =>
  ask(provider, '/v1/customers', 'POST', `name=${name}`);

const deliveries = async (provider: Provider): Promise<DeliveryDocument[]> =>
  (await ask<{ data: DeliveryDocument[] }>(provider, '/_plangate/deliveries')).data;

const retry = (provider: Provider, id: string): Promise<unknown> =>
  ask(provider, `/_plangate/deliveries/${id}/retry`, 'POST', '');

describe('a delivery', () => {
  it('that is asked for while an attempt is on its way is made once more after it', async () => {
    const { held, send, arrived } = heldEndpoint();
    const provider = await start({ deliveries: { ...SWIFT, fetch: send } });
    await makeCustomer(provider, 'Ann');
    await arrived(1);
    const [{ id }] = (await deliveries(provider)) as [DeliveryDocument];
    await retry(provider, id);
    held[0]?.answer(200);
    await arrived(2);
    held[1]?.answer(200);
    await provider.deliveriesSettled();
    expect(await deliveries(provider)).toMatchObject([{ state: 'delivered', attempts: [{}, {}] }]);
    expect(held).toHaveLength(2);
  });

  it('of before a reset says nothing of one that has its id after it', async () => {
    const { held, send, arrived } = heldEndpoint();
    const provider = await start({ seedId: 'same', deliveries: { ...SWIFT, fetch: send } });
    await makeCustomer(provider, 'before');
    await arrived(1);
    await provider.reset();
    await makeCustomer(provider, 'after');
    held[0]?.answer(200);
    await arrived(2);
    expect(held[1]?.body).toContain('"after"');
    expect(await deliveries(provider)).toMatchObject([{ state: 'pending', attempts: [] }]);
    held[1]?.answer(200);
    await provider.deliveriesSettled();
    expect(await deliveries(provider)).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
  });

  it('is told in the log of plangate dev also when it has the id of one before a reset', async () => {
    const send = async (): Promise<Response> => new Response();
    const provider = await start({ seedId: 'same', deliveries: { ...SWIFT, fetch: send } });
    const [told, ending] = [[] as LogLine[], new AbortController()];
    // It looks late: the attempt is over by then.
    const late = async (request: Request): Promise<Response> => {
      if (request.url.includes('/deliveries')) await provider.deliveriesSettled();
      return provider.fetch(request);
    };
    const following = followDeliveries(late, (line) => told.push(line), ending.signal);
    onTestFinished(async () => {
      ending.abort();
      await following;
    });
    await makeCustomer(provider, 'before');
    await expect.poll(() => told.length).toBe(1);
    await provider.reset();
    await makeCustomer(provider, 'after');
    await expect.poll(() => told.length).toBe(2);
    expect(told[1]).toEqual({ ...told[0], at: expect.any(String), ms: expect.any(Number) });
  });

  it('that cannot be signed is an attempt that failed', async () => {
    const pending = vi.spyOn(Documents.prototype, 'pending');
    onTestFinished(() => pending.mockRestore());
    const provider = await start({
      webhookSecret: 'no base64!',
      webhooks: [{ url: URL_OF_HOOK, protocol: 'paygentic' }],
      seed: {
        products: [{ name: 'Pro', prices: [{ id: 'price_1', amount: 1, every: 'month' }] }],
        customers: [{ id: 'cus_1' }],
      },
      deliveries: { retryDelaysMs: [], fetch: () => Promise.reject(new Error('nothing is sent')) },
    });
    // A loop would never let go of the process.
    pending.mockImplementation(function* (this: Documents): Generator<DeliveryDocument, void> {
      if (pending.mock.calls.length < 100) yield* this.all('delivery').filter(({ state }) => state === 'pending');
    });
    await ask(provider, '/v1/subscriptions', 'POST', 'customer=cus_1&items[0][price]=price_1');
    await provider.deliveriesSettled();
    expect(await deliveries(provider)).toMatchObject([
      { state: 'failed', attempts: [{ status: null, error: expect.stringContaining('whsec_') }] },
    ]);
    expect(pending.mock.calls.length).toBeLessThan(20);
  });

  it('is given up after its time, whatever was collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { send, arrived } = heldEndpoint();
    const provider = await start({ deliveries: { retryDelaysMs: [], timeoutMs: 200, fetch: send } });
    await makeCustomer(provider, 'Ann');
    await arrived(1);
    for (let turn = 0; turn < 5; turn += 1) {
      collect();
      await new Promise((resolve) => setTimeout(resolve));
    }
    await expect.poll(async () => (await deliveries(provider))[0]?.state).toBe('failed');
  });

  it('is waited for in turns when its time is further than a timer goes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const pending = vi.spyOn(Documents.prototype, 'pending');
    onTestFinished(() => pending.mockRestore());
    const send = async (): Promise<Response> => new Response(null, { status: 500 });
    const provider = await start({ deliveries: { retryDelaysMs: [30 * 24 * 3_600_000], fetch: send } });
    await makeCustomer(provider, 'Ann');
    await provider.deliveriesSettled();
    expect((await deliveries(provider))[0]).toMatchObject({ state: 'pending', attempts: [{ status: 500 }] });
    pending.mockClear();
    vi.advanceTimersByTime(1000);
    expect(pending.mock.calls.length).toBe(0);
  });
});
