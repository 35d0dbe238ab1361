// The engine of servers: also reads pages, events and catalogues, and makes one snapshot of several.
import type { Binding, EngineHandle, SnapshotHandle } from './binding.js';
import type { Reason } from './codes.generated.js';
import { Engine } from './engine.js';
import type { Format, LoadRequest } from './types.js';

/** The binding of plangate-server.wasm: everything of the gate's, and this (bindings/CONTRACT.md). */
export interface ServerBinding extends Binding {
  page(e: EngineHandle, request: string): string;
  event(e: EngineHandle, request: string): string;
  combine(e: EngineHandle, handles: string, request: string): SnapshotHandle;
  namesGeneration(e: EngineHandle): number;
  counter(e: EngineHandle, s: SnapshotHandle, key: string, field: string, now: number, product: string): string;
  catalogue(e: EngineHandle, request: string): string;
}

/** Which counter stands for the uses of a feature, and how far it may go. */
export interface Counter {
  /** Names it among the customer's counters. */
  readonly name: string;
  /** Features of one pool share one counter. */
  readonly pool?: string;
  /** ms since epoch. Each period has a counter of its own. */
  readonly periodStart: number;
  /** null: open end. */
  readonly periodEnd: number | null;
  /** The billing system's own count: the counter is never below it. */
  readonly used: number;
  /** Whether uses may be counted, up to `limit`; if not, `reason` says why. */
  readonly countable: boolean;
  readonly reason: Reason;
  /** Absent: unlimited, or not countable. */
  readonly limit?: number;
  readonly unlimited: boolean;
  /** Past the limit, use is allowed. */
  readonly soft: boolean;
}

/** Provider lists that come in pages. */
export type PagedFormat = Extract<Format, 'stripe-list' | 'paygentic-list'>;

/** How a page was asked for. */
export interface PageRequest {
  readonly format: PagedFormat;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** What paging must know of one page of any billing list. */
export interface PageFacts {
  readonly rows: number;
  /** Another page must be fetched. */
  readonly more: boolean;
  /** Id of the last row: Stripe's next `starting_after`. */
  readonly cursor: string | null;
  /** The total the provider claims. */
  readonly total: number | null;
}

/** Billing systems whose webhooks are understood. */
export type EventSource = 'stripe' | 'paygentic';

/** What a webhook event means to us: a signal, never an authority. The refetched list is. */
export interface EventFacts {
  readonly kind: 'summary' | 'thin' | 'refetch' | 'ignored';
  readonly id: string | null;
  readonly type: string;
  readonly customer: string | null;
  readonly mode: 'live' | 'test' | null;
  /** When the provider says it happened, ms since 1970. */
  readonly created: number | null;
  /** The list inside the event is cut short. */
  readonly more: boolean;
}

/** All lists a catalogue is made of, each whole and in order. */
export interface CataloguePages {
  readonly features: readonly Uint8Array[];
  readonly products: readonly Uint8Array[];
  readonly prices: readonly Uint8Array[];
  /** By product id. */
  readonly attachments: readonly (readonly [product: string, pages: readonly Uint8Array[]])[];
}

/** The server's engine. Needs a module of plangate-server.wasm. Throws PlangateError as Engine does. */
export class ServerEngine extends Engine {
  /** Reads one page of a list. */
  page(body: Uint8Array, request: PageRequest): PageFacts {
    return this.#read([body], JSON.stringify(request), 'page') as PageFacts;
  }

  /** Reads a webhook's raw body. */
  event(body: Uint8Array, source: EventSource): EventFacts {
    return this.#read([body], JSON.stringify({ source }), 'event') as EventFacts;
  }

  /** Several snapshots, of one mode, as one that is named as told. The parts stay until they are released. */
  combine(snapshots: readonly SnapshotHandle[], request: Pick<LoadRequest, 'customer' | 'source'>): SnapshotHandle {
    const [handles, json] = [JSON.stringify(snapshots), JSON.stringify(request)];
    return this.call((b, e) => {
      const whole = (b as ServerBinding).combine(e, handles, json);
      if (!whole) throw this.refusal(b, e);
      return whole;
    });
  }

  /** Changes when a name was added or removed: as a table tells it. */
  namesGeneration(): number {
    return this.call((b, e) => (b as ServerBinding).namesGeneration(e));
  }

  /** Which counter stands for uses of a feature; an empty field asks for the metered balance, an empty product for all rows. */
  counter(snapshot: SnapshotHandle, key: string, field: string, product: string, now: number): Counter {
    return this.json((b, e) => (b as ServerBinding).counter(e, snapshot, key, field, now, product));
  }

  /** Stripe's lists as plangate catalogue JSON (docs/wire-format.md). */
  catalogue({ features, products, prices, attachments }: CataloguePages): string {
    const pages = [...features, ...products, ...prices, ...attachments.flatMap(([, own]) => own)];
    const request = {
      format: 'stripe',
      features: features.length,
      products: products.length,
      prices: prices.length,
      attachments: attachments.map(([product, own]) => ({ product, pages: own.length })),
    };
    return this.#text(pages, JSON.stringify(request), 'catalogue');
  }

  #read(pages: readonly Uint8Array[], request: string, what: 'page' | 'event'): unknown {
    return JSON.parse(this.#text(pages, request, what));
  }

  #text(pages: readonly Uint8Array[], request: string, what: 'page' | 'event' | 'catalogue'): string {
    return this.call((b, e) => {
      this.write(b, e, pages);
      const text = (b as ServerBinding)[what](e, request);
      if (!text) throw this.refusal(b, e);
      return text;
    });
  }
}
