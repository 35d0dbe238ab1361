// Paygentic Features as an upstream.

import type { ServerEngine } from './engine-port.js';
import { isUpstreamError } from './errors.js';
import { explainWith, fetchPages, PAGE_LIMIT } from './paging.js';
import type { PagePosition } from './paging.js';
import { Transport } from './transport.js';
import type { Session, TransportOptions } from './transport.js';
import { baseUrlOf, checkKey, fetcherOf, readSnapshot } from './upstream.js';
import type { FetchedSnapshot, Upstream, UpstreamOptions } from './upstream.js';

/** How Paygentic is read. */
export interface PaygenticOptions extends UpstreamOptions, TransportOptions {
  readonly apiKey: string;
  /** Default https://api.paygentic.io; the sandbox is https://api.sandbox.paygentic.io. */
  readonly baseUrl?: string;
  /** Only this product's entitlements: feature keys are unique per product only. */
  readonly productId?: string;
  /** Only entitlements of this merchant (marketplaces). */
  readonly merchantId?: string;
  /** Customers are named by your own ids (Paygentic's externalCustomerId), not by Paygentic's. */
  readonly externalCustomerId?: boolean;
  /** Default: `test` at the sandbox, else `live`. Paygentic's rows do not say. */
  readonly mode?: 'live' | 'test';
  /** The source's name in snapshots and stores; default `paygentic`. */
  readonly source?: string;
  /** Allows a plain http baseUrl on another machine. */
  readonly allowHttp?: boolean;
}

// Offsets shift when rows come or go between two pages; reading again from the start is the cure.
const READS = 3;

/** Reads a customer's entitlements from Paygentic, in any of its three wire generations. */
export function paygentic(options: PaygenticOptions): Upstream {
  const { source = 'paygentic', baseUrl = 'https://api.paygentic.io', productId, merchantId } = options;
  const apiKey = checkKey(source, options.apiKey);
  const target = {
    source,
    baseUrl: baseUrlOf(source, baseUrl, options.allowHttp ?? false),
    headers: { accept: 'application/json', authorization: `Bearer ${apiKey}` },
    secrets: [apiKey],
  };
  const mode = options.mode ?? (new URL(target.baseUrl).hostname.startsWith('api.sandbox.') ? 'test' : 'live');
  const transportOf = (engine?: ServerEngine): Transport =>
    new Transport({ ...target, explain: engine ? explainWith(engine, 'paygentic-list') : () => '' }, options);
  transportOf();

  const fetch = fetcherOf(source, options.engine, async (customer, engine, signal) => {
    const transport = transportOf(engine);
    const filter = {
      [options.externalCustomerId ? 'externalCustomerId' : 'customerId']: customer,
      ...(productId && { productId }),
      ...(merchantId && { merchantId }),
    };
    const path = ({ offset }: PagePosition): string => {
      const query = new URLSearchParams({ ...filter, limit: String(PAGE_LIMIT), offset: String(offset) });
      return `/v1/entitlements?${query}`;
    };
    const alias = options.externalCustomerId && { customerIsAlias: true };
    const read = async (session: Session): Promise<FetchedSnapshot> => {
      const asOf = transport.now();
      const pages = await fetchPages(session, engine, { source, format: 'paygentic-list', path });
      return readSnapshot(engine, 'paygentic-list', pages, { customer, source, mode, asOf, ...alias }, source);
    };
    return untilWhole(transport.session(signal), read);
  });
  return { source, mode, fetch };
}

/** Reads again, within the same deadline, while the list keeps changing under the reader. */
async function untilWhole<T>(session: Session, read: (session: Session) => Promise<T>): Promise<T> {
  for (let left = READS - 1; ; left -= 1) {
    try {
      return await read(session);
    } catch (thrown) {
      if (left === 0 || !isUpstreamError(thrown, 'INCOMPLETE_LIST')) throw thrown;
    }
  }
}
