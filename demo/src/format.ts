// How values look on the page: times, money, configs, and what a reason means in the customer's words.
import type { Decision, JsonValue, Reason, Unlock } from 'plangate';

import { clock } from './clock.js';

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const amount = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** A time of day, to the second. */
export const time = (at: number): string => timeOfDay.format(at);

/** A day. */
export const date = (at: number): string => day.format(at);

/** A number with separators. */
export const number = (value: number): string => amount.format(value);

/** `1 feature`, `2 features`. */
export const count = (many: number, noun: string): string => `${number(many)} ${noun}${many === 1 ? '' : 's'}`;

/** Until when a decision holds. */
export function until({ validUntil }: Decision): string {
  if (validUntil === null) return 'no end date';
  return validUntil - clock.now() < 86_400_000 ? `until ${time(validUntil)}` : `until ${day.format(validUntil)}`;
}

/** A config value in a few characters. */
export const value = (json: JsonValue): string =>
  Array.isArray(json) ? json.map(value).join(', ') : typeof json === 'number' ? number(json) : String(json);

/** `limitGB` as `limit GB`. */
export const label = (field: string): string =>
  field.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/ ([A-Z][a-z])/g, (word) => word.toLowerCase());

type Price = Unlock['prices'][number];

/** A price as a price tag says it. */
export function price({ unitAmount, currency, interval, intervalCount = 1 }: Price): string {
  if (unitAmount === undefined) return 'priced by use';
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' });
  const tag = format.format(unitAmount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  return interval ? `${tag} / ${intervalCount > 1 ? `${intervalCount} ${interval}s` : interval}` : `${tag} once`;
}

const WORDS: { readonly [reason in Reason]?: string } = {
  GRANTED: 'Included',
  NOT_ENTITLED: 'Not in this plan',
  NOT_YET_ACTIVE: 'Not begun yet',
  EXPIRED: 'Has ended',
  CANCELED: 'Canceled',
  ACCESS_DENIED: 'Switched off',
  LIMIT_REACHED: 'Used up',
  SOFT_LIMIT_EXCEEDED: 'Over the limit, and allowed',
  NO_CONFIG: 'No limit was told',
  NOT_READY: 'Not loaded yet',
  SNAPSHOT_EXPIRED: 'The list is too old',
};

/** What a reason means, in the customer's words. */
export const words = (reason: Reason): string => WORDS[reason] ?? 'Cannot be told';
