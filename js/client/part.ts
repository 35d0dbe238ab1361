import type { PlangateClient, PlangateEvents } from './api.js';
import type { Clock } from './clock.js';
import type { PlangateErrorCode } from '../engine/errors.js';
import type { PlangateError } from './errors.js';
import type { send } from './fetcher.js';
import type { Bootstrap, Settings } from './options.js';

/** An addition to the client, such as cache() and live(). Called once, before the client does anything. */
export type Part = (host: PartHost) => void;

/** Where a list came from: the server's answer to a request, the application's bootstrap, or a part. */
export type Origin = 'server' | 'bootstrap' | 'cache' | 'stream' | 'tab';

/** What the client tells its parts, beside the events of everybody. */
export interface PartEvents extends PlangateEvents {
  /**
   * A customer's turn begins, the first one's too; `customer` says whose. Who has a list at hand pushes a promise, and
   * true in it when that list is fresh enough to spare a request. Nothing is requested before these settle.
   */
  begin: Promise<boolean>[];
  /** A list was loaded, or (`same`) the server said that the loaded one is still right. */
  list: { readonly origin: Origin; readonly same: boolean; readonly etag: string | null };
  /** A request failed. Who has a list for want of a better one pushes a promise. */
  failed: { readonly error: PlangateError; readonly waits: Promise<unknown>[] };
  /** Answers may have changed. */
  update: undefined;
}

/** The client, as its parts see it. Their promises never reject, and settle in time. */
export interface PartHost extends PlangateClient {
  readonly clock: Clock;
  readonly settings: Settings;
  /** Aborted when the client is disposed. */
  readonly life: AbortSignal;
  /** Sends a request by these settings. */
  readonly send: typeof send;
  /** Throws INVALID_OPTION. */
  refuse(name: string, expected: string): never;
  /** Tells an error as the client's own are told; what was thrown gets this code unless it has one. */
  report(thrown: unknown, code: PlangateErrorCode): void;
  /** The loaded list allows nothing. */
  readonly closed: boolean;
  on<Name extends keyof PartEvents>(name: Name, listener: (event: PartEvents[Name]) => void): () => void;
  /**
   * A snapshot that came by another way, for this customer. False: it was refused (another customer's, older than the
   * loaded one, malformed), and nothing has changed. Before the engine is here it is kept for it, unless another one is.
   */
  take(customer: string | null, snapshot: Bootstrap, origin: Origin, etag?: string | null): boolean;
}
