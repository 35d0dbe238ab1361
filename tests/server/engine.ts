// The server's engine as built; no part of it is replaced.
import { existsSync, readFileSync } from 'node:fs';

import createModule from '../../js/engine/generated/glue-server.js';
import { loadEngineModule } from '../../js/engine/module.js';
import { ServerEngine } from '../../js/engine/server-engine.js';
import { wasmSource } from '../../js/engine/source.js';
import { withOwnEngine } from '../../js/server/entries/own-engine.js';

const file = new URL('../../js/engine/generated/plangate-server.wasm', import.meta.url);
if (!existsSync(file))
  throw new Error('js/engine/generated/plangate-server.wasm is missing: run `npm run build` first');

const wasm = readFileSync(file);
const source = wasmSource(createModule, () => wasm, {});
withOwnEngine(source);

/** An engine of one's own. */
export const makeEngine = async (): Promise<ServerEngine> => new ServerEngine(await loadEngineModule(source));
