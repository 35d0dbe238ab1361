// plangate/server in Node. The engine's bytes are in the script, as in js/engine/entries/node.ts.
import bytes from '../../engine/generated/plangate-server.wasm';

import createModule from '../../engine/generated/glue-server.js';
import { wasmSource } from '../../engine/source.js';
import { withOwnEngine } from './own-engine.js';

export * from '../index.js';

const own = (): BufferSource => bytes as Uint8Array<ArrayBuffer>;

export const { combine, createServer, loadEngine, paygentic, stripe, upstream, webhookReceiver } = withOwnEngine(
  wasmSource(createModule, own, {}),
);
