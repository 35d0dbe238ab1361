// Node and its kin: the engine is a file beside this one, read from disk.
import { readFile } from 'node:fs/promises';

import createModule from '../generated/glue.js';
import { entry } from '../../client/entry.js';
import { wasmSource } from '../source.js';
import type { WasmBytes } from '../source.js';

export * from '../../client/public.js';

function own(url: string | URL = new URL('./plangate.wasm', import.meta.url)): Promise<WasmBytes> {
  if (/^https?:/.test(String(url))) return fetch(url);
  return readFile(/^file:/.test(String(url)) ? new URL(url) : url);
}

export const { createPlangate, loadEngine } = entry((options) => wasmSource(createModule, own, options));
