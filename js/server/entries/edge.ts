// plangate/server where the host compiles WebAssembly modules: workerd and edge runtimes.
import wasm from './plangate-server.wasm';

import createModule from '../../engine/generated/glue-server.js';
import { wasmSource } from '../../engine/source.js';
import { withOwnEngine } from './own-engine.js';

export * from '../index.js';

const own = (): WebAssembly.Module => wasm as WebAssembly.Module;

export const { combine, createServer, loadEngine, paygentic, stripe, upstream, webhookReceiver } = withOwnEngine(
  wasmSource(createModule, own, {}),
);
