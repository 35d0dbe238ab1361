// Loading alone, with glue that does what Emscripten's does and an empty wasm module; the real one is in engine.test.ts.
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { Binding, GlueFactory } from '../../js/engine/binding.js';
import { createPlangate } from '../../js/engine/entries/browser.js';
import { loadEngineModule, startGlue } from '../../js/engine/module.js';
import { wasmSource } from '../../js/engine/source.js';

const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const binding = { create: () => 1 } as unknown as Binding;

/** Emscripten's glue resolves when `done` was called, and hangs when it never is. */
const glue: GlueFactory = (options) =>
  new Promise((resolve) =>
    options.instantiateWasm!({}, (instance) => {
      expect(instance).toBeInstanceOf(WebAssembly.Instance);
      resolve(binding);
    }),
  );

const response = (body: BodyInit, type = 'application/wasm', status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': type } });

describe('given a source of the engine', () => {
  it.each([
    ['bytes', () => EMPTY],
    ['a buffer', () => EMPTY.buffer],
    ['a module', () => new WebAssembly.Module(EMPTY)],
    ['a promise', async () => EMPTY],
    ['a response', () => response(EMPTY)],
    ['a response of another type', () => response(EMPTY, 'text/plain')],
  ])('instantiates %s', async (_, own) => {
    await expect(wasmSource(glue, own, {}).instantiate()).resolves.toBe(binding);
  });

  it('prefers the module that was given, and hands on the address', async () => {
    const own = vi.fn(() => EMPTY);
    await wasmSource(glue, own, { wasm: EMPTY, wasmUrl: '/a.wasm' }).instantiate();
    expect(own).not.toHaveBeenCalled();
    await wasmSource(glue, own, { wasmUrl: '/a.wasm' }).instantiate();
    expect(own).toHaveBeenCalledWith('/a.wasm');
  });

  it.each([
    ['is missing', () => response('no', 'text/html', 404), /404/],
    ['is a page', () => response('<!doctype html>', 'text/html'), /./],
    ['cannot be fetched', () => Promise.reject(new TypeError('offline')), /offline/],
    ['is cut', () => response(EMPTY.slice(0, 6)), /./],
  ])('rejects with the cause and the code when the file %s', async (_, own, text) => {
    const loading = loadEngineModule(wasmSource(glue, own, {}));
    await expect(loading).rejects.toMatchObject({ code: 'ENGINE_LOAD_FAILED', message: expect.stringMatching(text) });
    await expect(loading).rejects.toThrow(/\(ENGINE_LOAD_FAILED\)$/);
  });

  it('rejects when the glue aborts or throws', async () => {
    const aborts: GlueFactory = ({ onAbort }) => new Promise(() => onAbort!('no memory'));
    const throws: GlueFactory = () => Promise.reject(new Error('glue'));
    await expect(startGlue(aborts)).rejects.toBe('no memory');
    await expect(startGlue(throws)).rejects.toThrow('glue');
  });

  it('loads once for all, and again after a failure', async () => {
    let calls = 0;
    const source = {
      key: {},
      instantiate: async () => {
        if (++calls === 1) throw new Error('first');
        return binding;
      },
    };
    const failing = [loadEngineModule(source), loadEngineModule(source)];
    await Promise.all(failing.map((loading) => expect(loading).rejects.toMatchObject({ code: 'ENGINE_LOAD_FAILED' })));
    expect(calls).toBe(1);
    const [a, b] = await Promise.all([loadEngineModule(source), loadEngineModule(source)]);
    expect(a).toBe(b);
    expect(calls).toBe(2);
  });

  it('makes another instance after a trap, and only one', async () => {
    const source = { key: {}, instantiate: async () => binding };
    const first = await loadEngineModule(source);
    const failure = first.poison(new Error('unreachable'));
    expect(failure).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(first.poison(new Error('again'))).toBe(failure);
    const second = await loadEngineModule(source);
    expect(second).not.toBe(first);
    first.poison(new Error('late'));
    expect(await loadEngineModule(source)).toBe(second);
  });
});

it('a browser does not wait without end for a file that hangs', async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  onTestFinished(() => void vi.unstubAllGlobals());
  const soon = AbortSignal.timeout(50);
  const time = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(soon);
  const hangs = (_: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(soon.reason)));
  vi.stubGlobal('fetch', hangs);
  const gate = await createPlangate({ bootstrap: '{}', logger: null });
  expect(gate).toMatchObject({ ready: false, error: { code: 'ENGINE_LOAD_FAILED' } });
  expect(gate.check('sso').reason).toBe('NOT_READY');
  expect(time).toHaveBeenCalledWith(60_000);
  gate.dispose();
});
