// Providers with the engine as built; no part of it is replaced.
import { join } from 'node:path';

import createModule from '../../js/engine/generated/glue-billing.js';
import { wasmSource } from '../../js/engine/source.js';
import { withOwnLedgers } from '../../js/provider/entries/own-ledgers.js';

/** The rules, as the build leaves them. Tests run in the project's folder. */
export const BILLING_WASM = join(process.cwd(), 'js/engine/generated/plangate-billing.wasm');

export const providersWith = (wasm: Uint8Array): ReturnType<typeof withOwnLedgers> =>
  withOwnLedgers(wasmSource(createModule, () => wasm as Uint8Array<ArrayBuffer>, {}));
