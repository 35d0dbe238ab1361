import { Engine } from '../engine/engine.js';
import { loadEngineModule } from '../engine/module.js';
import type { EngineSource } from '../engine/module.js';
import type { WasmOptions } from '../engine/source.js';
import type { PlangateClient } from './api.js';
import { Client } from './client.js';
import { readOptions } from './options.js';
import type { PlangateOptions } from './options.js';

/**
 * A client that answers what a customer's plan entitles them to. Resolves as soon as the first list is loaded, or
 * failed to: then `ready` is false, everything denies, and refresh() tries again. Rejects only for wrong options.
 */
export type CreatePlangate = (options: PlangateOptions) => Promise<PlangateClient>;

/** The engine alone, for code that brings its own lists and time: servers, tools. */
export type LoadEngine = (options?: WasmOptions) => Promise<Engine>;

// What every entry of the package exports. Entries differ only in how the engine's bytes arrive (`source`); they say of each
// function that it is pure, so that an application without it does not carry the engine along.

/** Makes an entry's createPlangate. */
export function entryCreate(source: (options: WasmOptions) => EngineSource): CreatePlangate {
  return async (options) => {
    const client = new Client(readOptions(options), () => loadEngineModule(source(options)));
    await client.start();
    return client;
  };
}

/** Makes an entry's loadEngine. */
export function entryEngine(source: (options: WasmOptions) => EngineSource): LoadEngine {
  return async (options = {}) => new Engine(await loadEngineModule(source(options)));
}
