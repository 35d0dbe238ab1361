import type { Format, LoadRequest } from '../engine/types.js';
import type { Bootstrap, Settings } from './options.js';
import { splitPages } from './pages.js';
import type { Origin } from './part.js';

/** One whole list as it came: kept, so that a replaced engine can be given it again. */
export interface Payload {
  format: Format;
  pages: readonly Uint8Array[];
  request: LoadRequest;
  origin: Origin;
  /** Its version in the server's words. */
  etag: string | null;
}

/** A list as the engine takes it, with what is expected of it. `asOf`: when it was asked for; snapshots say it. */
export function payloadOf(
  { settings, customer }: { settings: Settings; customer: string | null },
  list: Bootstrap,
  origin: Origin,
  etag: string | null = null,
  format = settings.format ?? 'snapshot',
  asOf = settings.clock.now(),
): Payload {
  const text = typeof list === 'string' || list instanceof Uint8Array ? list : JSON.stringify(list);
  const body = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const request = { ...settings.request, customer: customer ?? undefined };
  return format === 'snapshot'
    ? { format, pages: [body], request, origin, etag }
    : // Clocks that go on by ticks tell fractions of a millisecond; lists have none.
      {
        format: `${format}-list`,
        pages: splitPages(body),
        request: { ...request, asOf: Math.floor(asOf) },
        origin,
        etag: null,
      };
}
