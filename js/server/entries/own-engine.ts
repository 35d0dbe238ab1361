// Gives upstreams, receivers and servers the entry's own engine.

import type { Engine } from '../../engine/engine.js';
import { provideEngineFactory } from '../engine-host.js';
import type { EngineFactory, RuleEngine } from '../engine-host.js';
import { provideEngine } from '../upstreams/engine-port.js';

/**
 * Servers get an engine each, for it holds their customers. What only reads lists shares one; a module that stopped is
 * made again by the next load, so the shared engine is asked for anew then.
 */
export function provideOwnEngine(load: () => Promise<Engine>): void {
  const make = load as () => Promise<Engine & RuleEngine>;
  let shared: ReturnType<EngineFactory> | undefined;
  provideEngineFactory(make);
  provideEngine(async () => {
    const engine = (await (shared ??= make())) as Engine & RuleEngine;
    try {
      engine.about();
      return engine;
    } catch {
      shared = make();
      return shared;
    }
  });
}
