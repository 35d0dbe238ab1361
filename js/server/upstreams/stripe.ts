// Stripe Entitlements as an upstream.

import type { ServerEngine } from './engine-port.js';
import { engineOf } from './engine-port.js';
import { UpstreamError } from './errors.js';
import { explainWith, fetchPages, stripePath } from './paging.js';
import type { PagePosition } from './paging.js';
import { fetchStripeCatalogue } from './stripe-catalogue.js';
import { Transport } from './transport.js';
import type { TransportOptions } from './transport.js';
import { baseUrlOf, checkKey, fetcherOf, readSnapshot } from './upstream.js';
import type { Upstream, UpstreamOptions } from './upstream.js';

/** The API version that is asked for unless `apiVersion` says another. Entitlement lists look the same in all since 2024. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

/** How Stripe is read. */
export interface StripeOptions extends UpstreamOptions, TransportOptions {
  /** Secret (`sk_…`) or restricted (`rk_…`) key. Reading takes Entitlements: read; the catalogue also Products and Prices: read. */
  readonly apiKey: string;
  /** Default https://api.stripe.com; a local provider or proxy otherwise. */
  readonly baseUrl?: string;
  /** Stripe-Version to send; default STRIPE_API_VERSION. */
  readonly apiVersion?: string;
  /** Connected account to act for (Stripe-Account). */
  readonly account?: string;
  /** Default: what the key says (`sk_live_…`, `sk_test_…`), else whatever the rows say. Data of the other mode is refused. */
  readonly mode?: 'live' | 'test';
  /** The source's name in snapshots and stores; default `stripe`. Name them apart when you read two accounts. */
  readonly source?: string;
  /** As `deadlineMs`, for the whole catalogue, which is one request per product; default 2 min. */
  readonly catalogueDeadlineMs?: number;
  /** Allows a plain http baseUrl on another machine. */
  readonly allowHttp?: boolean;
}

/** Reads a customer's active entitlements from Stripe, and the catalogue for unlocks. */
export function stripe(options: StripeOptions): Upstream {
  const { source = 'stripe', baseUrl = 'https://api.stripe.com', apiVersion = STRIPE_API_VERSION, account } = options;
  const { catalogueDeadlineMs = 120_000 } = options;
  const apiKey = checkKey(source, options.apiKey);
  const mode = options.mode ?? modeOfKey(apiKey);
  const target = {
    source,
    baseUrl: baseUrlOf(source, baseUrl, options.allowHttp ?? false),
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${apiKey}`,
      'stripe-version': apiVersion,
      ...(account && { 'stripe-account': account }),
    },
    secrets: [apiKey],
  };
  // Made at once, so that a wrong option is heard where it is written; the engine joins per fetch.
  const transportOf = (engine?: ServerEngine): Transport =>
    new Transport({ ...target, explain: engine ? explainWith(engine, 'stripe-list') : () => '' }, options);
  transportOf();

  const fetch = fetcherOf(source, options.engine, async (customer, engine, signal) => {
    const transport = transportOf(engine);
    const asOf = transport.now();
    const path = (position: PagePosition): string =>
      stripePath('/v1/entitlements/active_entitlements', position, { customer });
    const pages = await fetchPages(transport.session(signal), engine, { source, format: 'stripe-list', path });
    return readSnapshot(engine, 'stripe-list', pages, { customer, source, asOf, ...(mode && { mode }) }, source);
  });
  return {
    source,
    mode,
    fetch,
    catalogue: async ({ signal } = {}) => {
      const engine = await engineOf(options.engine);
      return fetchStripeCatalogue(transportOf(engine).session(signal, catalogueDeadlineMs), engine, source);
    },
  };
}

/** Live or test, as the key itself says; a key of another make says nothing. */
function modeOfKey(apiKey: string): 'live' | 'test' | undefined {
  if (/^pk_/.test(apiKey)) {
    throw new UpstreamError(
      'INVALID_OPTION',
      'stripe: a publishable key (pk_) cannot read entitlements. Use a restricted key (rk_).',
      {
        source: 'stripe',
      },
    );
  }
  const [, mode] = /^[a-z]+_(live|test)_/.exec(apiKey) ?? [];
  return mode as 'live' | 'test' | undefined;
}
