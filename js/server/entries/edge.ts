// plangate/server where the host compiles WebAssembly modules: workerd and edge runtimes.
import wasm from './plangate.wasm';

import { entry } from '../../client/entry.js';
import createModule from '../../engine/generated/glue.js';
import { wasmSource } from '../../engine/source.js';
import { provideOwnEngine } from './own-engine.js';

export * from '../index.js';

const own = (): WebAssembly.Module => wasm as WebAssembly.Module;

provideOwnEngine(entry((options) => wasmSource(createModule, own, options)).loadEngine);
