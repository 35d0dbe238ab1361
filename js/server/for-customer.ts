// server.for(customer): the client's questions, asked on the server, of a customer that is held in memory.

import type { PlangateClient, PlangateEvents, UnlockQuestion } from '../client/api.js';
import { closed, deepFreeze, DENIED } from '../client/closed.js';
import { Emitter } from '../client/emitter.js';
import type { Explanation } from '../client/explain.js';
import { disposeSymbol } from '../engine/dispose.js';
import { changesNothing, explainFrom, unlockQueryOf, valueIn } from '../client/questions.js';
import { PlangateError } from '../engine/errors.js';
import type { Decision, JsonValue, LimitQuery, LimitResult, SnapshotInfo, Unlock } from '../engine/types.js';
import type { Held } from './holdings.js';
import { write } from './http/entitlements.js';
import type { ServerState } from './state.js';

/**
 * The client's API for one customer. Without `setCustomer`, ask the server for another one; without `refreshUntil`, webhooks come;
 * without `configure`, the rules are the server's.
 */
export type CustomerClient = Omit<
  PlangateClient,
  'setCustomer' | 'refreshUntil' | 'waitUntilReady' | 'configure' | 'stale'
>;

/** The decision about one feature, in full. */
export function decisionOf(state: ServerState, held: Held, key: string, product = ''): Decision {
  const text = state.host.ask(held.engine, (engine) => engine.check(held.handle, key, state.now(), product));
  return deepFreeze(JSON.parse(text) as Decision);
}

/** Whether it is allowed: one byte of the engine, nothing allocated. */
export function allows(state: ServerState, held: Held, key: string): boolean {
  return state.host.ask(held.engine, (engine) => {
    const id = state.host.nameId(engine, key);
    // A name no list knows: the engine says why not, or that a default does.
    if (id === undefined) return decisionOf(state, held, key).allowed;
    return (engine.decide(held.handle, id, state.now()) & 1) === 1;
  });
}

/** The questions of a customer that may be pushed out of memory at any time: then the next refresh brings them back. */
export class ForCustomer implements CustomerClient {
  readonly customer: string;
  readonly #state: ServerState;
  readonly #events: Emitter<PlangateEvents & { update: undefined }>;
  #held: Held | undefined;
  #error: PlangateError | undefined;
  #version = 0;
  #stop: (() => void) | undefined;
  #disposed = false;

  constructor(state: ServerState, held: Held) {
    this.#state = state;
    this.#held = held;
    this.customer = held.customer;
    this.#events = new Emitter((thrown) => state.report('a listener failed', thrown));
    this.#listen();
  }

  get ready(): boolean {
    return this.#current() !== undefined;
  }

  get error(): PlangateError | undefined {
    return this.#error;
  }

  get info(): SnapshotInfo | undefined {
    return this.#ask((held) => held.engine.info(held.handle), undefined);
  }

  hasFeature(key: string): boolean {
    return this.#ask((held) => allows(this.#state, held, key), false);
  }

  check(key: string, { product = '' }: { product?: string } = {}): Decision<never> {
    return this.#ask((held) => decisionOf(this.#state, held, key, product), closed(key)) as Decision<never>;
  }

  config(key: string): never {
    return (this.check(key).config ?? null) as never;
  }

  value(key: string, field: string, fallback: JsonValue): never {
    return valueIn(this.check(key), field, fallback) as never;
  }

  limit(key: string, field?: string | LimitQuery | null, query: LimitQuery = {}): LimitResult {
    if (typeof field === 'object' && field !== null) return this.limit(key, null, field);
    const ask = ({ engine, handle }: Held): LimitResult =>
      Object.freeze(engine.limit(handle, key, String(field ?? ''), query, this.#state.now()));
    return this.#ask(ask, DENIED);
  }

  unlocks(question: UnlockQuestion<string>): readonly Unlock[] {
    return deepFreeze(this.#state.catalogue.unlocksNow(unlockQueryOf(question)));
  }

  explain(key: string): Explanation {
    const text = this.#ask(({ engine, handle }) => engine.encode(handle, false), '');
    return explainFrom(this, key, text);
  }

  snapshot(): string | null {
    return this.#ask((held) => write(this.#state, held).body, '') || null;
  }

  on<Name extends keyof PlangateEvents>(name: Name, listener: (event: PlangateEvents[Name]) => void): () => void {
    return this.#events.on(name, listener as never);
  }

  off<Name extends keyof PlangateEvents>(name: Name, listener: (event: PlangateEvents[Name]) => void): void {
    this.#events.off(name, listener as never);
  }

  subscribe(listener: () => void): () => void {
    return this.#events.on('update', () => listener());
  }

  getVersion(): number {
    return this.#version;
  }

  async refresh(): Promise<boolean> {
    if (this.#disposed) return false;
    try {
      this.#held = await this.#state.refresh(this.customer, 'visitor');
      this.#error = undefined;
      return true;
    } catch (cause) {
      this.#error = new PlangateError('NETWORK_ERROR', "The customer's entitlements could not be fetched.", { cause });
      this.#events.emit('error', this.#error);
      return false;
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stop?.();
    this.#held = undefined;
    this.#events.clear();
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  #listen(): void {
    this.#stop = this.#state.holdings.on(this.customer, (held, diff) => {
      this.#held = held;
      this.#version += 1;
      if (diff && !changesNothing(diff)) this.#events.emit('change', deepFreeze(diff));
      this.#events.emit('update', undefined);
    });
  }

  /** The list in memory. Pushed out meanwhile: it is brought back behind, and until then everything denies. */
  #current(): Held | undefined {
    if (this.#disposed || !this.#held) return undefined;
    const held = this.#state.holdings.get(this.customer);
    if (held !== this.#held) this.#version += 1;
    if (held) {
      this.#held = held;
      return held;
    }
    this.#state
      .ensure(this.customer)
      .catch((error: unknown) => this.#state.report('a customer could not be read', error));
    return undefined;
  }

  #ask<T>(question: (held: Held) => T, otherwise: T): T {
    const held = this.#current();
    if (!held) return otherwise;
    try {
      return this.#state.host.ask(held.engine, () => question(held));
    } catch (thrown) {
      this.#state.report('the engine refused a question', thrown);
      return otherwise;
    }
  }
}
