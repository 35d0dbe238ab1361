// What there is to buy: fetched now and then, asked for unlocks, and shown to customers without what is not for sale.

import type { Unlock, UnlockQuery } from '../engine/types.js';
import { etagOf } from '../stores/common.js';
import type { EngineHost } from './engine-host.js';
import type { Upstream } from './upstreams/upstream.js';

/** The catalogue as customers may see it. */
export interface PublicCatalogue {
  readonly json: string;
  readonly etag: string;
  /** Keys of all its features. */
  readonly features: ReadonlySet<string>;
}

interface Sellable {
  readonly active?: boolean;
}

interface CatalogueJson {
  readonly features?: readonly { readonly key: string }[];
  readonly products?: readonly (Sellable & { readonly prices?: readonly Sellable[] })[];
}

/** Fetches and holds the catalogue. A failure keeps the one before. */
export class CatalogueHolder {
  readonly #upstream: Upstream;
  readonly #host: EngineHost;
  readonly #everyMs: number;
  readonly #onError: (what: string, error: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #current: PublicCatalogue | undefined;
  #handle = 0;
  #generation = -1;
  readonly #ending = new AbortController();
  failures = 0;

  constructor(upstream: Upstream, host: EngineHost, everyMs: number, onError: (what: string, error: unknown) => void) {
    this.#upstream = upstream;
    this.#host = host;
    this.#everyMs = everyMs;
    this.#onError = onError;
  }

  get current(): PublicCatalogue | undefined {
    return this.#current;
  }

  /** Fetches now, and then again and again. Never rejects. */
  async start(): Promise<void> {
    const { signal } = this.#ending;
    if (!this.#upstream.catalogue || signal.aborted) return;
    let wait = this.#everyMs;
    try {
      await this.#take(await this.#upstream.catalogue({ signal }));
    } catch (error) {
      this.failures += 1;
      this.#onError('the catalogue could not be fetched', error);
      wait = Math.min(wait, 30_000);
    }
    if (signal.aborted) return;
    this.#timer = setTimeout(() => void this.start(), wait);
    (this.#timer as { unref?(): void }).unref?.();
  }

  stop(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
  }

  /** The products that would grant it, cheapest first; none while there is no catalogue. */
  async unlocks(query: UnlockQuery): Promise<readonly Unlock[]> {
    return this.unlocksNow(query, await this.#host.get());
  }

  /** The same at once. */
  unlocksNow(query: UnlockQuery, engine = this.#host.running): readonly Unlock[] {
    if (!engine || !this.#current) return [];
    // The engine that held it was replaced.
    if (this.#generation !== this.#host.generation) this.#load(engine, this.#current);
    return this.#host.ask(engine, () => engine.unlocks(this.#handle, query));
  }

  async #take(json: string): Promise<void> {
    const shown = forSale(json);
    const next = { ...shown, etag: await etagOf(shown.json) };
    const engine = await this.#host.get();
    // In one step: a question in between would have loaded the one before into an engine that was replaced.
    this.#load(engine, next);
    this.#current = next;
  }

  /** A snapshot of nobody that holds the catalogue: one for all customers, instead of one for each. */
  #load(engine: Awaited<ReturnType<EngineHost['get']>>, { json }: { json: string }): void {
    const text = `{"plangate":1,"customer":"catalogue","source":"plangate","asOf":0,"entitlements":[],"catalogue":${json}}`;
    const before = this.#generation === this.#host.generation ? this.#handle : 0;
    const pages = [new TextEncoder().encode(text)];
    this.#handle = this.#host.ask(engine, () => engine.load('snapshot', pages, {}));
    this.#generation = this.#host.generation;
    if (before) engine.release(before);
  }
}

/** Our own catalogue format without products and prices that are not for sale: some were never meant to be seen. */
function forSale(json: string): Omit<PublicCatalogue, 'etag'> {
  const catalogue = JSON.parse(json) as CatalogueJson;
  const sold = ({ active = true }: Sellable): boolean => active;
  const products = (catalogue.products ?? [])
    .filter(sold)
    .map((product) => ({ ...product, ...(product.prices && { prices: product.prices.filter(sold) }) }));
  return {
    json: JSON.stringify({ ...catalogue, products }),
    features: new Set((catalogue.features ?? []).map(({ key }) => key)),
  };
}
