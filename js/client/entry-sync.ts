// createPlangateSync, apart from entry.ts: an application that does not use it does not pay for it.
import { loadEngineModuleSync } from '../engine/module.js';
import type { SyncEngineSource } from '../engine/module.js';
import type { PlangateClient } from './api.js';
import { Client } from './client.js';
import { readOptions } from './options.js';
import type { PlangateOptions } from './options.js';

/**
 * A client that answers from `bootstrap` when this returns, without waiting; with `url` as well, the list is also fetched
 * in the background. The engine has to be here: Node, edge runtimes and plangate/inline have it, in a page give `wasm`.
 * Throws for wrong options, and ENGINE_LOAD_FAILED where the host compiles nothing synchronously.
 */
export type CreatePlangateSync = (options: PlangateOptions) => PlangateClient;

/** Makes an entry's createPlangateSync from its way to the engine. */
export function entrySync(source: (options: PlangateOptions) => SyncEngineSource): CreatePlangateSync {
  return (options) => {
    const client = new Client(readOptions(options), async () => loadEngineModuleSync(source(options)));
    try {
      client.use(loadEngineModuleSync(source(options)));
    } catch (thrown) {
      client.dispose();
      throw thrown;
    }
    // The engine is there, so nothing is left to reject; a failed request is told to `error`.
    if (options.url !== undefined) void client.start();
    return client;
  };
}
