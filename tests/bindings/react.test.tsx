// React: what components show, and how often they render.
import './support/dom.js';

import { act, StrictMode, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { PlangateClient } from '../../js/client/api.js';
import {
  Gate,
  PlangateProvider,
  UpgradePrompt,
  useDecision,
  useFeature,
  useLimit,
  usePlangate,
  useUnlocks,
} from '../../js/react/index.js';
import { answers, client, list, row, SECOND, settle, T0 } from '../js/support.js';
import { listeningTo } from './support/listening.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const quota = (limitGB: number): object => row('storage', { type: 'static', config: { limitGB } });
const catalogue = {
  features: [{ key: 'sso' }, { key: 'storage' }],
  products: [
    { id: 'max', name: 'Max', features: [{ key: 'sso' }, { key: 'storage', config: { limitGB: 500 } }] },
    {
      id: 'pro',
      name: 'Pro',
      features: [{ key: 'sso' }],
      prices: [{ id: 'p', unitAmount: 900, currency: 'eur', interval: 'month' }],
    },
  ],
};

/** Renders into a page of its own; console errors fail the test. */
async function render(node: ReactNode) {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const host = document.body.appendChild(document.createElement('div'));
  const root = createRoot(host);
  await act(async () => root.render(node));
  onTestFinished(async () => {
    await act(async () => root.unmount());
    host.remove();
    const errors = said.mock.calls.map((call) => call.join(' '));
    said.mockRestore();
    expect(errors).toEqual([]);
  });
  return { host, text: () => host.textContent, rerender: (next: ReactNode) => act(async () => root.render(next)) };
}

/** A component that writes down what it shows each time it renders. */
function recorder() {
  const shown: string[] = [];
  const Feature = ({ name }: { name: string }): ReactNode => {
    const on = useFeature(name);
    shown.push(`${name}:${on}`);
    return <i>{String(on)}</i>;
  };
  return { shown, Feature };
}

const lists = (...more: object[]) => answers(...more.map((entry, i) => ({ ...entry, asOf: T0 + i })));

test('renders once per change of the feature that it reads, and not for others', async () => {
  const fetch = lists(list([row('a')]), list([row('a'), row('b')]), list([row('b')]), list([row('b'), quota(5)]));
  const { gate } = await client({ url: '/e', fetch });
  const { shown, Feature } = recorder();
  const { text } = await render(
    <PlangateProvider gate={gate}>
      <Feature name="a" />
    </PlangateProvider>,
  );
  expect(shown).toEqual(['a:true']);
  await act(() => gate.refresh());
  expect(shown).toEqual(['a:true']);
  await act(() => gate.refresh());
  expect(shown).toEqual(['a:true', 'a:false']);
  await act(() => gate.refresh());
  expect(shown).toEqual(['a:true', 'a:false']);
  expect(text()).toBe('false');
});

test('renders when time alone changes the answer', async () => {
  const { gate, clock } = await client({ bootstrap: list([row('trial', { activeTo: T0 + SECOND }), row('a')]) });
  const { shown, Feature } = recorder();
  await render(
    <PlangateProvider gate={gate}>
      <Feature name="trial" />
      <Feature name="a" />
    </PlangateProvider>,
  );
  await act(() => clock.advance(SECOND));
  expect(shown).toEqual(['trial:true', 'a:true', 'trial:false']);
});

test('never shows the answer of the key before', async () => {
  const { gate } = await client({ bootstrap: list([row('a'), row('c')]) });
  const shown: string[] = [];
  function Asking({ name }: { name: string }): ReactNode {
    const decision = useDecision(name);
    const limit = useLimit(name, 'n');
    shown.push(`${name}:${decision.key}:${decision.allowed}:${limit.reason}`);
    return null;
  }
  const at = (name: string): ReactNode => (
    <PlangateProvider gate={gate}>
      <Asking name={name} />
    </PlangateProvider>
  );
  const { rerender } = await render(at('a'));
  await rerender(at('b'));
  await rerender(at('c'));
  expect(shown).toEqual(['a:a:true:NO_CONFIG', 'b:b:false:NOT_ENTITLED', 'c:c:true:NO_CONFIG']);
});

test('never shows the answer of the customer before', async () => {
  let arrive = (_: Response): void => {};
  const late = new Promise<Response>((resolve) => (arrive = resolve));
  const fetch = answers(list([row('a')]), () => late);
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const shown: string[] = [];
  function Asking(): ReactNode {
    const on = useFeature('a');
    shown.push(`${usePlangate()?.customer}:${on}`);
    return (
      <Gate feature="a" loading="loading" fallback="locked">
        open
      </Gate>
    );
  }
  const { text } = await render(
    <PlangateProvider gate={gate}>
      <Asking />
    </PlangateProvider>,
  );
  expect(text()).toBe('open');
  let turned: Promise<boolean>;
  await act(async () => void (turned = gate.setCustomer('cus_2')));
  expect(text()).toBe('loading');
  await act(async () => {
    arrive(Response.json(list([], { customer: 'cus_2' })));
    await turned;
  });
  expect(text()).toBe('locked');
  expect(shown).toEqual(['cus_1:true', 'cus_2:false']);
});

test('another client takes over at once', async () => {
  const one = (await client({ bootstrap: list([row('a')]) })).gate;
  const two = (await client({ bootstrap: list([]) })).gate;
  const { shown, Feature } = recorder();
  const of = (gate: PlangateClient): ReactNode => (
    <PlangateProvider gate={gate}>
      <Feature name="a" />
    </PlangateProvider>
  );
  const { rerender } = await render(of(one));
  await rerender(of(two));
  one.dispose();
  await act(settle);
  expect(shown).toEqual(['a:true', 'a:false']);
});

test('a failed first load is no endless loading: it shows the fallback', async () => {
  let fail = (_: Error): void => {};
  const fetch = answers(list([row('a')]), () => new Promise((_, reject) => (fail = reject)));
  const { gate } = await client({ url: '/e', customer: 'cus_1', fetch });
  const { text } = await render(
    <PlangateProvider gate={gate}>
      <Gate feature="a" loading="loading" fallback="locked">
        open
      </Gate>
    </PlangateProvider>,
  );
  await act(async () => void gate.setCustomer('cus_2'));
  expect(text()).toBe('loading');
  await act(async () => {
    fail(new Error('offline'));
    await settle();
  });
  expect(text()).toBe('locked');
});

test('takes the promise of a client: loading, then answers', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]) });
  const coming = settle().then(() => gate);
  const shown: string[] = [];
  function Asking(): ReactNode {
    shown.push(`${useFeature('a')} ${useDecision('a').reason} ${useUnlocks('a').length}`);
    return (
      <Gate feature="a" loading="wait">
        {'open'}
      </Gate>
    );
  }
  const { text } = await render(
    <PlangateProvider gate={new Promise(() => {})}>
      <Asking />
    </PlangateProvider>,
  );
  expect(text()).toBe('wait');
  const second = await render(
    <PlangateProvider gate={coming}>
      <Asking />
    </PlangateProvider>,
  );
  await act(() => coming.then(settle));
  expect(second.text()).toBe('open');
  expect(new Set(shown)).toEqual(new Set(['false NOT_READY 0', 'true GRANTED 0']));
});

test('suspends while the promise is under way, if asked to', async () => {
  const { gate } = await client({ bootstrap: list([row('a')]) });
  let arrive = (_: PlangateClient): void => {};
  const coming = new Promise<PlangateClient>((resolve) => (arrive = resolve));
  const { shown, Feature } = recorder();
  const { text } = await render(
    <Suspense fallback="suspended">
      <PlangateProvider gate={coming} suspense>
        <Feature name="a" />
      </PlangateProvider>
    </Suspense>,
  );
  expect(text()).toBe('suspended');
  await act(async () => {
    arrive(gate);
    await settle();
  });
  expect(text()).toBe('true');
  expect(shown).toEqual(['a:true']);
});

test('under StrictMode: nothing is left behind, nothing is doubled', async () => {
  const fetch = lists(list([row('a')]), list([]));
  const { gate } = await client({ url: '/e', fetch });
  const listening = listeningTo(gate);
  const { Feature } = recorder();
  let leave = (): void => {};
  function Page(): ReactNode {
    const [here, setHere] = useState(true);
    leave = () => setHere(false);
    return here ? <Feature name="a" /> : 'gone';
  }
  const { text } = await render(
    <StrictMode>
      <PlangateProvider gate={gate}>
        <Page />
      </PlangateProvider>
    </StrictMode>,
  );
  expect([text(), listening()]).toEqual(['true', 1]);
  await act(() => gate.refresh());
  expect(text()).toBe('false');
  await act(async () => leave());
  expect([text(), listening()]).toEqual(['gone', 0]);
});

test('limits and unlocks keep their identity while they are equal', async () => {
  const fetch = lists(
    list([quota(50)], { catalogue }),
    list([quota(50), row('x')], { catalogue }),
    list([quota(60)], { catalogue }),
  );
  const { gate } = await client({ url: '/e', fetch });
  const seen: unknown[][] = [];
  function Asking(): ReactNode {
    const limit = useLimit('storage', 'limitGB', { used: 49, requested: 2 });
    const unlocks = useUnlocks({ key: 'sso', currency: 'eur' });
    seen.push([limit, unlocks]);
    return `${limit.remaining} ${limit.allowed} ${unlocks.map(({ name }) => name)}`;
  }
  const { text } = await render(
    <PlangateProvider gate={gate}>
      <Asking />
    </PlangateProvider>,
  );
  expect(text()).toBe('1 false Pro,Max');
  await act(() => gate.refresh());
  expect(seen).toHaveLength(1);
  await act(() => gate.refresh());
  expect(seen).toHaveLength(2);
  expect(text()).toBe('11 true Pro,Max');
  expect(seen[1]![1]).toBe(seen[0]![1]);
});

test('prompts for an upgrade where something is missing, and nowhere else', async () => {
  const { gate } = await client({ bootstrap: list([quota(50)], { catalogue }) });
  const prompt = (props: object): ReactNode => (
    <UpgradePrompt feature="sso" {...props}>
      {({ decision, cheapest, unlocks }) => `${decision.reason}: ${cheapest?.name} of ${unlocks.length}`}
    </UpgradePrompt>
  );
  const at = (props: object): ReactNode => <PlangateProvider gate={gate}>{prompt(props)}</PlangateProvider>;
  const { text, rerender } = await render(at({}));
  expect(text()).toBe('NOT_ENTITLED: Pro of 2');
  await rerender(at({ feature: 'storage' }));
  expect(text()).toBe('');
  await rerender(at({ feature: 'storage', field: 'limitGB', atLeast: 50 }));
  expect(text()).toBe('');
  await rerender(at({ feature: 'storage', field: 'limitGB', atLeast: 51 }));
  expect(text()).toBe('GRANTED: Max of 1');
});

test('says what is missing where there is no provider', async () => {
  const { Feature } = recorder();
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const root = createRoot(document.createElement('div'), { onUncaughtError: () => {} });
  await expect(act(async () => root.render(<Feature name="a" />))).rejects.toThrow('PlangateProvider');
  said.mockRestore();
});
