import { Engine } from '../engine/engine.js';
import { loadEngineModule } from '../engine/module.js';
import type { EngineSource } from '../engine/module.js';
import type { WasmOptions } from '../engine/source.js';
import type { PlangateClient } from './api.js';
import { Client } from './client.js';
import { readOptions } from './options.js';
import type { PlangateOptions } from './options.js';

/** What every entry of the package exports; entries differ only in how the engine's bytes arrive. */
export interface Entry {
  /**
   * A client that answers what a customer's plan entitles them to. Resolves as soon as the first list is loaded, or
   * failed to: then `ready` is false, everything denies, and refresh() tries again. Rejects only for wrong options.
   */
  createPlangate(options: PlangateOptions): Promise<PlangateClient>;
  /** The engine alone, for code that brings its own lists and time: servers, tools. */
  loadEngine(options?: WasmOptions): Promise<Engine>;
}

/** Makes an entry's functions from its way to the engine's bytes. */
export function entry(source: (options: WasmOptions) => EngineSource): Entry {
  return {
    async createPlangate(options) {
      const client = new Client(readOptions(options), () => loadEngineModule(source(options)));
      await client.start();
      return client;
    },
    loadEngine: async (options = {}) => new Engine(await loadEngineModule(source(options))),
  };
}
