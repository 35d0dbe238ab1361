import type { Settings } from './options.js';

/** Where the customer's list is fetched from. Throws what the application's own function throws. */
export const addressOf = ({ url }: Settings, customer: string | null): string =>
  String(typeof url === 'function' ? url(customer) : url);

/**
 * What tells lists apart: customers, where their lists come from, live and test data. Undefined: it is nobody's in
 * particular, or there is no address for them (the request tells that error).
 */
export function nameOf(settings: Settings, customer: string | null, key?: string): string | undefined {
  const whose = customer ?? key;
  try {
    return whose === undefined
      ? undefined
      : JSON.stringify([addressOf(settings, customer), settings.mode ?? '', whose]);
  } catch {
    return undefined;
  }
}
