// plangate/openfeature/server: an OpenFeature provider for @openfeature/server-sdk, over a running plangate server.

import type {
  EvaluationContext,
  JsonValue,
  Provider,
  ResolutionDetails,
  ServerProviderStatus,
} from '@openfeature/server-sdk';
import { OpenFeatureEventEmitter, ServerProviderEvents } from '@openfeature/server-sdk';

import type { PlangateClient } from '../client/api.js';
import { details, failed } from './details.js';
import type { Kind } from './details.js';
import { readFlag } from './flags.js';

/** What the provider needs of createServer's answer. */
export interface FlagServer {
  for(customer: string): Promise<Pick<PlangateClient, 'check' | 'dispose'>>;
  /** Whether a feature of this name is in the catalogue; undefined: there is none. */
  knows(key: string): boolean | undefined;
  /** Resolves when the server has started. */
  ready(): Promise<void>;
  /** Calls back when any customer's list in this process became another one, or time changed it; answers how to stop. */
  onChange(listener: (customer: string, keys: readonly string[]) => void): () => void;
}

/** How the provider is made. */
export interface ProviderOptions {
  /** The customer of an evaluation; default the context's targetingKey. */
  readonly customer?: (context: EvaluationContext) => string | null | undefined;
}

/** Makes the provider. The context's targetingKey is the customer: one provider serves all of them. */
export function plangateProvider(server: FlagServer, options: ProviderOptions = {}): Provider {
  return new PlangateProvider(server, options);
}

class PlangateProvider implements Provider {
  readonly metadata = { name: 'plangate' };
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  declare readonly status: ServerProviderStatus;
  readonly #server: FlagServer;
  readonly #options: ProviderOptions;
  #stop: (() => void) | undefined;
  /** What initialize() began and onClose() ends. */
  #opened: object | undefined;

  constructor(server: FlagServer, options: ProviderOptions) {
    this.#server = server;
    this.#options = options;
  }

  async initialize(): Promise<void> {
    const opened = (this.#opened = {});
    await this.#server.ready();
    // Closed meanwhile.
    if (this.#opened !== opened) return;
    this.#stop = this.#server.onChange((_, flagsChanged) => {
      this.events.emit(ServerProviderEvents.ConfigurationChanged, { flagsChanged: [...flagsChanged] });
    });
  }

  async onClose(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    this.#opened = undefined;
  }

  resolveBooleanEvaluation(flag: string, fallback: boolean, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context, 'boolean');
  }

  resolveStringEvaluation(flag: string, fallback: string, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context, 'string');
  }

  resolveNumberEvaluation(flag: string, fallback: number, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context, 'number');
  }

  resolveObjectEvaluation<T extends JsonValue>(flag: string, fallback: T, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context, 'object');
  }

  async #resolve<T extends JsonValue>(
    flag: string,
    fallback: T,
    context: EvaluationContext,
    kind: Kind,
  ): Promise<ResolutionDetails<T>> {
    const customer = (this.#options.customer ?? (({ targetingKey }) => targetingKey))(context);
    if (!customer) return failed(fallback, 'TARGETING_KEY_MISSING', 'targetingKey must name the customer.');
    let gate: Awaited<ReturnType<FlagServer['for']>>;
    try {
      gate = await this.#server.for(customer);
    } catch (error) {
      return failed(fallback, 'GENERAL', error instanceof Error ? error.message : 'The customer is not known.');
    }
    try {
      return details(readFlag({ check: (key) => gate.check(key), knows: this.#server.knows }, flag), fallback, kind);
    } finally {
      gate.dispose();
    }
  }
}
