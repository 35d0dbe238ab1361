// Vue: what components show, and how often they render.
import './support/dom.js';

import { createApp, defineComponent, h, nextTick, ref } from 'vue';
import type { Component } from 'vue';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { Coming } from '../../js/client/coming.js';
import { Gate, plangate, useDecision, useFeature, useLimit, usePlangate, useUnlocks } from '../../js/vue/index.js';
import { answers, client, list, row, SECOND, settle, T0 } from '../js/support.js';
import { listeningTo } from './support/listening.js';

function mount(gate: Coming, root: Component) {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const host = document.body.appendChild(document.createElement('div'));
  const app = createApp(root);
  app.use(plangate, { gate });
  app.mount(host);
  const unmount = (): void => {
    if (host.isConnected) app.unmount();
    host.remove();
  };
  onTestFinished(() => {
    unmount();
    const warnings = warned.mock.calls.map((call) => call.join(' '));
    warned.mockRestore();
    expect(warnings).toEqual([]);
  });
  return { text: () => host.textContent, unmount };
}

const lists = (...more: object[]) => answers(...more.map((entry, i) => ({ ...entry, asOf: T0 + i })));

test('renders once per change of the feature that it reads', async () => {
  const { gate } = await client({ url: '/e', fetch: lists(list([row('a')]), list([row('a'), row('b')]), list([])) });
  const shown: string[] = [];
  const Page = defineComponent(() => {
    const on = useFeature('a');
    return () => (shown.push(`a:${on.value}`), h('i', String(on.value)));
  });
  const { text } = mount(gate, Page);
  await gate.refresh();
  await settle();
  expect(shown).toEqual(['a:true']);
  await gate.refresh();
  await settle();
  expect(shown).toEqual(['a:true', 'a:false']);
  expect(text()).toBe('false');
});

test('follows time, keys, fields and questions', async () => {
  const storage = row('storage', { type: 'static', config: { limitGB: 50 } });
  const products = [{ id: 'pro', name: 'Pro', features: [{ key: 'sso' }] }];
  const entries = [row('trial', { activeTo: T0 + SECOND }), row('a'), storage];
  const { gate, clock } = await client({
    bootstrap: list(entries, { catalogue: { features: [{ key: 'sso' }], products } }),
  });
  const key = ref('trial');
  const used = ref(49);
  const Page = defineComponent(() => {
    const decision = useDecision(key);
    const limit = useLimit('storage', 'limitGB', () => ({ used: used.value }));
    const unlocks = useUnlocks(() => key.value);
    return () =>
      `${decision.value.key} ${decision.value.reason} ${limit.value.remaining} ${unlocks.value.map(({ name }) => name)}`;
  });
  const { text } = mount(gate, Page);
  expect(text()).toBe('trial GRANTED 1 ');
  await clock.advance(SECOND);
  expect(text()).toBe('trial EXPIRED 1 ');
  key.value = 'sso';
  used.value = 40;
  await nextTick();
  expect(text()).toBe('sso NOT_ENTITLED 10 Pro');
});

test('the component shows one of its slots, and never the answer of the customer before', async () => {
  let arrive = (_: unknown): void => {};
  const fetch = answers(list([row('a')]), () => new Promise((resolve) => (arrive = resolve)));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const Page = defineComponent(() => {
    const slots = {
      default: () => 'open',
      fallback: ({ decision }: { decision: { reason: string } }) => decision.reason,
      loading: () => 'loading',
    };
    return () => h(Gate, { feature: 'a' }, slots);
  });
  const { text } = mount(gate, Page);
  expect(text()).toBe('open');
  const turned = gate.setCustomer('cus_2');
  await settle();
  expect(text()).toBe('loading');
  arrive(Response.json(list([], { customer: 'cus_2' })));
  await turned;
  await settle();
  expect(text()).toBe('NOT_ENTITLED');
});

test('takes the promise of a client', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]) });
  let arrive = (_: typeof gate): void => {};
  const coming = new Promise<typeof gate>((resolve) => (arrive = resolve));
  const Page = defineComponent(() => {
    const made = usePlangate();
    return () => [h(Gate, { feature: 'a' }, { default: () => 'open', loading: () => 'wait' }), String(!!made.value)];
  });
  const { text } = mount(coming, Page);
  expect(text()).toBe('waitfalse');
  arrive(gate);
  await settle();
  expect(text()).toBe('opentrue');
});

test('listens once per application, and no longer than it', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]) });
  const listening = listeningTo(gate);
  const Page = defineComponent(() => {
    const [a, b] = [useFeature('a'), useFeature('b')];
    return () => `${a.value}${b.value}`;
  });
  const { unmount } = mount(gate, Page);
  expect(listening()).toBe(1);
  unmount();
  expect(listening()).toBe(0);
});

test('says what is missing where the plugin is not used', () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const app = createApp(defineComponent(() => (useFeature('a'), () => '')));
  expect(() => app.mount(document.createElement('div'))).toThrow('app.use(plangate');
  warned.mockRestore();
});
