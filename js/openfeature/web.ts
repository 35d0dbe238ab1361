// plangate/openfeature/web: an OpenFeature provider for @openfeature/web-sdk, over one client.

import type { EvaluationContext, JsonValue, Provider, ResolutionDetails } from '@openfeature/web-sdk';
import { OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/web-sdk';

import type { PlangateClient } from '../client/api.js';
import type { Coming } from '../client/coming.js';
import { NO_VIEW } from '../client/view.js';
import type { View } from '../client/view.js';
import type { JsonObject } from '../engine/types.js';
import { details } from './details.js';
import type { Kind } from './details.js';
import { changedKeys, readFlag } from './flags.js';

/** How the provider is made. */
export interface ProviderOptions {
  /**
   * The customer of a context; default its targetingKey. Undefined leaves the client's customer as it is: for pages where
   * the session says who it is.
   */
  readonly customer?: (context: EvaluationContext) => string | null | undefined;
}

/** Makes the provider. The client, or the promise of one, belongs to the application, which disposes of it. */
export function plangateProvider(gate: Coming, options: ProviderOptions = {}): Provider {
  return new PlangateWebProvider(gate, options);
}

type Events = Parameters<OpenFeatureEventEmitter['emit']>[0];

class PlangateWebProvider implements Provider {
  readonly metadata = { name: 'plangate' };
  readonly runsOn = 'client';
  readonly events = new OpenFeatureEventEmitter();
  readonly #coming: Coming;
  readonly #customerOf: NonNullable<ProviderOptions['customer']>;
  #gate: PlangateClient | undefined;
  #stops: (() => void)[] = [];
  /** What initialize() began and onClose() ends. */
  #opened: object | undefined;
  /** The latest: one that comes while the client is still being made counts, not the first. */
  #context: EvaluationContext = {};
  /** The last change of the customer. */
  #turned: Promise<unknown> = Promise.resolve();
  /** Changes of the customer that are under way. */
  #turning = 0;
  /** What the SDK was told last. */
  #told: Events = ProviderEvents.Ready;
  #known: { readonly version: number; readonly keys: ReadonlySet<string> | undefined } | undefined;

  constructor(coming: Coming, { customer = ({ targetingKey }) => targetingKey }: ProviderOptions) {
    this.#coming = coming;
    this.#customerOf = customer;
  }

  async initialize(context: EvaluationContext = {}): Promise<void> {
    const opened = (this.#opened = {});
    this.#context = context;
    const gate = await this.#coming;
    // Closed meanwhile.
    if (this.#opened !== opened) return;
    this.#gate = gate;
    this.#stops = [
      gate.on('change', (diff) =>
        this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: changedKeys(diff) }),
      ),
      gate.on('error', ({ message }) => this.#tell(gate.ready ? ProviderEvents.Stale : ProviderEvents.Error, message)),
      gate.on('stale', () => this.#tell(ProviderEvents.Stale)),
      gate.subscribe(() => this.#fresh() && this.#tell(ProviderEvents.Ready)),
    ];
    await this.onContextChange({}, this.#context);
  }

  /** The SDK tells how this ends, so the provider does not. */
  async onContextChange(_: EvaluationContext, context: EvaluationContext): Promise<void> {
    this.#turning++;
    this.#context = context;
    this.#told = ProviderEvents.Ready;
    try {
      await this.#turnTo(context);
      this.#told = ProviderEvents.Ready;
    } catch (thrown) {
      this.#told = ProviderEvents.Error;
      throw thrown;
    } finally {
      this.#turning--;
      void this.#tellStale();
    }
  }

  async onClose(): Promise<void> {
    this.#stops.forEach((stop) => stop());
    this.#stops = [];
    this.#opened = undefined;
  }

  resolveBooleanEvaluation(flag: string, fallback: boolean) {
    return this.#resolve(flag, fallback, 'boolean');
  }

  resolveStringEvaluation(flag: string, fallback: string) {
    return this.#resolve(flag, fallback, 'string');
  }

  resolveNumberEvaluation(flag: string, fallback: number) {
    return this.#resolve(flag, fallback, 'number');
  }

  resolveObjectEvaluation<T extends JsonValue>(flag: string, fallback: T) {
    return this.#resolve(flag, fallback, 'object');
  }

  #resolve<T extends JsonValue>(flag: string, fallback: T, kind: Kind): ResolutionDetails<T> {
    const view: View = this.#gate ?? NO_VIEW;
    return details(readFlag({ check: (key) => view.check(key as never), knows: this.#knows }, flag), fallback, kind);
  }

  /** Turns the client to the context's customer. Rejects when there is no list then. */
  async #turnTo(context: EvaluationContext): Promise<void> {
    // At once where it is there: nobody may be answered for the customer before.
    const gate = this.#gate ?? (await this.#coming);
    const customer = this.#customerOf(context);
    if (customer !== undefined && customer !== gate.customer && customer !== gate.info?.customer) {
      const turned = gate.setCustomer(customer);
      this.#turned = turned.catch(() => {});
      await turned;
      // Turned to yet another one meanwhile: that call tells how it ends.
      if (gate.customer !== customer) return;
    }
    // Another context may have turned to this customer, or the client have begun with it, a moment ago.
    await this.#turned;
    if (!gate.ready && !gate.error) await gate.waitUntilReady();
    if (!gate.ready) throw gate.error ?? new Error('plangate: no list is loaded');
  }

  /** The list is there, and as new as it can be. */
  #fresh(): boolean {
    const gate = this.#gate!;
    return gate.ready && !gate.error && !gate.check('' as never).stale;
  }

  /** Behind what the SDK tells of a promise of ours, which it does some steps after that has ended. */
  async #tellStale(): Promise<void> {
    for (let step = 0; step < 10; step++) await undefined;
    if (this.#opened && this.#gate?.ready && !this.#fresh()) this.#tell(ProviderEvents.Stale);
  }

  #tell(event: Events, message?: string): void {
    if (this.#turning > 0 || event === this.#told) return;
    this.#told = event;
    this.events.emit(event, message === undefined ? {} : { message });
  }

  /** Whether the list's catalogue has the feature; undefined: it has no catalogue. */
  #knows = (key: string): boolean | undefined => {
    const gate = this.#gate;
    if (!gate) return undefined;
    const version = gate.getVersion();
    if (this.#known?.version !== version) {
      const { catalogue } = JSON.parse(gate.snapshot() ?? '{}') as { catalogue?: { features?: readonly JsonObject[] } };
      this.#known = {
        version,
        keys: catalogue?.features && new Set(catalogue.features.map((feature) => String(feature['key']))),
      };
    }
    return this.#known.keys?.has(key);
  };
}
