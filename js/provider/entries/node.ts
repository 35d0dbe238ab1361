// plangate/provider in Node: the rules are a file beside this one, read from disk.
import { readFile } from 'node:fs/promises';

import createModule from '../../engine/generated/glue-billing.js';
import { wasmSource } from '../../engine/source.js';
import { provideDashboard } from '../dashboard.js';
import { withOwnLedgers } from './own-ledgers.js';

export * from '../index.js';

const own = (): Promise<BufferSource> =>
  readFile(new URL('./plangate-billing.wasm', import.meta.url)) as Promise<Uint8Array<ArrayBuffer>>;

provideDashboard((name) => readFile(new URL(`./${name}`, import.meta.url)) as Promise<Uint8Array<ArrayBuffer>>);

export const { createProvider } = withOwnLedgers(wasmSource(createModule, own, {}));
