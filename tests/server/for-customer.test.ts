// server.for(customer): the client's answers, from process memory, and their changes.
import { expect, test } from 'vitest';

import { createPlangate } from '../../js/engine/entries/node.js';
import { Billing, CATALOGUE, makeServer, until } from './harness.js';
import { readFileSync } from 'node:fs';

const wasm = readFileSync(new URL('../../js/engine/generated/plangate.wasm', import.meta.url));
const HOUR = 3_600_000;

function billingOf(now: number): Billing {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  billing.now = () => now;
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports', activeTo: now + HOUR });
  billing.grant('cus_1', { id: 'e2', featureKey: 'storage', type: 'static', config: { limitGB: 10 } });
  billing.grant('cus_1', { id: 'e3', featureKey: 'old', status: 'expired' });
  const usage = { balance: 4, usageInPeriod: 6, periodStart: now - HOUR, periodEnd: now + HOUR };
  billing.grant('cus_1', { id: 'e4', featureKey: 'calls', type: 'metered', usage });
  return billing;
}

test('answers exactly as the client does on the served list', async () => {
  const now = Date.now();
  const server = makeServer(billingOf(now), { clock: () => now });
  await server.ready();
  const gate = await server.for('cus_1');
  const clock = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} };
  const served = await server.handle(
    new Request('http://localhost/entitlements', { headers: { 'x-customer': 'cus_1' } }),
  );
  const client = await createPlangate({
    bootstrap: await served.text(),
    wasm,
    clock,
    staleAfter: 300_000,
    expireAfter: 300_000 + 7 * 24 * HOUR,
  });
  for (const key of ['reports', 'storage', 'old', 'calls', 'unknown', '']) {
    expect(gate.hasFeature(key)).toBe(client.hasFeature(key));
    expect(gate.check(key)).toEqual(client.check(key));
    expect(gate.config(key)).toEqual(client.config(key));
    expect(gate.limit(key)).toEqual(client.limit(key));
    expect(gate.limit(key, 'limitGB', { used: 9, requested: 2 })).toEqual(
      client.limit(key, 'limitGB', { used: 9, requested: 2 }),
    );
    if (key) expect(gate.unlocks(key)).toEqual(client.unlocks(key));
    expect(gate.explain(key || 'x').text).toBe(client.explain(key || 'x').text);
  }
  expect(gate.value('storage', 'limitGB', 5)).toBe(10);
  expect(gate.value('storage', 'limitGB', 'text')).toBe('text');
  expect(gate.info).toEqual(client.info);
  client.dispose();
});

test('time alone moves the answers on', async () => {
  let now = Date.now();
  const server = makeServer(billingOf(now), { clock: () => now });
  const gate = await server.for('cus_1');
  expect(gate.hasFeature('reports')).toBe(true);
  now += HOUR;
  expect(gate.hasFeature('reports')).toBe(false);
  expect(gate.check('reports').reason).toBe('EXPIRED');
});

test('tells what a new list changed, to every view of the customer and no other', async () => {
  const billing = new Billing();
  const server = makeServer(billing);
  const gate = await server.for('cus_1');
  const other = await server.for('cus_2');
  const told: unknown[] = [];
  gate.on('change', ({ granted, revoked }) => told.push({ granted, revoked }));
  other.on('change', () => told.push('other'));
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  expect(await gate.refresh()).toBe(true);
  billing.rows.set('cus_1', []);
  expect(await gate.refresh()).toBe(true);
  expect(told).toEqual([
    { granted: ['reports'], revoked: [] },
    { granted: [], revoked: ['reports'] },
  ]);
  billing.failure = new Error('down');
  expect(await gate.refresh()).toBe(false);
  expect(gate.error?.message).toBeTruthy();
  gate.dispose();
  expect([gate.ready, gate.hasFeature('reports')]).toEqual([false, false]);
});

test('memory is bounded: who was pushed out is brought back from the store', async () => {
  const billing = new Billing();
  for (let i = 0; i < 50; i += 1) billing.grant(`cus_${i}`, { id: `e${i}`, featureKey: `feature-${i % 7}` });
  const server = makeServer(billing, { maxCustomers: 10 });
  const first = await server.for('cus_0');
  for (let i = 1; i < 50; i += 1) await server.for(`cus_${i}`);
  expect((await server.health()).customersHeld).toBe(10);
  expect(first.hasFeature('feature-0')).toBe(false);
  await until(() => first.hasFeature('feature-0'));
  for (let i = 0; i < 50; i += 1) {
    const gate = await server.for(`cus_${i}`);
    for (let k = 0; k < 7; k += 1) expect(gate.hasFeature(`feature-${k}`)).toBe(k === i % 7);
  }
  expect(billing.calls).toHaveLength(50);
});

test('who is asked about stays in memory, however many others come', async () => {
  const billing = new Billing();
  for (let i = 0; i < 300; i += 1) billing.grant(`cus_${i}`, { id: `e${i}`, featureKey: 'sso' });
  const server = makeServer(billing, { maxCustomers: 50 });
  const asked = await Promise.all([0, 1, 2].map((i) => server.for(`cus_${i}`)));
  for (let i = 3; i < 300; i += 1) {
    await server.for(`cus_${i}`);
    expect(asked.map((gate) => gate.hasFeature('sso'))).toEqual([true, true, true]);
  }
  expect((await server.health()).customersHeld).toBe(50);
});

test('hands out the list as it is served, with what there is to buy: pages begin with it', async () => {
  const now = Date.now();
  const server = makeServer(billingOf(now), { clock: () => now });
  await server.ready();
  const gate = await server.for('cus_1');
  const served = await server.handle(
    new Request('http://localhost/entitlements', { headers: { 'x-customer': 'cus_1' } }),
  );
  expect(gate.snapshot()).toBe(await served.text());
  const page = await createPlangate({ bootstrap: gate.snapshot()!, wasm, logger: null });
  expect(page.unlocks('seats')).toEqual(gate.unlocks('seats'));
  expect(page.unlocks('storage')[0]?.name).toBe('Basic');
});
