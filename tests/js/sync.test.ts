// createPlangateSync: answers when it returns.
import { runInNewContext } from 'node:vm';

import { expect, it, onTestFinished, vi } from 'vitest';

import type { PartHost } from '../../js/client/part.js';
import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangateSync as fromBrowser } from '../../js/engine/entries/browser.js';
import { createPlangate, createPlangateSync } from '../../js/engine/entries/node.js';
import { loadEngineModule, loadEngineModuleSync } from '../../js/engine/module.js';
import createModule from '../../js/engine/generated/glue.js';
import { syncSource, wasmSource } from '../../js/engine/source.js';
import { answers, HandClock, list, row, SECOND, settle, T0, wasm } from './support.js';

const bootstrap = list([row('sso'), row('trial', { activeTo: T0 + SECOND })]);

function made(options: PlangateOptions, create = createPlangateSync) {
  const clock = new HandClock();
  const gate = create({ wasm, clock, logger: null, bootstrap, ...options });
  onTestFinished(() => gate.dispose());
  return { gate, clock };
}

it('answers when it returns, and goes on with time', async () => {
  const { gate, clock } = made({});
  expect([gate.ready, gate.hasFeature('sso'), gate.hasFeature('trial')]).toEqual([true, true, true]);
  const ready = vi.fn();
  gate.on('ready', ready);
  await clock.advance(SECOND);
  expect(gate.hasFeature('trial')).toBe(false);
  expect(ready).toHaveBeenCalledOnce();
});

it('tells a listener of the same moment what the first list allows, and what each of several lists changes', async () => {
  let host: PartHost | undefined;
  const { gate } = made({ use: [(given) => void (host = given)] });
  const heard: string[] = [];
  gate.on('change', ({ granted, revoked }) => heard.push(`+${granted.join()} -${revoked.join()}`));
  for (const [i, key] of ['audit', 'reports'].entries())
    expect(host!.take(null, list([row('sso'), row(key)], { asOf: T0 + i + 1 }), 'server')).toBe(true);
  await settle();
  expect(heard).toEqual(['+sso,trial -', '+audit -trial', '+reports -audit']);
  gate.dispose();
});

it('takes a compiled module, as a page has it', () => {
  const { gate } = made({ wasm: new WebAssembly.Module(wasm) }, fromBrowser);
  expect(gate.hasFeature('sso')).toBe(true);
});

it('fetches in the background when there is an address', async () => {
  const fetch = answers(list([row('reports')], { asOf: T0 + 1 }));
  const { gate } = made({ url: '/e', fetch });
  expect([gate.hasFeature('sso'), gate.hasFeature('reports')]).toEqual([true, false]);
  await settle();
  expect([gate.hasFeature('sso'), gate.hasFeature('reports')]).toEqual([false, true]);
  expect(fetch.calls).toHaveLength(1);
});

it('without a list denies until it is fetched', async () => {
  const clock = new HandClock();
  const gate = createPlangateSync({ wasm, clock, url: '/e', fetch: answers(list([row('sso')])) });
  expect(gate.check('sso').reason).toBe('NOT_READY');
  await settle();
  expect(gate.hasFeature('sso')).toBe(true);
});

it('throws for wrong options, and for an engine that is not there', () => {
  expect(() => made({ staleAfter: 'x' as never })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(() => fromBrowser({ bootstrap })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', pointer: '/wasm' }),
  );
  const broken = { wasm: new Uint8Array([1, 2, 3]) };
  expect(() => made(broken)).toThrow(expect.objectContaining({ code: 'ENGINE_LOAD_FAILED' }));
});

it('shares one instance with clients that wait, and makes another after a trap', async () => {
  const source = wasmSource(createModule, () => wasm, {});
  const both = syncSource(source, createModule, () => wasm, {});
  const module = loadEngineModuleSync(both);
  expect(loadEngineModuleSync(both)).toBe(module);
  expect(await loadEngineModule(source)).toBe(module);
  module.poison(new Error('trap'));
  expect(loadEngineModuleSync(both)).not.toBe(module);
  const gate = await createPlangate({ wasm, logger: null, bootstrap, clock: new HandClock() });
  expect(gate.hasFeature('sso')).toBe(true);
});

it('takes a module of another realm, as edge runtimes hand it over', async () => {
  const { Module } = runInNewContext('WebAssembly') as typeof WebAssembly;
  const foreign = { wasm: new Module(wasm), logger: null, bootstrap };
  expect(foreign.wasm).not.toBeInstanceOf(WebAssembly.Module);
  using sync = createPlangateSync(foreign);
  using later = await createPlangate(foreign);
  expect([sync.hasFeature('sso'), later.hasFeature('sso')]).toEqual([true, true]);
});
