// What there is to buy at Stripe: features, products, prices, and which feature is attached to which product.

import type { CataloguePages, ServerEngine } from './engine-port.js';
import { fetchPages, stripePath } from './paging.js';
import type { PagePosition } from './paging.js';
import type { Session } from './transport.js';
import { refusing } from './upstream.js';

// Enough to hide the round trips, few enough to leave Stripe's rate limit (25 reads a second in test mode) alone.
const PARALLEL = 4;

/** Fetches every list whole, archived objects too, and gives plangate's catalogue JSON. */
export async function fetchStripeCatalogue(session: Session, engine: ServerEngine, source: string): Promise<string> {
  const list = (path: string): Promise<Uint8Array[]> =>
    fetchPages(session, engine, {
      source,
      format: 'stripe-list',
      path: (position: PagePosition) => stripePath(path, position),
    });
  // Without a filter on `active` or `archived` Stripe lists both.
  const [features, products, prices] = await Promise.all([
    list('/v1/entitlements/features'),
    list('/v1/products'),
    list('/v1/prices'),
  ]);
  const bare: CataloguePages = { features, products, prices, attachments: [] };
  const ids = productIds(refusing(source, () => engine.catalogue(bare)));
  const attachments = await mapParallel(
    ids,
    async (id) => [id, await list(`/v1/products/${encodeURIComponent(id)}/features`)] as const,
  );
  return refusing(source, () => engine.catalogue({ ...bare, attachments }));
}

/** The products of a catalogue that the core wrote: our own format, not Stripe's. */
function productIds(catalogue: string): string[] {
  const { products } = JSON.parse(catalogue) as { products: { id: string }[] };
  return products.map(({ id }) => id);
}

/** Like Promise.all over a map, with at most PARALLEL at a time. The first failure ends it. */
async function mapParallel<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const at = next++;
      try {
        results[at] = await task(items[at]!);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
  return results;
}
