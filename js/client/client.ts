import { disposeSymbol } from '../engine/dispose.js';
import { Engine } from '../engine/engine.js';
import type { EngineModule } from '../engine/module.js';
import type { Diff, EngineOptions } from '../engine/types.js';
import type { AnswersHost } from './answers.js';
import type { PlangateClient, PlangateEvents } from './api.js';
import { Asked } from './asked.js';
import { deepFreeze } from './closed.js';
import { Emitter } from './emitter.js';
import { asError, refuse } from './errors.js';
import type { PlangateError } from './errors.js';
import type { PlangateErrorCode } from '../engine/errors.js';
import { fetchList, send } from './fetcher.js';
import { validateCustomer } from './options.js';
import type { Bootstrap, Settings } from './options.js';
import type { Origin, PartEvents, PartHost } from './part.js';
import { payloadOf } from './payload.js';
import type { Payload } from './payload.js';
import { changesNothing } from './questions.js';
import { refreshUntil, waitUntilReady } from './until.js';
import type { Readiness, UntilOptions } from './until.js';

/** How long a client without an engine waits before it tries again by itself. */
const RETRY_MS = 10_000;

/** The client: brings lists to the engine, and tells what becomes of them. What it is asked is in Asked. */
export class Client extends Asked implements PartHost, AnswersHost {
  /** Set when made: bundlers keep classes whose body has computed names, used or not. */
  declare readonly [disposeSymbol]: () => void;
  readonly settings: Settings;
  readonly refuse = refuse;
  readonly send = send;
  #loadModule: () => Promise<EngineModule>;
  #events: Emitter<PartEvents>;
  #customer: string | null;
  #error: PlangateError | undefined;
  /** The last good list, or the bootstrap that no engine has read yet. */
  #kept: Payload | undefined;
  #connecting: Promise<void> | undefined;
  #triedAt = -Infinity;
  /** A trap was answered with a new engine; the next one waits until a list has loaded again. */
  #recovered = false;
  #announceReady = false;
  /** Whose turn it is, counted. */
  #turn = 0;
  /** The last fetch failed: there may be a later list. */
  #behind = false;
  /** Loaded or confirmed in this visit. */
  #sure = false;
  #flight: { readonly done: Promise<boolean>; readonly controller: AbortController } | undefined;
  #life = new AbortController();

  constructor(settings: Settings, loadModule: () => Promise<EngineModule>) {
    super(settings.clock);
    this[disposeSymbol] = () => this.dispose();
    this.settings = settings;
    this.#loadModule = loadModule;
    this.#customer = settings.customer ?? null;
    this.#events = new Emitter((thrown) => this.#log('error', 'a listener failed', thrown));
    this.clock.moved = () => this.answers.configure({});
    const { bootstrap: list, use = [] } = settings;
    if (list !== undefined) this.#kept = payloadOf(this, list, 'bootstrap');
    // cache and live, not called, take options and no host: without this nothing would be kept, and nobody told.
    use.forEach((part) => (part.length ? part(this) : refuse('use', 'what cache() returns')));
  }

  /** Loads engine and first list, side by side. Rejects only for wrong options. */
  async start(): Promise<void> {
    const first = this.#begin();
    try {
      await this.#connect();
    } catch (thrown) {
      if ((thrown as PlangateError).code === 'INVALID_OPTION') {
        this.dispose();
        throw thrown;
      }
    }
    await waitUntilReady(this, this.clock, first, Infinity, () => true);
  }

  get stale(): boolean {
    return this.ready && (this.#behind || this.answers.stale);
  }

  get life(): AbortSignal {
    return this.#life.signal;
  }

  get customer(): string | null {
    return this.#customer;
  }

  get error(): PlangateError | undefined {
    return this.#error;
  }

  on<Name extends keyof PartEvents>(name: Name, listener: (event: PartEvents[Name]) => void): () => void {
    return this.#events.on(name, listener as never);
  }

  off<Name extends keyof PlangateEvents>(name: Name, listener: (event: PlangateEvents[Name]) => void): void {
    this.#events.off(name, listener as never);
  }

  subscribe(listener: () => void): () => void {
    // A listener of its own for each call, so that the same function may subscribe twice.
    return this.#events.on('update', () => listener());
  }

  refresh(): Promise<boolean> {
    if (this.#disposed) return Promise.resolve(false);
    if (!this.#flight) {
      const controller = new AbortController();
      const flight = {
        controller,
        done: this.#fly(controller).finally(() => {
          if (this.#flight === flight) this.#flight = undefined;
        }),
      };
      this.#flight = flight;
    }
    return this.#flight.done;
  }

  refreshUntil(predicate: (client: PlangateClient) => boolean, options?: UntilOptions): Promise<boolean> {
    return refreshUntil(this, this.clock, this.#life.signal, predicate, options);
  }

  waitUntilReady({ timeoutMs = 10_000 }: { timeoutMs?: number | undefined } = {}): Promise<Readiness> {
    const work = async (): Promise<unknown> => {
      const turn = this.#turn;
      await (this.#flight?.done ?? ((this.ready && !this.stale) || this.refresh()));
      // Given up for another customer's turn, which has a request of its own.
      return turn === this.#turn || work();
    };
    return waitUntilReady(this, this.clock, work(), timeoutMs, () => this.#sure && !this.stale);
  }

  configure(rules: EngineOptions): void {
    this.answers.configure(rules);
    Object.assign(this.settings.rules, rules);
  }

  async setCustomer(customer: string | null): Promise<boolean> {
    validateCustomer(customer);
    if (customer !== this.#customer && !this.#disposed) {
      this.#customer = customer;
      this.#ground();
      this.#kept = undefined;
      this.#announceReady = this.#behind = false;
      this.answers.clear();
      return this.#begin();
    }
    return this.refresh();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#life.abort();
    this.#ground();
    this.#kept = undefined;
    this.answers.dispose();
    this.#events.clear();
  }

  get #disposed(): boolean {
    return this.#life.signal.aborted;
  }

  /** For parts. */
  take(customer: string | null, snapshot: Bootstrap, origin: Origin, etag: string | null = null): boolean {
    if (this.#disposed || customer !== this.#customer) return false;
    const payload = payloadOf(this, snapshot, origin, etag, 'snapshot');
    if (!this.answers.connected) return (this.#kept ??= payload) === payload;
    try {
      this.#accept(payload);
    } catch {
      return false;
    }
    return true;
  }

  /** For Answers. */
  changed(diff: () => Diff | undefined, becameStale: boolean): void {
    if (this.#disposed) return;
    if (this.#announceReady) this.#events.tell('ready', () => this.info);
    this.#announceReady = false;
    this.#events.tell('change', () => {
      const told = diff();
      return told && !changesNothing(told) ? deepFreeze(told) : undefined;
    });
    if (becameStale && !this.#behind) this.#events.tell('stale', () => this.info);
    this.#events.emit('update', undefined);
  }

  /** For Answers. */
  failed(error: unknown): void {
    this.report(error);
    if (this.answers.connected || this.#recovered) return;
    this.#recovered = true;
    this.#connect().catch(() => {});
  }

  /** For Answers. */
  missed(now: number): void {
    if (this.#disposed || this.#connecting || Math.abs(now - this.#triedAt) < RETRY_MS) return;
    if (this.settings.url === undefined) this.#connect().catch(() => {});
    else void this.refresh();
  }

  /** Gets an engine if there is none; gives it the list that is already here. Failures are reported, and rejected. */
  #connect(): Promise<void> {
    if (this.answers.connected) return Promise.resolve();
    if (!this.#connecting) {
      this.#triedAt = this.clock.now();
      this.#connecting = this.#load().finally(() => (this.#connecting = undefined));
      this.#connecting.catch((thrown: unknown) => this.report(thrown));
    }
    return this.#connecting;
  }

  async #load(): Promise<void> {
    this.use(await this.#loadModule());
  }

  /** Answers from an engine of this module, beginning with the list that is already here. Throws for wrong options. */
  use(module: EngineModule): void {
    if (this.#disposed) return;
    const engine = new Engine(module);
    try {
      engine.configure(this.settings.rules);
    } catch (thrown) {
      engine.dispose();
      throw thrown;
    }
    this.answers.attach(engine);
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept) {
      try {
        this.#accept(kept);
      } catch (thrown) {
        this.report(thrown);
      }
    }
  }

  async #fly(controller: AbortController): Promise<boolean> {
    const { signal } = controller;
    const known = this.#kept;
    try {
      // Taken before the request leaves, so that a list never claims to be fresher than it is.
      const asOf = this.clock.now();
      const connecting = this.#connect();
      if (this.settings.url !== undefined) {
        const { body, etag } = await fetchList(this.settings, this.#customer, controller, known?.etag);
        await connecting;
        // It may have stopped meanwhile.
        await this.#connect();
        if (signal.aborted) return false;
        if (body) this.#accept(payloadOf(this, body, 'server', etag, this.settings.format, asOf));
        else if (known === this.#kept) this.#confirm('server', true, etag);
        this.#recovered = false;
      } else await connecting;
      return this.ready;
    } catch (thrown) {
      const { code } = thrown as PlangateError;
      if (signal.aborted && code !== 'TIMEOUT') return false;
      // A later list came by another way meanwhile.
      if (code === 'OLDER_SNAPSHOT' && known !== this.#kept) return true;
      await this.#missed(thrown);
      return false;
    }
  }

  /** A request failed: tells it, and lets parts bring what they have instead. */
  async #missed(thrown: unknown): Promise<void> {
    this.report(thrown);
    const { stale } = this;
    this.#behind = true;
    const waits: Promise<unknown>[] = [];
    this.#events.emit('failed', { error: thrown as PlangateError, waits });
    await Promise.all(waits);
    const { info } = this;
    // Another list may have come meanwhile.
    if (info && !stale && this.stale) this.#events.emit('stale', info);
  }

  /** Answers from another list. Throws the core's refusal; the list before stays then. */
  #accept(payload: Payload): void {
    const first = !this.ready;
    this.answers.load(payload);
    this.#kept = payload;
    this.#announceReady ||= first;
    this.#confirm(payload.origin, false, payload.etag);
    const warnings = this.answers.ask((engine) => engine.warnings(), []);
    if (warnings.length) this.#log('warn', 'entitlements closed or dropped', warnings);
  }

  /** The loaded list is the latest. */
  #confirm(origin: Origin, same: boolean, etag: string | null): void {
    // What was kept from an earlier visit says nothing of now.
    this.#sure = origin !== 'cache';
    if (this.#sure) {
      this.#error = undefined;
      this.#behind = false;
    }
    this.#events.emit('list', { origin, same, etag });
  }

  /** A customer's turn: first the lists at hand, then the server's unless they are fresh. True: one is loaded. */
  async #begin(): Promise<boolean> {
    // Not the customer: who comes back while their lists are still looked for begins anew.
    const turn = ++this.#turn;
    const lists: Promise<boolean>[] = [];
    this.#events.emit('begin', lists);
    if ((await Promise.all(lists)).includes(true)) await this.#connect().catch(() => {});
    // Unless it was asked for, and came, meanwhile.
    else if (turn === this.#turn && this.#kept?.origin !== 'server') return this.refresh();
    return turn === this.#turn && (this.ready || this.refresh());
  }

  /** Gives up the request that is under way. */
  #ground(): void {
    this.#flight?.controller.abort();
    this.#flight = undefined;
  }

  /** For parts, too. */
  report(thrown: unknown, code: PlangateErrorCode = 'ENGINE_FAILED'): void {
    // One failure can surface twice, through the engine and through the request that waited for it.
    if (this.#disposed || thrown === this.#error) return;
    const error = (this.#error = asError(code, thrown));
    const { onError } = this.settings;
    try {
      onError?.(error);
    } catch (fault) {
      this.#log('error', 'onError failed', fault);
    }
    if (!this.#events.emit('error', error) && !onError) this.#log('warn', error.message);
  }

  /** A logger that throws must not take the application down. */
  #log(level: 'warn' | 'error', text: string, ...data: unknown[]): void {
    try {
      this.settings.logger?.[level](`plangate: ${text}`, ...data);
    } catch {
      // There is nowhere left to tell it.
    }
  }
}
