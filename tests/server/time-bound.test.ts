// What time alone changes is told when it comes: to listeners of a customer, of all, and to OpenFeature's clients.
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { plangateProvider } from '../../js/openfeature/server.js';
import { ask, Billing, makeServer } from './harness.js';

const SOON = 60_000;

// The server's own timers, and its clock, by hand: the moments are exact, whatever the machine does meanwhile.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** A trial that ends soon, a feature that begins soon, one that stays. */
function trial(): Billing {
  const billing = new Billing();
  const now = Date.now();
  billing.grant('cus_1', { id: 'e1', featureKey: 'trial', activeTo: now + SOON });
  billing.grant('cus_1', { id: 'e2', featureKey: 'later', activeFrom: now + 2 * SOON });
  billing.grant('cus_1', { id: 'e3', featureKey: 'always' });
  return billing;
}

test('the end of a trial and the begin of a feature are told, each once and not before', async () => {
  const billing = trial();
  const server = makeServer(billing);
  const heard: { at: number; keys: readonly string[] }[] = [];
  const began = Date.now();
  const stop = server.onChange((customer, keys) => heard.push({ at: Date.now(), keys: [customer, ...keys] }));
  const gate = await server.for('cus_1');
  const changes: unknown[] = [];
  gate.on('change', ({ granted, revoked }) => changes.push({ granted, revoked }));
  expect(heard.map(({ keys }) => keys)).toEqual([['cus_1', 'always', 'trial']]);
  await vi.advanceTimersByTimeAsync(3 * SOON);
  expect(heard.slice(1)).toEqual([
    { at: began + SOON, keys: ['cus_1', 'trial'] },
    { at: began + 2 * SOON, keys: ['cus_1', 'later'] },
  ]);
  expect(changes).toEqual([
    { granted: [], revoked: ['trial'] },
    { granted: ['later'], revoked: [] },
  ]);
  expect(billing.calls).toEqual(['cus_1']); // no request was needed for it
  stop();
});

test('growing stale is no change, and a list that was replaced is not told of', async () => {
  const billing = trial();
  const server = makeServer(billing, { freshFor: SOON / 2 });
  const heard: (readonly string[])[] = [];
  await server.for('cus_1');
  server.onChange((_, keys) => heard.push(keys));
  billing.rows.set('cus_1', [{ id: 'e3', featureKey: 'always' }]);
  await server.refresh('cus_1');
  expect(heard).toEqual([['trial']]);
  await vi.advanceTimersByTimeAsync(3 * SOON);
  expect(heard).toEqual([['trial']]);
});

test('what ended just before the list was replaced is told all the same, and nothing twice', async () => {
  const billing = trial();
  const server = makeServer(billing);
  const gate = await server.for('cus_1');
  const heard: (readonly string[])[] = [];
  server.onChange((_, keys) => heard.push(keys));
  const changes: unknown[] = [];
  gate.on('change', ({ granted, revoked }) => changes.push({ granted, revoked }));
  // The trial ends, and the new list is here before the timer is.
  vi.setSystemTime(Date.now() + SOON + 1);
  billing.rows.get('cus_1')!.shift();
  await server.refresh('cus_1');
  expect(heard).toEqual([['trial']]);
  expect(changes).toEqual([{ granted: [], revoked: ['trial'] }]);
  await vi.advanceTimersByTimeAsync(SOON);
  expect(heard).toEqual([['trial'], ['later']]);
});

test("OpenFeature's clients hear of it as of any change of configuration", async () => {
  const server = makeServer(trial());
  await OpenFeature.setProviderAndWait('time-bound', plangateProvider(server));
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient('time-bound');
  const context = { targetingKey: 'cus_1' };
  expect(await client.getBooleanValue('trial', false, context)).toBe(true);
  const told: (string[] | undefined)[] = [];
  client.addHandler(ProviderEvents.ConfigurationChanged, (event) => told.push(event?.flagsChanged));
  await vi.advanceTimersByTimeAsync(SOON);
  expect(told).toContainEqual(['trial']);
  expect(await client.getBooleanValue('trial', true, context)).toBe(false);
});

test('an event stream sends nothing for it: clients know the time themselves', async () => {
  const server = makeServer(trial());
  const stream = await server.handle(ask('/entitlements/stream', 'cus_1'));
  const reader = stream.body!.getReader();
  const read: string[] = [];
  const done = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      read.push(new TextDecoder().decode(part.value));
    }
  })();
  await vi.advanceTimersByTimeAsync(3 * SOON);
  await reader.cancel();
  await done;
  expect(read.join('').match(/event: snapshot/g)).toHaveLength(1);
});
