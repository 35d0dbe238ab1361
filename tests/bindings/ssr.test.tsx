// From a server's list to a page: what is written, what is read back, and that requests never mix.
import './support/dom.js';

import * as fc from 'fast-check';
import { createElement, Suspense } from 'react';
import type { ReactNode } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { PassThrough } from 'node:stream';
import { createSSRApp, defineComponent } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';
import { expect, test } from 'vitest';

import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangate, createPlangateSync } from '../../js/engine/entries/node.js';
import { Gate, PlangateProvider, useDecision, useLimit } from '../../js/react/index.js';
import {
  hydrate,
  hydrateSync,
  pageClient,
  pageState,
  readState,
  renderClient,
  serialise,
  stateTag,
} from '../../js/ssr/index.js';
import type { PageState } from '../../js/ssr/index.js';
import { renderedOf } from '../../js/client/view.js';
import { plangate, useFeature } from '../../js/vue/index.js';
import { answers, HandClock, list, row, SECOND, T0, wasm } from '../js/support.js';
import { seed } from '../support/seed.js';

const create = (options: PlangateOptions) => createPlangateSync({ wasm, logger: null, ...options });

const stateOf = (entries: object[], at = T0, more: object = {}): PageState =>
  pageState(create({ bootstrap: list(entries, more) }), at);

/** What a browser makes of a page that holds this tag. */
function parsed(html: string): { state: PageState | undefined; elements: number } {
  const host = document.createElement('div');
  host.innerHTML = `${html}<p>after</p>`;
  document.body.replaceChildren(host);
  return { state: readState(), elements: host.children.length };
}

const NASTY = [
  '</script>',
  '<!--',
  '-->',
  '<script>',
  ']]>',
  '\u2028',
  '\u2029',
  '&lt;',
  '"',
  '\\',
  '\u0000',
  '`${x}`',
];

test('whatever a list says, it stays inside its element and comes back as the same text', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' })), { maxLength: 6 });
  fc.assert(
    fc.property(text, (parts) => {
      const state = stateOf([row('quota', { type: 'static', config: { note: parts.join('') } })]);
      const tag = stateTag(state);
      expect(tag.slice(tag.indexOf('>') + 1, -'</script>'.length)).not.toMatch(/[<>&\u2028\u2029]/);
      const read = parsed(tag);
      expect(read.elements).toBe(2);
      const [before, after] = [state, read.state!].map((given) => renderClient(create, given));
      expect(after!.config('quota')).toEqual(before!.config('quota'));
      expect(after!.config('quota')?.['note']).toBe(parts.join(''));
      expect(after!.snapshot()).toBe(before!.snapshot());
    }),
    { numRuns: 100, seed },
  );
});

test('as a script it is the same state, also in engines from before JSON was JavaScript', () => {
  const state = stateOf([row('quota', { type: 'static', config: { note: NASTY.join(' ') } })]);
  const written = serialise(state);
  expect(written).not.toMatch(/[<>&\u2028\u2029]/);
  // An application assigns it: window.STATE = …
  const back = JSON.parse(written) as PageState;
  expect(renderClient(create, back).snapshot()).toBe(renderClient(create, state).snapshot());
});

test('digits beyond what JavaScript keeps are handed over as they are', () => {
  const big = `{"plangate":1,"customer":"c","source":"s","asOf":1,"entitlements":[{"id":"e","featureKey":"k","type":"static","config":{"n":123456789012345678901234567890}}]}`;
  const state = pageState(create({ bootstrap: big }), T0);
  expect(state.list).toContain('123456789012345678901234567890');
  expect(parsed(stateTag(state)).state!.list).toContain('123456789012345678901234567890');
});

test('ids and nonces cannot leave their attribute', () => {
  const host = document.createElement('div');
  host.innerHTML = stateTag(stateOf([]), { id: 'a"><b>', nonce: 'x" onload="' });
  expect(host.children).toHaveLength(1);
  const [element] = host.children;
  expect([element!.id, element!.getAttribute('nonce'), element!.getAttribute('onload')]).toEqual([
    'a"><b>',
    'x" onload="',
    null,
  ]);
  expect(element!.getAttribute('type')).toBe('application/json');
});

test('what is not a state is none', () => {
  const page = (text: string | undefined) => ({
    getElementById: () => (text === undefined ? null : ({ textContent: text } as HTMLElement)),
  });
  for (const text of [undefined, '', 'null', '{}', '{"at":"x","list":{}}', '{"at":1,"list":5}', '[1]'])
    expect(readState('plangate', page(text))).toBeUndefined();
  expect(readState('plangate', page('{"at":1,"list":null}'))).toEqual({ at: 1, list: null });
});

test('a customer whose list could not be read: everything denies, on both sides alike', async () => {
  const clock = new HandClock();
  const state: PageState = { at: T0, list: null };
  const server = renderClient(create, state);
  expect([server.ready, server.hasFeature('a')]).toEqual([false, false]);
  const fetch = answers(list([row('a')]));
  const page = hydrateSync(create, parsed(stateTag(state)).state, { url: '/e', fetch, clock });
  expect(renderedOf(page).check('a' as never)).toEqual(server.check('a'));
  await page.refresh();
  expect(page.hasFeature('a')).toBe(true);
  expect(renderedOf(page).hasFeature('a' as never)).toBe(false);
});

test('the page begins with what the server rendered, and goes on with its own time', async () => {
  const clock = new HandClock();
  clock.time = T0 + 5 * SECOND;
  const state = stateOf([row('trial', { activeTo: T0 + SECOND }), row('a')], T0);
  for (const page of [
    hydrateSync(create, state, { clock }),
    await hydrate((options) => createPlangate({ wasm, logger: null, ...options }), state, { clock }),
  ]) {
    expect(page.hasFeature('trial')).toBe(false);
    expect(renderedOf(page).hasFeature('trial' as never)).toBe(true);
    expect(renderedOf(page).check('trial' as never)).toEqual(renderClient(create, state).check('trial'));
    page.dispose();
  }
});

test('rules that are given to both sides decide both alike', () => {
  const rules = { merge: { q: { n: 'sum' } }, staleAfter: SECOND, overrides: { beta: true } } as const;
  const quota = (id: string, n: number) => row('q', { id, type: 'static', config: { n } });
  const state = stateOf([quota('x', 2), quota('y', 3)], T0 + 2 * SECOND);
  const server = renderClient(create, state, rules);
  const page = hydrateSync(create, state, { ...rules, clock: new HandClock() });
  expect(server.config('q')).toEqual({ n: 5 });
  expect(server.check('beta').reason).toBe('OVERRIDE');
  expect(server.check('q').stale).toBe(true);
  for (const key of ['q', 'beta']) expect(renderedOf(page).check(key as never)).toEqual(server.check(key));
});

/** Suspends the tree until told, so that renders of several requests are under way at once. */
function pause() {
  let open = false;
  let go = (): void => {};
  const opened = new Promise<void>((resolve) => (go = () => ((open = true), resolve())));
  const Pause = (): ReactNode => {
    if (!open) throw opened;
    return null;
  };
  return { Pause, go };
}

function Page({ who }: { who: string }): ReactNode {
  const own = useDecision(`only-${who}`);
  const limit = useLimit('storage', 'limitGB', { used: 1 });
  return (
    <p>
      {`${who}:${own.allowed}:${limit.limit}`}
      <Gate feature="everyone" fallback="none">
        {' shared'}
      </Gate>
    </p>
  );
}

test('renders of many customers at once never mix, on one engine', async () => {
  const customers = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const renders = customers.map((who, i) => {
    const entries = [row(`only-${who}`), row('storage', { type: 'static', config: { limitGB: i } })];
    const gate = renderClient(create, stateOf(i % 2 ? [...entries, row('everyone')] : entries, T0, { customer: who }));
    const { Pause, go } = pause();
    const out = new PassThrough();
    const html = out.setEncoding('utf8').toArray();
    const { pipe } = renderToPipeableStream(
      <PlangateProvider gate={gate}>
        <Page who={who} />
        <Suspense fallback="waiting">
          <Pause />
          <Page who={who} />
        </Suspense>
      </PlangateProvider>,
      { onShellReady: () => pipe(out) },
    );
    return { who, i, go, html, gate };
  });
  // In another order than they began.
  for (const { go } of [...renders].sort((a, b) => ((a.i * 7) % 20) - ((b.i * 7) % 20))) {
    await new Promise((resolve) => setImmediate(resolve));
    go();
  }
  for (const { who, i, html, gate } of renders) {
    const text = (await html).join('');
    const expected = `${who}:true:${i}${i % 2 ? '<!-- --> shared' : '<!-- -->none'}`;
    expect(text.split(expected).length - 1, text).toBe(2);
    for (const other of customers.filter((name) => name !== who)) expect(text).not.toContain(`${other}:`);
    gate.dispose();
  }
});

test('Vue renders on a server, and leaves no listener behind', async () => {
  const gate = renderClient(create, stateOf([row('a')]));
  let listening = 0;
  const subscribe = gate.subscribe.bind(gate);
  gate.subscribe = (listener) => (listening++, subscribe(listener));
  const { document: page } = globalThis;
  Reflect.deleteProperty(globalThis, 'document');
  try {
    const Root = defineComponent(() => {
      const [a, b] = [useFeature('a'), useFeature('b')];
      return () => `${a.value} ${b.value}`;
    });
    const app = createSSRApp(Root).use(plangate, { gate });
    expect(await renderVue(app)).toBe('true false');
    expect(listening).toBe(0);
  } finally {
    globalThis.document = page;
  }
});

test('rendering the same state twice gives the same page', () => {
  const state = stateOf([row('only-x'), row('storage', { type: 'static', config: { limitGB: 3 } })]);
  const once = (): string => {
    using gate = renderClient(create, state);
    return renderToString(createElement(PlangateProvider, { gate }, createElement(Page, { who: 'x' })));
  };
  expect(once()).toBe(once());
  expect(once()).toContain('x:true:3');
});

test('components of both sides have one client for each state: standing on a server, live in a page', async () => {
  const clock = new HandClock();
  const state = stateOf([row('trial', { activeTo: T0 + SECOND })]);
  const page = pageClient(create, state, { clock });
  expect(pageClient(create, state, { clock })).toBe(page);
  await clock.advance(SECOND);
  expect([page.hasFeature('trial'), renderedOf(page).hasFeature('trial' as never)]).toEqual([false, true]);
  const { document: kept } = globalThis;
  Reflect.deleteProperty(globalThis, 'document');
  try {
    const again = stateOf([row('a')]);
    const fetch = answers(list([]));
    const server = pageClient(create, again, { url: '/e', fetch });
    expect(pageClient(create, again)).toBe(server);
    expect([server.hasFeature('a'), fetch.calls.length]).toEqual([true, 0]);
  } finally {
    globalThis.document = kept;
  }
});
