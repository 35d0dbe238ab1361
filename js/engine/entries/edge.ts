// Edge runtimes (workerd): WebAssembly may not be compiled at run time, so the module is imported, compiled by the host.
import wasm from './plangate.wasm';

import createModule from '../generated/glue.js';
import { entryCreate, entryEngine } from '../../client/entry.js';
import { entrySync } from '../../client/entry-sync.js';
import type { EngineSource } from '../module.js';
import { syncSource, wasmSource } from '../source.js';
import type { WasmOptions } from '../source.js';

export * from '../../client/public.js';

const own = (): WebAssembly.Module => wasm as WebAssembly.Module;

const source = (options: WasmOptions): EngineSource => wasmSource(createModule, own, options);

export const createPlangate = /* @__PURE__ */ entryCreate(source);
export const loadEngine = /* @__PURE__ */ entryEngine(source);
export const createPlangateSync = /* @__PURE__ */ entrySync((options) =>
  syncSource(source(options), createModule, own, options),
);
