// Node and its kin. The engine's bytes are in the script: a file beside it would be lost wherever a server is bundled (Next.js,
// functions), and is one more to read.
import { readFileSync } from 'node:fs';

import bytes from '../generated/plangate.wasm';

import createModule from '../generated/glue.js';
import { entryCreate, entryEngine } from '../../client/entry.js';
import { entrySync } from '../../client/entry-sync.js';
import type { EngineSource } from '../module.js';
import { syncSource, wasmSource } from '../source.js';
import type { WasmBytes, WasmOptions } from '../source.js';

export * from '../../client/public.js';

const isRemote = (url: string | URL): boolean => /^https?:/.test(String(url));

const fileOf = (url: string | URL): string | URL => (/^file:/.test(String(url)) ? new URL(url) : url);

/** Undefined: only a request would bring them. Synchronous: 70 kB are read before fs/promises would have been loaded. */
function ownSync(url?: string | URL): Uint8Array<ArrayBuffer> | undefined {
  if (!url) return bytes as Uint8Array<ArrayBuffer>;
  return isRemote(url) ? undefined : readFileSync(fileOf(url));
}

/** Compiled at once: 70 kB take a millisecond, and would take longer on another thread. */
function own(url?: string | URL): WasmBytes | Promise<WasmBytes> {
  const here = ownSync(url);
  return here ? new WebAssembly.Module(here) : fetch(url!);
}

const source = (options: WasmOptions): EngineSource => wasmSource(createModule, own, options);

export const createPlangate = /* @__PURE__ */ entryCreate(source);
export const loadEngine = /* @__PURE__ */ entryEngine(source);
export const createPlangateSync = /* @__PURE__ */ entrySync((options) =>
  syncSource(source(options), createModule, ownSync, options),
);
