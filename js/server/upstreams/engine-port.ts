// What the server side asks of the engine: the only way it learns anything about a provider's JSON.

import type { PlangateError } from '../../engine/errors.js';
import type {
  CataloguePages,
  EventFacts,
  EventSource,
  PagedFormat,
  PageFacts,
  PageRequest,
} from '../../engine/server-engine.js';
import type { Format, LoadRequest, SnapshotInfo, Warning } from '../../engine/types.js';

export type { CataloguePages, EventFacts, EventSource, PagedFormat, PageFacts, PageRequest };

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
