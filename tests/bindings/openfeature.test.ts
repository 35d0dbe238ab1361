// OpenFeature's own evaluation scenarios (Gherkin), run on our web provider; and its events.
import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk';
import type { Client } from '@openfeature/web-sdk';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { PlangateClient } from '../../js/client/api.js';
import type { Coming } from '../../js/client/coming.js';
import type { PartHost } from '../../js/client/part.js';
import { createPlangateSync } from '../../js/engine/entries/node.js';
import { plangateProvider as serverProvider } from '../../js/openfeature/server.js';
import { plangateProvider } from '../../js/openfeature/web.js';
import type { ProviderOptions } from '../../js/openfeature/web.js';
import { answers, client, DAY, HandClock, list, row, SECOND, settle, T0, wasm } from '../js/support.js';
import { describeEvaluation, flagEntitlements } from '../support/openfeature-scenarios.js';
import { listeningTo } from './support/listening.js';

/** An OpenFeature client on a provider, in a domain of its own; what it is told is written down. */
function connect(gate: Coming, options?: ProviderOptions) {
  const domain = `test-${Math.random()}`;
  onTestFinished(() => OpenFeature.clearProviders());
  const flags: Client = OpenFeature.getClient(domain);
  const told: string[] = [];
  for (const event of Object.values(ProviderEvents)) {
    flags.addHandler(event, (details) => {
      const { flagsChanged = [] } = (details ?? {}) as { flagsChanged?: string[] };
      told.push([event.replace('PROVIDER_', ''), ...flagsChanged].join(' '));
    });
  }
  const set = OpenFeature.setProviderAndWait(domain, plangateProvider(gate, options));
  return { flags, told, set, turn: (context: object) => OpenFeature.setContext(domain, context as never) };
}

describeEvaluation(async (state) => {
  const { rows, catalogue } = flagEntitlements();
  const { gate } = await client({ bootstrap: list(rows, { catalogue }) });
  const { flags, set } = connect(state === 'stable' ? gate : new Promise<PlangateClient>(() => {}));
  if (state === 'stable') await set;
  return flags;
});

test('without a catalogue a feature that is not in the list is denied, not unknown', async () => {
  const { gate } = await client({ bootstrap: list([row('a'), row('q', { type: 'static', config: { n: 5 } })]) });
  const { flags, set } = connect(gate);
  await set;
  expect(flags.getBooleanDetails('b', true)).toMatchObject({ value: false, reason: 'DISABLED', variant: 'off' });
  expect(flags.getBooleanDetails('a', false)).toMatchObject({ value: true, reason: 'STATIC', variant: 'on' });
  expect(flags.getNumberDetails('q:n', 1)).toMatchObject({ value: 5, reason: 'STATIC' });
  expect(flags.getNumberDetails('q:m', 1)).toMatchObject({ value: 1, errorCode: 'FLAG_NOT_FOUND' });
});

test('tells what changes, also by time alone', async () => {
  const first = list([row('trial', { activeTo: T0 + SECOND })]);
  const second = list([row('reports')], { asOf: T0 + 1 });
  const { gate, clock } = await client({ url: '/e', fetch: answers(first, second) });
  const { flags, told, set } = connect(gate);
  await set;
  expect(told).toEqual(['READY']);
  await clock.advance(SECOND);
  expect(flags.getBooleanValue('trial', true)).toBe(false);
  await gate.refresh();
  await settle();
  expect(told).toEqual(['READY', 'CONFIGURATION_CHANGED trial', 'CONFIGURATION_CHANGED reports']);
  expect(flags.getBooleanValue('reports', false)).toBe(true);
});

test('a failed refresh makes it stale, the next good one ready', async () => {
  const [first, later] = [list([row('a')]), list([row('a')], { asOf: T0 + 1 })];
  const { gate } = await client({ url: '/e', fetch: answers(first, new Error('offline'), later) });
  const { flags, told, set } = connect(gate);
  await set;
  await gate.refresh();
  expect([flags.providerStatus, flags.getBooleanValue('a', false)]).toEqual([ProviderStatus.STALE, true]);
  await gate.refresh();
  await settle();
  expect(flags.providerStatus).toBe(ProviderStatus.READY);
  expect(told).toEqual(['READY', 'STALE', 'READY']);
});

test('a list that grows old makes it stale', async () => {
  const { gate, clock } = await client({ bootstrap: list([row('a')]), staleAfter: SECOND });
  const { flags, told, set } = connect(gate);
  await set;
  await clock.advance(SECOND);
  expect([flags.providerStatus, told]).toEqual([ProviderStatus.STALE, ['READY', 'STALE']]);
  expect(flags.getBooleanDetails('a', false).flagMetadata).toMatchObject({ stale: true });
});

test('no list is an error until there is one', async () => {
  const { gate } = await client({ url: '/e', fetch: answers(new Error('offline'), list([row('a')])) });
  const { flags, told, set } = connect(gate);
  await expect(set).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  expect(flags.providerStatus).toBe(ProviderStatus.ERROR);
  expect(flags.getBooleanDetails('a', true)).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' });
  await gate.refresh();
  await settle();
  expect([flags.providerStatus, flags.getBooleanValue('a', false)]).toEqual([ProviderStatus.READY, true]);
  expect(told.slice(0, 1)).toEqual(['ERROR']);
  expect(told.at(-1)).toBe('READY');
});

test('a new context turns to another customer, and never answers for the one before', async () => {
  let arrive = (_: unknown): void => {};
  const fetch = answers(list([row('a')]), () => new Promise((resolve) => (arrive = resolve)));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const { flags, told, set, turn } = connect(gate);
  await set;
  const turned = turn({ targetingKey: 'cus_2' });
  expect(flags.providerStatus).toBe(ProviderStatus.RECONCILING);
  expect(flags.getBooleanDetails('a', false).errorCode).toBe('PROVIDER_NOT_READY');
  await settle();
  arrive(Response.json(list([row('b')], { customer: 'cus_2' })));
  await turned;
  expect(flags.providerStatus).toBe(ProviderStatus.READY);
  expect([flags.getBooleanValue('a', true), flags.getBooleanValue('b', false)]).toEqual([false, true]);
  await settle();
  expect(told.filter((event) => !event.startsWith('CONFIGURATION'))).toEqual([
    'READY',
    'RECONCILING',
    'CONTEXT_CHANGED',
  ]);
});

test('a customer whose list cannot be had is an error', async () => {
  const fetch = answers(list([row('a')]), new Error('offline'));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const { flags, told, set, turn } = connect(gate);
  await set;
  await turn({ targetingKey: 'cus_2' });
  expect([flags.providerStatus, flags.getBooleanValue('a', false)]).toEqual([ProviderStatus.ERROR, false]);
  expect(told.filter((event) => event === 'ERROR')).toHaveLength(1);
});

test('where the session says who it is, contexts change nothing', async () => {
  const fetch = answers(list([row('a')]));
  const { gate } = await client({ url: '/e', fetch });
  const { flags, set, turn } = connect(gate, { customer: () => undefined });
  await set;
  await turn({ targetingKey: 'user_7' });
  expect([flags.getBooleanValue('a', false), fetch.calls.length]).toEqual([true, 1]);
});

test('a closed provider listens no longer', async () => {
  const { gate } = await client({ url: '/e', fetch: answers(list([row('a')]), list([], { asOf: T0 + 1 })) });
  const { told, set } = connect(gate);
  await set;
  await OpenFeature.clearProviders();
  await gate.refresh();
  await settle();
  expect(told).toEqual(['READY']);
});

test('a context that comes while the client is still being made counts', async () => {
  const fetch = answers(list([row('a')]), list([row('b')], { customer: 'cus_2' }));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  let arrive!: (gate: PlangateClient) => void;
  const { flags, told, set, turn } = connect(new Promise<PlangateClient>((resolve) => (arrive = resolve)));
  const turned = turn({ targetingKey: 'cus_2' });
  arrive(gate);
  await Promise.all([set, turned]);
  expect([gate.customer, flags.providerStatus, told.includes('ERROR')]).toEqual(['cus_2', ProviderStatus.READY, false]);
  expect(flags.getBooleanValue('b', false)).toBe(true);
});

test('a second context of the customer whose list is on its way waits for it as well', async () => {
  let arrive = (_: unknown): void => {};
  const fetch = answers(list([row('a')]), () => new Promise((resolve) => (arrive = resolve)));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const { flags, told, set, turn } = connect(gate);
  await set;
  const turned = [turn({ targetingKey: 'cus_2' }), turn({ targetingKey: 'cus_2', page: 'billing' })];
  await settle();
  expect(flags.providerStatus).toBe(ProviderStatus.RECONCILING);
  arrive(Response.json(list([row('b')], { customer: 'cus_2' })));
  await Promise.all(turned);
  expect([flags.providerStatus, flags.getBooleanValue('b', false), told.includes('ERROR')]).toEqual([
    ProviderStatus.READY,
    true,
    false,
  ]);
});

test('a client whose first list is on its way is waited for', async () => {
  let arrive = (_: unknown): void => {};
  const fetch = answers(() => new Promise((resolve) => (arrive = resolve)));
  const gate = createPlangateSync({ wasm, clock: new HandClock(), logger: null, url: '/e', customer: 'cus_1', fetch });
  const { flags, set } = connect(gate);
  await settle();
  arrive(Response.json(list([row('a')])));
  await set;
  expect([flags.providerStatus, flags.getBooleanValue('a', false)]).toEqual([ProviderStatus.READY, true]);
});

test('says that it is stale also when it was so from the begin, and for the customer of a new context', async () => {
  const kept = list([row('a')], { customer: 'cus_2', asOf: T0 - DAY });
  const part = (host: PartHost): void => {
    host.on('failed', ({ waits }) => waits.push(Promise.resolve(host.take('cus_2', kept, 'cache'))));
  };
  const options = { url: '/e', bootstrap: list([row('a')]), customer: 'cus_1', use: [part] };
  const { gate } = await client({ ...options, fetch: answers(new Error('offline')) });
  await settle();
  const { flags, set, turn } = connect(gate);
  await set;
  await settle();
  expect(flags.providerStatus).toBe(ProviderStatus.STALE);
  await turn({ targetingKey: 'cus_2' });
  await settle();
  expect([flags.providerStatus, flags.getBooleanValue('a', false)]).toEqual([ProviderStatus.STALE, true]);
});

test('a provider that is closed while its client is still being made never listens', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]), customer: 'cus_1' });
  const listening = listeningTo(gate);
  let arrive!: (gate: PlangateClient) => void;
  const { set } = connect(new Promise<PlangateClient>((resolve) => (arrive = resolve)));
  await OpenFeature.clearProviders();
  arrive(gate);
  await set;
  expect(listening()).toBe(0);
});

test('a server’s provider that is closed while the server starts never listens', async () => {
  let start!: () => void;
  const started = new Promise<void>((resolve) => (start = resolve));
  const onChange = vi.fn(() => () => {});
  const provider = serverProvider({ for: vi.fn(), knows: () => undefined, ready: () => started, onChange });
  const opened = provider.initialize!();
  await provider.onClose!();
  start();
  await opened;
  expect(onChange).not.toHaveBeenCalled();
});
