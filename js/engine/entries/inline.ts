// One file: the engine's bytes are in the JavaScript, for bundlers and hosts that cannot serve a .wasm file.
import bytes from '../generated/plangate.wasm';

import createModule from '../generated/glue.js';
import { entryCreate, entryEngine } from '../../client/entry.js';
import { entrySync } from '../../client/entry-sync.js';
import type { EngineSource } from '../module.js';
import { syncSource, wasmSource } from '../source.js';
import type { WasmOptions } from '../source.js';

export * from '../../client/public.js';

const own = (): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;

const source = (options: WasmOptions): EngineSource => wasmSource(createModule, own, options);

export const createPlangate = /* @__PURE__ */ entryCreate(source);
export const loadEngine = /* @__PURE__ */ entryEngine(source);
export const createPlangateSync = /* @__PURE__ */ entrySync((options) =>
  syncSource(source(options), createModule, own, options),
);
