// Gives upstreams, receivers and servers the entry's own engine.

import { loadEngineModule } from '../../engine/module.js';
import type { EngineModule, EngineSource } from '../../engine/module.js';
import { ServerEngine } from '../../engine/server-engine.js';
import { provideEngineFactory } from '../engine-host.js';
import { combine, createServer, paygentic, stripe, upstream, webhookReceiver } from '../index.js';
import { provideEngine } from '../upstreams/engine-port.js';

/**
 * Servers get an engine each, for it holds their customers. What only reads lists shares one, made anew when it stopped.
 * Answers the functions that need an engine: an entry exports them from here, so that no bundler takes the engine for unused.
 */
export function withOwnEngine(source: EngineSource) {
  let shared: { readonly module: EngineModule; readonly engine: ServerEngine } | undefined;
  /** An engine of one's own, for what createServer() does not do: many customers' lists, asked by handle. */
  const loadEngine = async (): Promise<ServerEngine> => new ServerEngine(await loadEngineModule(source));
  provideEngineFactory(loadEngine);
  provideEngine(async () => {
    const module = await loadEngineModule(source);
    if (shared?.module !== module) shared = { module, engine: new ServerEngine(module) };
    return shared.engine;
  });
  return { combine, createServer, loadEngine, paygentic, stripe, upstream, webhookReceiver };
}
