// The engine of one server: all customers' snapshots in one instance, made anew when it stopped.

import type { Engine } from '../engine/engine.js';
import type { EngineOptions } from '../engine/types.js';
import type { Counter } from '../engine/server-engine.js';
import type { ServerEngine } from './upstreams/engine-port.js';
import { isPlangateError } from './upstreams/engine-port.js';

/** What a server asks of an engine. `Engine` of js/engine is one. */
export interface RuleEngine
  extends
    ServerEngine,
    Pick<Engine, 'configure' | 'names' | 'decide' | 'check' | 'limit' | 'diff' | 'unlocks' | 'table' | 'dispose'> {
  namesGeneration(): number;
  counter(snapshot: number, key: string, field: string, product: string, now: number): Counter;
}

/** Makes an engine. Called once per server, and again after an engine stopped. */
export type EngineFactory = () => Promise<RuleEngine>;

let ownFactory: EngineFactory | undefined;

/** Sets where servers get engines from unless told otherwise: called once by each published entry. */
export function provideEngineFactory(factory: EngineFactory): void {
  ownFactory = factory;
}

/** The factory to use: the one given, else the entry's own. */
export function engineFactoryOf(given: EngineFactory | undefined): EngineFactory {
  const factory = given ?? ownFactory;
  if (!factory) throw new TypeError("No engine: import from 'plangate/server', or give the option `engines`.");
  return factory;
}

/** Holds the engine of a server, and replaces one that stopped. */
export class EngineHost {
  readonly #factory: EngineFactory;
  readonly #rules: EngineOptions;
  #engine: RuleEngine | undefined;
  #starting: Promise<RuleEngine> | undefined;
  #generation = 0;
  #names = new Map<string, number>();
  #namesGeneration = -1;
  #disposed = false;
  /** Engines that were replaced. */
  restarts = 0;

  constructor(factory: EngineFactory, rules: EngineOptions) {
    this.#factory = factory;
    this.#rules = rules;
  }

  /** Changes when an engine stops and when one starts: a handle of another generation means nothing. */
  get generation(): number {
    return this.#generation;
  }

  /** The running engine, if there is one. */
  get running(): RuleEngine | undefined {
    return this.#engine;
  }

  /** The engine; made when there is none. */
  async get(): Promise<RuleEngine> {
    this.#checkOpen();
    if (this.#engine) return this.#engine;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async #start(): Promise<RuleEngine> {
    const engine = await this.#factory();
    try {
      this.#checkOpen();
      engine.configure(this.#rules);
    } catch (thrown) {
      engine.dispose();
      throw thrown;
    }
    this.#engine = engine;
    this.#generation += 1;
    this.#namesGeneration = -1;
    return engine;
  }

  /** Asks a question; an engine that stops over it is let go of, so that the next question finds a new one. */
  ask<T>(engine: RuleEngine, question: (engine: RuleEngine) => T): T {
    try {
      return question(engine);
    } catch (thrown) {
      if (isPlangateError(thrown) && thrown.code === 'ENGINE_FAILED' && this.#engine === engine) {
        this.#engine = undefined;
        // Its handles mean nothing from here on.
        this.#generation += 1;
        this.restarts += 1;
      }
      throw thrown;
    }
  }

  /** The name's place in the engine's tables; undefined: no list held here knows the name. */
  nameId(engine: RuleEngine, key: string): number | undefined {
    const generation = engine.namesGeneration();
    if (generation !== this.#namesGeneration) {
      this.#names = engine.names();
      this.#namesGeneration = generation;
    }
    return this.#names.get(key);
  }

  #checkOpen(): void {
    if (this.#disposed) throw new TypeError('The server is closed.');
  }

  dispose(): void {
    this.#disposed = true;
    this.#engine?.dispose();
    this.#engine = undefined;
  }
}
