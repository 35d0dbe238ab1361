// plangate/server in Node: the engine is a file beside this one, read from disk.
import { readFile } from 'node:fs/promises';

import { entry } from '../../client/entry.js';
import createModule from '../../engine/generated/glue.js';
import { wasmSource } from '../../engine/source.js';
import { provideOwnEngine } from './own-engine.js';

export * from '../index.js';

const own = (): Promise<Uint8Array<ArrayBuffer>> =>
  readFile(new URL('./plangate.wasm', import.meta.url)) as Promise<Uint8Array<ArrayBuffer>>;

provideOwnEngine(entry((options) => wasmSource(createModule, own, options)).loadEngine);
