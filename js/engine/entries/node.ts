// Node and its kin: the engine is a file beside this one, read from disk.
import { readFileSync } from 'node:fs';

import createModule from '../generated/glue.js';
import { entry } from '../../client/entry.js';
import { entrySync } from '../../client/entry-sync.js';
import type { EngineSource } from '../module.js';
import { syncSource, wasmSource } from '../source.js';
import type { WasmBytes, WasmOptions } from '../source.js';

export * from '../../client/public.js';

const isRemote = (url: string | URL): boolean => /^https?:/.test(String(url));

const fileOf = (url: string | URL = new URL('./plangate.wasm', import.meta.url)): string | URL =>
  /^file:/.test(String(url)) ? new URL(url) : url;

// Synchronous: 70 kB are read before fs/promises would have been loaded.
const own = (url?: string | URL): WasmBytes | Promise<WasmBytes> =>
  url && isRemote(url) ? fetch(url) : readFileSync(fileOf(url));

const ownSync = (url?: string | URL): Uint8Array<ArrayBuffer> | undefined =>
  url && isRemote(url) ? undefined : readFileSync(fileOf(url));

const source = (options: WasmOptions): EngineSource => wasmSource(createModule, own, options);

export const { createPlangate, loadEngine } = entry(source);
export const createPlangateSync = /* @__PURE__ */ entrySync((options) =>
  syncSource(source(options), createModule, ownSync, options),
);
