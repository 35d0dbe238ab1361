// The tools without their panel: what they change, what they keep, and where they refuse.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { devtools } from '../../js/devtools/index.js';
import { ShiftedClock } from '../../js/devtools/clock.js';
import type { DevtoolsOptions } from '../../js/devtools/index.js';
import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { answers, DAY, list, row, settle, wasm } from '../js/support.js';

const NOW = Date.UTC(2026, 5, 1);
const LIST = list(
  [row('sso'), row('trial', { activeTo: NOW + 14 * DAY }), row('quota', { type: 'static', config: { gb: 5 } })],
  { asOf: NOW, catalogue: { features: [{ key: 'audit' }] } },
);

class Storage {
  readonly items = new Map<string, string>();
  getItem = (name: string): string | null => this.items.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.items.set(name, value);
  removeItem = (name: string): void => void this.items.delete(name);
}

let storage: Storage;
beforeEach(() => {
  storage = new Storage();
  vi.stubGlobal('sessionStorage', storage);
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

async function start(options: DevtoolsOptions = { allow: true }, more: Partial<PlangateOptions> = {}) {
  const tools = devtools(options);
  const plain = await createPlangate({ wasm, bootstrap: LIST, logger: null, ...tools.options, ...more });
  return { tools, plain, gate: tools.connect(plain) };
}

describe('given allowed tools', () => {
  it('override answers by the core, tell listeners, and keep it for the tab', async () => {
    const { tools, gate } = await start();
    const heard: unknown[] = [];
    const listener = ({ granted, revoked }: { granted: readonly string[]; revoked: readonly string[] }): void =>
      void heard.push([granted, revoked]);
    const stop = gate.on('change', listener);
    const told = vi.fn();
    tools.subscribe(told);
    tools.override('audit', true);
    expect(gate.check('audit')).toMatchObject({ allowed: true, reason: 'OVERRIDE' });
    await settle();
    tools.override('sso', false);
    tools.override('quota', { gb: 900 });
    await settle();
    expect([gate.hasFeature('sso'), gate.value('quota', 'gb', 0)]).toEqual([false, 900]);
    expect(heard).toEqual([
      [['audit'], []],
      [[], ['sso']],
      [[], []],
    ]);
    expect(told).toHaveBeenCalled();

    const reloaded = await start();
    expect(reloaded.gate.check('audit').reason).toBe('OVERRIDE');
    expect(reloaded.tools.overrides).toEqual({ audit: true, sso: false, quota: { gb: 900 } });

    tools.override('sso', undefined);
    expect([gate.check('sso').reason, gate.check('audit').reason]).toEqual(['GRANTED', 'OVERRIDE']);
    await settle();
    stop();
    tools.reset();
    await settle();
    expect(heard).toHaveLength(4);
    expect([gate.check('audit').reason, storage.items.size]).toEqual(['NOT_ENTITLED', 0]);
  });

  it('refuse what the core refuses, and stay as they were', async () => {
    const { tools, gate } = await start();
    tools.override('sso', false);
    expect(() => tools.override('audit', 7 as never)).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(tools.overrides).toEqual({ sso: false });
    expect([gate.check('sso').reason, gate.check('audit').reason]).toEqual(['OVERRIDE', 'NOT_ENTITLED']);
  });

  it('move time both ways, and the core tells what differs', async () => {
    const { tools, gate } = await start();
    const heard: unknown[] = [];
    gate.on('change', ({ granted, revoked }) => heard.push([granted, revoked]));
    await settle();
    heard.length = 0;
    tools.shift(14 * DAY);
    expect(gate.check('trial').reason).toBe('EXPIRED');
    tools.shift(0);
    expect(gate.check('trial').reason).toBe('GRANTED');
    await settle();
    expect(heard).toEqual([
      [[], ['trial']],
      [['trial'], []],
    ]);
    tools.shift(-DAY);
    expect(tools.now).toBe(NOW - DAY);
    expect((await start()).tools.offset).toBe(-DAY);
    expect(() => tools.shift(NaN)).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('keep the moved time when a server tells its own', async () => {
    const fetch = answers(() => Response.json(LIST, { headers: { date: new Date(NOW).toUTCString() } }));
    const { tools, gate } = await start({ allow: true }, { url: 'https://example.test/e', fetch });
    tools.shift(20 * DAY);
    expect(await gate.refresh()).toBe(true);
    expect([gate.check('trial').reason, tools.now]).toEqual(['EXPIRED', NOW + 20 * DAY]);
    tools.shift(0);
    await gate.refresh();
    expect(tools.now).toBe(NOW);
  });

  it('decide again when a server puts the clock right, also without another list', async () => {
    const date = new Date(NOW).toUTCString();
    vi.setSystemTime(NOW + 20 * DAY);
    const fetch = answers(new Error('offline'), () => new Response('', { status: 503, headers: { date } }));
    const { gate } = await start({ allow: true }, { url: 'https://example.test/e', fetch });
    await settle();
    expect(gate.check('trial').reason).toBe('EXPIRED');
    await gate.refresh();
    expect(gate.check('trial').reason).toBe('GRANTED');
  });

  it('are not led astray by an answer that was asked for at another offset', () => {
    const clock = new ShiftedClock();
    clock.offset = 3 * DAY;
    const since = clock.now();
    clock.offset = 0;
    clock.correct(NOW, since);
    expect(clock.now()).toBe(NOW);
  });

  it('list every key there is to show, and the answers given lately', async () => {
    const { tools, gate } = await start();
    tools.override('zebra', true);
    gate.hasFeature('asked');
    expect(tools.keys()).toEqual(['asked', 'audit', 'quota', 'sso', 'trial', 'zebra']);
    expect(tools.recent().map(({ key }) => key)).toEqual(['asked']);
    tools.gate!.hasFeature('not-recorded');
    expect(tools.recent()).toHaveLength(1);
  });

  it.each([
    ['no JSON', '{{'],
    ['what the core refuses', '{"overrides":{"sso":7}}'],
    ['another shape', '{"overrides":[1],"offset":"x"}'],
    ['null', 'null'],
  ])('forget a storage that holds %s', async (_, text) => {
    storage.items.set('plangate-devtools', text);
    const { gate, tools } = await start();
    expect([gate.check('sso').reason, tools.offset]).toEqual(['GRANTED', 0]);
  });

  it('work without a storage', async () => {
    vi.stubGlobal('sessionStorage', undefined);
    const { tools, gate } = await start();
    tools.override('sso', false);
    expect(gate.hasFeature('sso')).toBe(false);
  });
});

describe('given tools that may not change anything', () => {
  it.each([
    ['production', 'production'],
    ['an unknown word', 'staging'],
    ['nothing', undefined],
  ])('refuse where the build says %s, and leave the tab alone', async (_, NODE_ENV) => {
    vi.stubEnv('NODE_ENV', NODE_ENV);
    storage.items.set('plangate-devtools', JSON.stringify({ overrides: { audit: true }, offset: 20 * DAY }));
    const { tools, gate } = await start({});
    expect([tools.allowed, tools.options]).toEqual([false, {}]);
    expect([gate.check('audit').reason, gate.hasFeature('trial')]).toEqual(['NOT_ENTITLED', true]);
    for (const change of [() => tools.override('audit', true), () => tools.shift(DAY)]) {
      expect(change).toThrowError(expect.objectContaining({ code: 'NOT_ALLOWED' }));
    }
    tools.reset();
    expect([gate.check('audit').reason, tools.overrides, tools.offset]).toEqual(['NOT_ENTITLED', {}, 0]);
    expect(tools.recent().map(({ key }) => key)).toEqual(['audit', 'trial']);
  });

  it.each([
    ['development', true],
    ['test', true],
  ])('take the word of a build for %s', (NODE_ENV, allowed) => {
    vi.stubEnv('NODE_ENV', NODE_ENV);
    expect(devtools().allowed).toBe(allowed);
    expect(devtools({ allow: false }).allowed).toBe(false);
    vi.stubEnv('NODE_ENV', 'production');
    expect(devtools({ allow: true }).allowed).toBe(true);
  });
});
