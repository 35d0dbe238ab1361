// The wrapper around the real engine: bytes in, answers out, lifetimes. The rules themselves are in tests/spec.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import createModule from '../../js/engine/generated/glue.js';
import { Engine } from '../../js/engine/engine.js';
import { EngineModule } from '../../js/engine/module.js';
import { loadEngine } from '../../js/engine/entries/node.js';
import { loadEngine as loadJsEngine } from '../../js/engine/entries/js.js';
import { wasmSource } from '../../js/engine/source.js';
import type { Decision } from '../../js/engine/types.js';
import { makeEngine } from '../server/engine.js';
import { DAY, list, row, T0, wasm } from './support.js';

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const engine = (): Promise<Engine> => loadEngine({ wasm });
const load = (e: Engine, value: unknown, replaces = 0): number => e.load('snapshot', [bytes(value)], {}, replaces);

describe.each([
  ['WebAssembly', engine],
  ['JavaScript', () => loadJsEngine()],
])('given the engine as %s', (_, make) => {
  it('answers from a list', async () => {
    using e = await make();
    const s = load(e, list([row('sso'), row('quota', { type: 'static', config: { limitGB: 50 } })]));
    expect(JSON.parse(e.check(s, 'sso', T0))).toMatchObject({ key: 'sso', allowed: true, reason: 'GRANTED' });
    expect(JSON.parse(e.check(s, 'nope', T0))).toMatchObject({ allowed: false, reason: 'NOT_ENTITLED' });
    expect(e.limit(s, 'quota', 'limitGB', { used: 49 }, T0)).toMatchObject({ allowed: true, limit: 50, remaining: 1 });
    expect(e.limit(s, 'quota', 'limitGB', { used: 50 }, T0)).toMatchObject({ allowed: false, reason: 'LIMIT_REACHED' });
    expect(e.info(s)).toEqual({ customer: 'cus_1', source: 'test', mode: 'live', asOf: T0, entries: 2 });
    expect(e.info(0)).toBeUndefined();
  });

  it('copies the table out: later calls do not change it', async () => {
    using e = await make();
    const s = load(e, list([row('sso', { activeTo: T0 + DAY })]));
    const before = e.table(s, T0);
    const id = e.names().get('sso')!;
    expect(before.nextChangeAt).toBe(T0 + DAY);
    expect(before.decisions[id]! & 1).toBe(1);
    const after = e.table(s, T0 + DAY);
    expect(after.nextChangeAt).toBe(Infinity);
    expect(after.decisions[id]! & 1).toBe(0);
    expect(before.decisions[id]! & 1).toBe(1);
    expect(e.decide(s, id, T0)).toBe(before.decisions[id]);
  });

  it('tells what differs', async () => {
    using e = await make();
    const a = load(e, list([row('sso'), row('quota', { type: 'static', config: { limitGB: 1 } })]));
    const b = load(e, list([row('audit'), row('quota', { type: 'static', config: { limitGB: 2 } })]), a);
    expect(e.diff(a, T0, b, T0)).toEqual({
      granted: ['audit'],
      revoked: ['sso'],
      configChanged: [{ key: 'quota', field: 'limitGB', from: 1, to: 2 }],
      usageChanged: [],
    });
    e.release(a);
    expect(e.info(a)).toBeUndefined();
  });

  it('reads several pages, and says which page is wrong', async () => {
    using e = await make();
    const page = (id: string, more: boolean): unknown => ({
      object: 'list',
      has_more: more,
      data: [{ id, object: 'entitlements.active_entitlement', feature: `feat_${id}`, livemode: false, lookup_key: id }],
    });
    const request = { customer: 'cus_1', asOf: T0 };
    const s = e.load('stripe-list', [bytes(page('a', true)), bytes(page('b', false))], request);
    expect(e.info(s)).toMatchObject({ entries: 2, mode: 'test', source: 'stripe' });
    expect(() => e.load('stripe-list', [bytes(page('a', true)), bytes('{"object":')], request)).toThrow(
      expect.objectContaining({ code: 'SYNTAX_ERROR', page: 1, offset: expect.any(Number) }),
    );
    expect(() => e.load('stripe-list', [bytes(page('a', true))], request)).toThrow(
      expect.objectContaining({ code: 'INCOMPLETE_LIST' }),
    );
  });

  it('refuses wrong options whole, and says which', async () => {
    using e = await make();
    expect(() => e.configure({ staleAfter: 'soon' } as never)).toThrow(
      expect.objectContaining({ name: 'PlangateError', code: 'INVALID_OPTION', pointer: '/staleAfter' }),
    );
    e.configure({ defaults: { sso: true } });
    expect(JSON.parse(e.check(0, 'sso', T0))).toMatchObject({ allowed: true, reason: 'DEFAULT', fallback: true });
  });

  it('tells which rows were closed', async () => {
    using e = await make();
    const s = load(e, list([row('sso', { activeTo: '1990-02-31T00:00:00Z' }), row('audit')]));
    expect(e.warnings()).toMatchObject([{ code: 'INVALID_DATE', featureKey: 'sso' }]);
    expect((JSON.parse(e.check(s, 'audit', T0)) as Decision).allowed).toBe(true);
  });

  it('writes a list that can be read again', async () => {
    using e = await make();
    const text = e.encode(load(e, list([row('sso'), row('quota', { type: 'static', config: { n: 1 } })])));
    expect(e.encode(load(e, text))).toBe(text);
    expect(e.encode(0)).toBe('');
  });

  it.each([NaN, null, -1, Infinity, '5'])('refuses %j as an amount', async (amount) => {
    using e = await make();
    const s = load(e, list([row('quota', { type: 'static', config: { n: 9 } })]));
    for (const query of [{ used: amount }, { requested: amount }] as never[]) {
      expect(e.limit(s, 'quota', 'n', query, T0)).toMatchObject({ allowed: false, reason: 'INVALID_CONFIG' });
    }
  });

  it('takes keys that JavaScript finds special', async () => {
    using e = await make();
    const keys = ['__proto__', 'constructor', '1', 'ü\u0000', '💡'];
    const s = load(e, list(keys.map((key) => row(key))));
    const { decisions } = e.table(s, T0);
    for (const key of keys) expect([key, decisions[e.names().get(key)!]! & 1]).toEqual([key, 1]);
  });
});

describe('given an engine', () => {
  it('grows its memory under a large list without losing bytes', async () => {
    using e = await engine();
    const rows = Array.from({ length: 15_000 }, (_, i) => row(`feature-${i}`, { config: { text: 'x'.repeat(200) } }));
    const s = load(e, list(rows));
    expect(e.info(s)?.entries).toBe(15_000);
    expect(e.table(s, T0).decisions[e.names().get('feature-14999')!]! & 1).toBe(1);
  });

  it('refuses a body over its cap before it takes memory for it', async () => {
    using e = await engine();
    e.configure({ caps: { maxBytes: 100 } });
    expect(() => e.load('snapshot', [new Uint8Array(1000)])).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
    expect(() => e.load('snapshot', [])).toThrow(expect.objectContaining({ code: 'EMPTY_INPUT' }));
  });

  it('can be disposed twice, and says so when it is used afterwards', async () => {
    const e = await engine();
    e.dispose();
    e.dispose();
    expect(() => e.check(0, 'sso', T0)).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
    using other = await engine();
    expect(JSON.parse(other.check(0, 'sso', T0))).toMatchObject({ reason: 'NOT_READY' });
  });

  it('gives all it held back', async () => {
    const binding = await wasmSource(createModule, () => wasm, {}).instantiate();
    const module = new EngineModule(binding);
    const body = bytes(list(Array.from({ length: 500 }, (_, i) => row(`f${i}`))));
    const round = (): void => {
      using e = new Engine(module);
      e.table(e.load('snapshot', [body]), T0);
      e.names();
    };
    for (let i = 0; i < 20; i++) round();
    const size = binding.HEAPU8.byteLength;
    for (let i = 0; i < 300; i++) round();
    expect(binding.HEAPU8.byteLength).toBe(size);
  });

  it('is given up by every engine of its instance after a trap', async () => {
    const binding = await wasmSource(createModule, () => wasm, {}).instantiate();
    const module = new EngineModule({
      ...binding,
      info: () => ((new WebAssembly.Instance(new WebAssembly.Module(TRAP)).exports['f'] as () => void)(), ''),
    });
    const a = new Engine(module);
    const b = new Engine(module);
    expect(() => a.info(0)).toThrow(
      expect.objectContaining({ code: 'ENGINE_FAILED', cause: expect.any(WebAssembly.RuntimeError) }),
    );
    expect(() => b.encode(0)).toThrow(expect.objectContaining({ code: 'ENGINE_FAILED' }));
    expect(() => new Engine(module)).toThrow(expect.objectContaining({ code: 'ENGINE_FAILED' }));
    a.dispose();
  });

  it('reads the file in Node from a path and from a file URL', async () => {
    const file = new URL('../../js/engine/generated/plangate.wasm', import.meta.url);
    expect(readFileSync(file).length).toBeGreaterThan(1000);
    for (const wasmUrl of [file, file.href, file.pathname]) {
      using e = await loadEngine({ wasmUrl });
      expect(e.encode(0)).toBe('');
    }
    await expect(loadEngine({ wasmUrl: '/nowhere.wasm' })).rejects.toMatchObject({ code: 'ENGINE_LOAD_FAILED' });
  });
});

/** A module whose `f` is one `unreachable`: what a trap looks like to JavaScript. */
const TRAP = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b,
]);

it('tells the same generation of names in a table and, on servers, by itself', async () => {
  using e = await makeEngine();
  const same = (): void => expect(e.table(0, T0).namesGeneration).toBe(e.namesGeneration());
  same();
  const before = e.namesGeneration();
  const s = load(e, list([row('sso')]));
  expect(e.namesGeneration()).not.toBe(before);
  same();
  e.configure({ defaults: { trial: true } });
  same();
  e.release(s);
  same();
});
