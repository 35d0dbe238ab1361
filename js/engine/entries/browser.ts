// Browsers: the engine is a file beside this one, compiled while it streams in.
import createModule from '../generated/glue.js';
import { entryCreate, entryEngine } from '../../client/entry.js';
import { entrySync } from '../../client/entry-sync.js';
import type { EngineSource } from '../module.js';
import { syncSource, wasmSource } from '../source.js';
import type { WasmOptions } from '../source.js';

export * from '../../client/public.js';

// A file that hangs must not be waited for without end. Safari before 16 cannot give it a time.
const own = (url?: string | URL): Promise<Response> =>
  fetch(url ?? new URL('./plangate.wasm', import.meta.url), { signal: AbortSignal.timeout?.(60_000) });

const source = (options: WasmOptions): EngineSource => wasmSource(createModule, own, options);

export const createPlangate = /* @__PURE__ */ entryCreate(source);
export const loadEngine = /* @__PURE__ */ entryEngine(source);
export const createPlangateSync = /* @__PURE__ */ entrySync((options) =>
  syncSource(source(options), createModule, () => undefined, options),
);
