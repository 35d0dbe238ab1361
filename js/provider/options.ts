// What a provider can be told.

import type { LedgerFactory } from './ledger.js';
import type { Protocol } from './state/documents.js';
import type { DeliveryOptions } from './webhooks/outbox.js';

/** An endpoint that is there from the start. */
export interface EndpointOptions {
  readonly url: string;
  /** Whose events; default `stripe`. */
  readonly protocol?: Protocol;
  /** Event types, or `*` (default): all. */
  readonly events?: readonly string[];
}

/** Options of `createProvider`. */
export interface ProviderOptions {
  /** `memory` (default), or the path of a SQLite file that is made when it is not there. */
  readonly store?: string;
  /** What an empty provider begins with: the text of a seed (YAML or JSON), or the object. A provider with state ignores it. */
  readonly seed?: string | object;
  /** Makes ids and keys follow from this text: the same requests get the same ids, run after run. */
  readonly seedId?: string;
  /** Port of `listen()`; default 0, a free one. */
  readonly port?: number;
  /** Address of `listen()`; default 127.0.0.1. */
  readonly host?: string;
  /** The key that clients send; default: made once, and kept with the state. */
  readonly apiKey?: string;
  /** The signing secret of the endpoints given here; default: made once, and kept with the state. */
  readonly webhookSecret?: string;
  /** Endpoints besides those made through the API. */
  readonly webhooks?: readonly EndpointOptions[];
  readonly deliveries?: DeliveryOptions;
  /** Which of Paygentic's published versions is answered unless a request says; default the newer. */
  readonly paygenticVersion?: PaygenticVersion;
  /** Stops the provider's clock at this time from the start, ms since epoch or RFC 3339. */
  readonly freezeAt?: number | string;
  /** Where ledgers come from; default: this package's plangate-billing.wasm. */
  readonly ledgers?: LedgerFactory;
}

/** Paygentic's published API descriptions, by date. */
export const PAYGENTIC_VERSIONS = ['2026-05-20', '2026-08-06'] as const;
export type PaygenticVersion = (typeof PAYGENTIC_VERSIONS)[number];
