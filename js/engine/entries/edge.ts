// Edge runtimes (workerd): WebAssembly may not be compiled at run time, so the module is imported, compiled by the host.
import wasm from './plangate.wasm';

import createModule from '../generated/glue.js';
import { entry } from '../../client/entry.js';
import { wasmSource } from '../source.js';

export * from '../../client/public.js';

const own = (): WebAssembly.Module => wasm as WebAssembly.Module;

export const { createPlangate, loadEngine } = entry((options) => wasmSource(createModule, own, options));
