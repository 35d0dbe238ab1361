// A local billing provider: Stripe's and Paygentic's APIs for entitlements, on this machine, with state and time at hand.

import { Hono } from 'hono';

import { ProviderClock } from './clock.js';
import { controlApp } from './control/app.js';
import { dashboardApp } from './dashboard.js';
import { invalidOption } from './errors.js';
import { listen } from './http/listen.js';
import type { Listening } from './http/listen.js';
import { parseMoment } from './http/shape.js';
import { Ids } from './ids.js';
import type { LedgerFactory } from './ledger.js';
import type { ProviderOptions } from './options.js';
import { paygenticApp } from './paygentic/app.js';
import { parseSeed, plantSeed } from './seed/plant.js';
import type { Seed } from './seed/shape.js';
import type { ClockDocument } from './state/documents.js';
import { MemoryJournal } from './state/journal.js';
import { openSqliteJournal } from './state/sqlite-journal.js';
import { ProviderState } from './state/state.js';
import type { Work } from './state/work.js';
import { stripeApp } from './stripe/app.js';
import { addEndpoint } from './webhooks/endpoints.js';
import { Outbox } from './webhooks/outbox.js';
import { writePaygenticChanges } from './webhooks/paygentic-events.js';
import { rememberSummaries, writeStripeChanges } from './webhooks/stripe-events.js';

/** Whose catalogue it is, in Paygentic's words: there is one merchant. */
const MERCHANT = 'org_local';

/** A running provider. */
export interface Provider {
  /** Answers a request, without a port: for tests in the same process. */
  fetch(request: Request): Promise<Response>;
  /** Listens on the port; answers the address, which `url` has from then on. */
  listen(): Promise<string>;
  /** Where it listens. Throws before `listen()`. */
  readonly url: string;
  /** The key that clients send: `sk_test_…`. */
  readonly apiKey: string;
  /** The signing secret of the endpoints given in the options: `whsec_…`. */
  readonly webhookSecret: string;
  /** Back to the beginning: to nothing, or to a seed. Keys and the options' endpoints stay. */
  reset(seed?: string | object): Promise<void>;
  /** Resolves when no delivery is due or on its way. */
  deliveriesSettled(): Promise<void>;
  /** Stops listening and delivering, and closes the file. */
  close(): Promise<void>;
}

let ownLedgers: LedgerFactory | undefined;

/** Sets where ledgers come from unless told otherwise: called once by the published entry. */
export function provideLedgers(factory: LedgerFactory): void {
  ownLedgers = factory;
}

/** Makes a provider. Rejects with ProviderError: the file is in use or unreadable, the seed or an option is wrong. */
export async function createProvider(options: ProviderOptions = {}): Promise<Provider> {
  const factory = options.ledgers ?? ownLedgers;
  if (!factory)
    throw invalidOption("there are no ledgers: import from 'plangate/provider', or give the option ledgers");
  const { store = 'memory', apiKey } = options;
  if (apiKey !== undefined && !/^[!-~]+$/.test(apiKey))
    throw invalidOption('apiKey is sent in a header: letters, digits and signs without spaces, such as sk_test_local');
  const journal = store === 'memory' ? new MemoryJournal() : await openSqliteJournal(store);
  // What is there by then: a delivery of an earlier run may be on its way before the start fails.
  let close = async (): Promise<void> => journal.close();
  try {
    const clock = new ProviderClock();
    const state = await ProviderState.open({ journal, clock, ids: new Ids(options.seedId), factory });
    close = () => state.close();
    const provider = new LocalProvider(state, keysFor(state, options), options);
    close = () => provider.close();
    await provider.start();
    return provider;
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Deterministic when there is a seed id, and apart from the ids of objects: they stay the same whatever keys are given. */
function keyMaker({ seedId }: ProviderOptions): Ids {
  return new Ids(seedId && `${seedId} keys`);
}

interface Keys {
  readonly apiKey: string;
  readonly webhookSecret: string;
}

/** The keys: as told, or as made at the first start. */
function keysFor(state: ProviderState, options: ProviderOptions): Keys {
  const made = keyMaker(options);
  const kept = (name: string, make: () => string): string =>
    (state.documents.get('setting', name)?.value as string | undefined) ?? make();
  return {
    apiKey: options.apiKey ?? kept('apiKey', () => made.make('sk_test')),
    webhookSecret: options.webhookSecret ?? kept('webhookSecret', () => made.secret()),
  };
}

/** What every state has from its start, also after a reset: keys, endpoints of the options, the clock. */
function settle(work: Work, clock: ProviderClock, keys: Keys, options: ProviderOptions): void {
  for (const [name, value] of Object.entries(keys)) {
    if (work.documents.get('setting', name)?.value !== value) work.documents.put('setting', name, { value });
  }
  for (const endpoint of options.webhooks ?? []) addEndpoint(work, endpoint, keys.webhookSecret);
  if (work.documents.get('clock', 'clock') === undefined) work.documents.put('clock', 'clock', clock.document);
}

function freezeTime({ freezeAt }: ProviderOptions): number | undefined {
  if (freezeAt === undefined) return undefined;
  const time = typeof freezeAt === 'number' ? freezeAt : parseMoment(freezeAt);
  if (time === undefined || !Number.isFinite(time)) throw invalidOption(`freezeAt is not a time: ${freezeAt}`);
  return time;
}

/** The clock that a state begins with: the seed's or the option's, else real time. */
function beginningClock(seed: Seed | undefined, options: ProviderOptions): ClockDocument {
  const at = seed?.frozenAt ?? freezeTime(options);
  return { frozenAt: at ?? null, offset: 0 };
}

class LocalProvider implements Provider {
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly #state: ProviderState;
  readonly #outbox: Outbox;
  readonly #app: Hono;
  readonly #options: ProviderOptions;
  #opening: Promise<Listening> | undefined;
  #listening: Listening | undefined;
  #closing: Promise<void> | undefined;

  constructor(state: ProviderState, { apiKey, webhookSecret }: Keys, options: ProviderOptions) {
    this.#state = state;
    this.#options = options;
    this.apiKey = apiKey;
    this.webhookSecret = webhookSecret;
    state.onChanges(writeStripeChanges);
    state.onChanges(writePaygenticChanges);
    this.#outbox = new Outbox(state, options.deliveries);
    const reset = (seed: string | object | undefined): Promise<void> => this.reset(seed);
    this.#app = new Hono()
      .route('/', dashboardApp())
      .route('/', controlApp({ state, outbox: this.#outbox, apiKey, webhookSecret, reset }))
      .route(
        '/',
        paygenticApp(state, { apiKey, version: options.paygenticVersion ?? '2026-08-06', merchantId: MERCHANT }),
      )
      .route('/', stripeApp(state, apiKey));
  }

  /** Lets the state begin where it has none, and begins to deliver. */
  async start(): Promise<void> {
    const { seed } = this.#options;
    const fresh = this.#state.documents.get('clock', 'clock') === undefined;
    if (fresh) await this.reset(seed);
    else await this.#state.run((work) => settle(work, this.#state.clock, this, this.#options));
    this.#outbox.look();
  }

  async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request);
  }

  async listen(): Promise<string> {
    if (this.#closing) throw invalidOption('the provider is closed');
    const { port = 0, host = '127.0.0.1' } = this.#options;
    // Kept before it is awaited: who asks meanwhile gets the same port, and who closes meanwhile closes it.
    this.#opening ??= listen((request) => this.#app.fetch(request), port, host);
    try {
      this.#listening = await this.#opening;
    } catch (thrown) {
      this.#opening = undefined;
      throw thrown;
    }
    return this.#listening.url;
  }

  get url(): string {
    if (!this.#listening) throw invalidOption('the provider does not listen: call listen() first');
    return this.#listening.url;
  }

  async reset(given?: string | object): Promise<void> {
    const seed = given === undefined ? undefined : parseSeed(given);
    const { clock } = this.#state;
    await this.#state.replace(beginningClock(seed, this.#options), (work) => {
      settle(work, clock, this, this.#options);
      if (seed) plantSeed(work, seed, this.webhookSecret);
      rememberSummaries(work);
    });
  }

  deliveriesSettled(): Promise<void> {
    return this.#outbox.settled();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const listening = await this.#opening?.catch(() => undefined);
    await listening?.close();
    await this.#outbox.close();
    await this.#state.close();
  }
}
