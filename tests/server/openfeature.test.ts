// OpenFeature's own evaluation scenarios (Gherkin), run on our server provider; and its change events.
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { expect, onTestFinished, test } from 'vitest';

import { plangateProvider } from '../../js/openfeature/server.js';
import { describeEvaluation, flagEntitlements } from '../support/openfeature-scenarios.js';
import { Billing, CATALOGUE, makeServer, until } from './harness.js';

describeEvaluation(async (state) => {
  onTestFinished(() => OpenFeature.clearProviders());
  const domain = `gherkin-${Math.random()}`;
  const billing = new Billing();
  const { rows, catalogue } = flagEntitlements();
  billing.grant('cus_1', ...rows);
  billing.catalogue = JSON.stringify(catalogue);
  const server = makeServer(billing);
  const ready = state === 'stable' ? server.ready : () => new Promise<void>(() => {});
  const provider = plangateProvider({ ...server, ready });
  if (state === 'stable') await OpenFeature.setProviderAndWait(domain, provider);
  else OpenFeature.setProvider(domain, provider);
  return OpenFeature.getClient(domain).setContext({ targetingKey: 'cus_1' });
});

test('tells which flags changed when a list changes', async () => {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  const server = makeServer(billing);
  await OpenFeature.setProviderAndWait('changes', plangateProvider(server));
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient('changes');
  const told: (readonly string[] | undefined)[] = [];
  client.addHandler(ProviderEvents.ConfigurationChanged, (event) => void told.push(event?.flagsChanged));
  const context = { targetingKey: 'cus_1' };
  expect(await client.getBooleanValue('reports', true, context)).toBe(false);
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  await server.refresh('cus_1');
  await until(() => told.some((flags) => flags?.includes('reports')));
  expect(await client.getBooleanValue('reports', false, context)).toBe(true);
});

test('nobody to ask about, or a customer that cannot be read: the code default, with the reason why', async () => {
  const billing = new Billing();
  billing.failure = new Error('down');
  await OpenFeature.setProviderAndWait('failing', plangateProvider(makeServer(billing)));
  onTestFinished(() => OpenFeature.clearProviders());
  const client = OpenFeature.getClient('failing');
  const nobody = await client.getBooleanDetails('reports', false);
  expect(nobody).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' });
  const unknown = await client.getBooleanDetails('reports', false, { targetingKey: 'cus_1' });
  expect(unknown).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'GENERAL' });
});
