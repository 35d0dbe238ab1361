// What the server side asks of the engine: the only way it learns anything about a provider's JSON.

import type { PlangateError } from '../../engine/errors.js';
import type { Format, LoadRequest, SnapshotInfo, Warning } from '../../engine/types.js';

/** Provider lists that come in pages. */
export type PagedFormat = Extract<Format, 'stripe-list' | 'paygentic-list'>;

/** How a page was asked for. */
export interface PageRequest {
  readonly format: PagedFormat;
  readonly limit: number;
  readonly offset: number;
}

/** What paging must know of a page. */
export interface PageFacts {
  readonly rows: number;
  /** Another page must be fetched. */
  readonly more: boolean;
  /** Id of the last row. */
  readonly cursor: string | null;
  /** The total the provider claims. */
  readonly total: number | null;
}

/** Billing systems whose webhooks are understood. */
export type EventSource = 'stripe' | 'paygentic';

/** What a webhook event means to us: a signal, never an authority. */
export interface EventFacts {
  readonly kind: 'summary' | 'thin' | 'refetch' | 'ignored';
  readonly id: string | null;
  readonly type: string;
  readonly customer: string | null;
  readonly mode: 'live' | 'test' | null;
  /** When the provider says it happened, ms. */
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

/** load()'s request, as servers make it. */
export interface ServerLoadRequest extends LoadRequest {
  /** `customer` is our own id: the rows may name another, but all the same one. */
  readonly customerIsAlias?: boolean;
}

/** The part of js/engine's Engine that servers use. All of it is synchronous, and throws PlangateError. */
export interface ServerEngine {
  page(body: Uint8Array, request: PageRequest): PageFacts;
  event(body: Uint8Array, source: EventSource): EventFacts;
  load(format: Format, pages: readonly Uint8Array[], request: ServerLoadRequest): number;
  release(snapshot: number): void;
  warnings(): Warning[];
  encode(snapshot: number, withCatalogue?: boolean): string;
  info(snapshot: number): SnapshotInfo | undefined;
  /** One snapshot of several, of one mode; `customer` and `source` name the result, whatever the parts are called. */
  combine(snapshots: readonly number[], request: Pick<LoadRequest, 'customer' | 'source'>): number;
  catalogue(pages: CataloguePages): string;
}

/** An engine, or the way to it (a loader is asked once per use: it should remember). */
export type EngineProvider = ServerEngine | (() => ServerEngine | Promise<ServerEngine>);

let ownEngine: EngineProvider | undefined;

/**
 * Sets where engines come from when an upstream or a webhook receiver is not given one. The published server entries call
 * it once each with their own way to the wasm bytes; it is the only state that instances share, and holds no customer's data.
 */
export function provideEngine(provider: EngineProvider): void {
  ownEngine = provider;
}

/** The engine to use: the one given, else the entry's own. */
export async function engineOf(given: EngineProvider | undefined): Promise<ServerEngine> {
  const provider = given ?? ownEngine;
  if (!provider) throw new TypeError("No engine: import from 'plangate/server', or give the option `engine`.");
  return typeof provider === 'function' ? provider() : provider;
}

/** True for the core's and the wrapper's own error class, also across two copies of the package. */
export function isPlangateError(thrown: unknown): thrown is PlangateError {
  return thrown instanceof Error && thrown.name === 'PlangateError';
}
