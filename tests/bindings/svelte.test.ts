// Svelte: what components show, and how often their effects run.
import './support/dom.js';

import { flushSync, mount, unmount } from 'svelte';
import type { Component } from 'svelte';
import { expect, onTestFinished, test } from 'vitest';

import type { Coming } from '../../js/client/coming.js';
import { entitlement } from '../../js/testing/features.js';
import { acting, contextFor } from '../../js/testing/svelte.js';
import { answers, client, list, row, SECOND, settle, T0 } from '../js/support.js';
import { createTestPlangate, DAY } from '../testing/support.js';
import { listeningTo } from './support/listening.js';

const load = async (name: string): Promise<Component<Record<string, unknown>>> =>
  ((await import(`./svelte/${name}.svelte`)) as { default: Component<Record<string, unknown>> }).default;

/** Mounts the page under a root that gives it the client. */
async function show(gate: Coming, props: Record<string, unknown>) {
  const [root, page] = [await load('Root'), await load('Page')];
  const target = document.body.appendChild(document.createElement('div'));
  const app = mount(root, { target, props: { gate, page, ...props } });
  const leave = async (): Promise<void> => {
    if (!target.isConnected) return;
    target.remove();
    await unmount(app);
  };
  onTestFinished(leave);
  flushSync();
  return { text: () => (flushSync(), target.textContent!.trim().split(/\s+/)), leave };
}

const lists = (...more: object[]) => answers(...more.map((entry, i) => ({ ...entry, asOf: T0 + i })));

test('effects run once per change of the feature that they read', async () => {
  const { gate } = await client({ url: '/e', fetch: lists(list([row('a')]), list([row('a'), row('b')]), list([])) });
  const shown: string[] = [];
  const { text } = await show(gate, { feature: 'a', shown });
  expect(text()).toEqual(['open', 'GRANTED', '-', 'true', 'true']);
  await gate.refresh();
  await settle();
  expect(shown).toEqual(['a:true']);
  await gate.refresh();
  await settle();
  expect(text()).toEqual(['locked', 'NOT_ENTITLED', '-', 'true', 'false']);
  expect(shown).toEqual(['a:true', 'a:false']);
});

test('follows time', async () => {
  const storage = row('storage', { type: 'static', config: { limitGB: 50 } });
  const products = [{ id: 'pro', name: 'Pro', features: [{ key: 'trial' }] }];
  const { gate, clock } = await client({
    bootstrap: list([row('trial', { activeTo: T0 + SECOND }), storage], { catalogue: { features: [], products } }),
  });
  const { text } = await show(gate, { feature: 'trial', used: 40 });
  expect(text()).toEqual(['open', 'GRANTED', '10', 'Pro', 'true', 'false']);
  await clock.advance(SECOND);
  expect(text()).toEqual(['locked', 'EXPIRED', '10', 'Pro', 'true', 'false']);
});

test('never shows the answer of the customer before', async () => {
  let arrive = (_: unknown): void => {};
  const fetch = answers(list([row('a')]), () => new Promise((resolve) => (arrive = resolve)));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const { text } = await show(gate, { feature: 'a' });
  const turned = gate.setCustomer('cus_2');
  await settle();
  expect(text()).toEqual(['wait', 'NOT_READY', '-', 'true', 'false']);
  arrive(Response.json(list([], { customer: 'cus_2' })));
  await turned;
  await settle();
  expect(text()[0]).toBe('locked');
});

test('takes the promise of a client', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]) });
  let arrive = (_: typeof gate): void => {};
  const { text } = await show(new Promise<typeof gate>((resolve) => (arrive = resolve)), { feature: 'a' });
  expect(text()).toEqual(['wait', 'NOT_READY', '-', 'false', 'false']);
  arrive(gate);
  await settle();
  expect(text()).toEqual(['open', 'GRANTED', '-', 'true', 'true']);
});

test('listens no longer than its components live', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]) });
  const listening = listeningTo(gate);
  const { leave } = await show(gate, { feature: 'a' });
  expect(listening()).toBeGreaterThan(0);
  await leave();
  await settle();
  expect(listening()).toBe(0);
});

test('a test client around a component: what its controls change is on the page when they resolve', async () => {
  const gate = await createTestPlangate({ features: { a: entitlement({ endsIn: DAY }), storage: { limitGB: 50 } } });
  const target = document.body.appendChild(document.createElement('div'));
  const shown: string[] = [];
  const app = mount(await load('Page'), { target, props: { feature: 'a', shown }, context: contextFor(gate) });
  onTestFinished(() => unmount(app));
  flushSync();
  const text = (): string[] => target.textContent!.trim().split(/\s+/);
  expect(text()).toEqual(['open', 'GRANTED', '50', 'true', 'true']);
  const scenario = acting(gate);
  await scenario.trialEnd('a');
  expect(text()).toEqual(['locked', 'EXPIRED', '50', 'true', 'false']);
  await scenario.downgrade({});
  expect(text()).toEqual(['locked', 'NOT_ENTITLED', '-', 'true', 'false']);
  expect(shown).toEqual(['a:true', 'a:false']);
  expect([scenario.clock, scenario.requests]).toEqual([gate.test.clock, 1]);
  await expect(scenario.trialEnd('a')).rejects.toThrow();
});
