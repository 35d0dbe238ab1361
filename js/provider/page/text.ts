// How the page writes times, money and kinds.

import type { FeatureKind, Plan, Price, Product } from '../../engine/billing.js';

const MINUTE = 60_000;

/** `31 Jan 2026, 12:00 UTC`; with seconds where they matter. */
export function moment(ms: number, seconds = false): string {
  const text = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds && { second: '2-digit' }),
    timeZone: 'UTC',
  }).format(ms);
  return `${text} UTC`;
}

/** `31 Jan 2026`. */
export const day = (ms: number): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(ms);

/** How far a time is from now: `in 3 days`, `2 hours ago`. */
export function distance(ms: number, now: number): string {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const minutes = (ms - now) / MINUTE;
  if (Math.abs(minutes) < 1) return format.format(Math.round(minutes * 60), 'second');
  if (Math.abs(minutes) < 60) return format.format(Math.round(minutes), 'minute');
  if (Math.abs(minutes) < 48 * 60) return format.format(Math.round(minutes / 60), 'hour');
  return format.format(Math.round(minutes / 60 / 24), 'day');
}

/** How many decimals a currency has; 2 for one that the browser does not know. */
function decimals(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** An amount as people write it, in the currency's smallest unit; NaN when it is no number. */
export const smallestUnit = (amount: string, currency: string): number =>
  amount.trim() === '' ? Number.NaN : Math.round(Number(amount) * 10 ** decimals(currency));

/** `$29.00`. */
export function money(unitAmount: number | null, currency: string): string {
  if (unitAmount === null) return 'by use';
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.format(unitAmount / 10 ** decimals(currency));
  } catch {
    return `${unitAmount} ${currency}`;
  }
}

/** `$29.00 a month`. */
export function priceText({ unitAmount, currency, interval, intervalCount }: Price): string {
  const amount = money(unitAmount, currency);
  if (interval === null) return `${amount} once`;
  return intervalCount === null || intervalCount === 1
    ? `${amount} a ${interval}`
    : `${amount} every ${intervalCount} ${interval}s`;
}

export const KINDS: Readonly<Record<FeatureKind, string>> = {
  boolean: 'On or off',
  static: 'With values',
  metered: 'Metered',
};

/** Names of things by their ids. */
export interface Names {
  readonly products: ReadonlyMap<string, Product>;
  readonly prices: ReadonlyMap<string, Price>;
  readonly plans: ReadonlyMap<string, Plan>;
}

export function productName(names: Names, id: string | null): string {
  const found = id === null ? undefined : names.products.get(id);
  return found && 'name' in found ? found.name : (id ?? '');
}

/** `Pro, $29.00 a month`. */
export function offerName(names: Names, priceId: string): string {
  const price = names.prices.get(priceId);
  return price ? `${productName(names, price.product)}, ${priceText(price)}` : priceId;
}

/** What of a subscription says what it is to, now or at its next period. */
interface Subscribed {
  readonly plan: string | null;
  readonly items: readonly { readonly price: string; readonly quantity: number }[];
}

/** What a subscription is to. */
export function subscribedTo(names: Names, { plan, items }: Subscribed): string {
  const named = plan === null ? undefined : names.plans.get(plan);
  if (named) return `${productName(names, named.product)}, ${named.name}`;
  return items
    .map(({ price, quantity }) => offerName(names, price) + (quantity > 1 ? ` × ${quantity}` : ''))
    .join('; ');
}
