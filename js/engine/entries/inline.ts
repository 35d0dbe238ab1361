// One file: the engine's bytes are in the JavaScript, for bundlers and hosts that cannot serve a .wasm file.
import bytes from '../generated/plangate.wasm';

import createModule from '../generated/glue.js';
import { entry } from '../../client/entry.js';
import { wasmSource } from '../source.js';

export * from '../../client/public.js';

const own = (): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;

export const { createPlangate, loadEngine } = entry((options) => wasmSource(createModule, own, options));
