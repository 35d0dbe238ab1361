// plangate/server in Node: the engine is a file beside this one, read from disk.
import { readFile } from 'node:fs/promises';

import createModule from '../../engine/generated/glue-server.js';
import { wasmSource } from '../../engine/source.js';
import { withOwnEngine } from './own-engine.js';

export * from '../index.js';

const own = (): Promise<BufferSource> =>
  readFile(new URL('./plangate-server.wasm', import.meta.url)) as Promise<Uint8Array<ArrayBuffer>>;

export const { combine, createServer, loadEngine, paygentic, stripe, upstream, webhookReceiver } = withOwnEngine(
  wasmSource(createModule, own, {}),
);
