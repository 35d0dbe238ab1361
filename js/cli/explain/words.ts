// The answer of `plangate explain` as text.
import type { JsonObject, Unlock } from '../../engine/types.js';
import type { Answer } from './answer.js';

/** All of it, a fact a line. */
export function words(answer: Answer): string {
  const { customer, feature, allowed, reason, meaning, at, until, decision, list, rows, unlocks } = answer;
  const { limit, remaining, config } = decision;
  const lines = [
    `${feature}: ${allowed ? 'allowed' : 'denied'} for ${customer} (${reason})`,
    `  why      ${meaning}`,
    `  at       ${at}`,
    `  until    ${until ?? 'nothing changes it by time alone'}`,
    ...(limit === undefined ? [] : [`  limit    ${limit}${remaining === undefined ? '' : `, ${remaining} left`}`]),
    ...(config === undefined ? [] : [`  config   ${JSON.stringify(config)}`]),
    `  list     ${list.from}: ${list.entries} ${list.entries === 1 ? 'entitlement' : 'entitlements'}, ${list.mode} mode, as of ${list.asOf}`,
    ...rows.map(({ grants, row }) => `  row      ${grants ? 'grants' : 'does not grant'}: ${rowWords(row)}`),
    ...answer.warnings.map(({ code, pointer }) => `  closed   ${code} at ${pointer}`),
    ...unlocks.map((unlock) => `  unlock   ${unlockWords(unlock)}`),
    ...(allowed || unlocks.length > 0
      ? []
      : ['  unlock   none known: no product of a catalogue that was read would grant it']),
    ...answer.notes.map((note) => `  note     ${note}`),
  ];
  return lines.join('\n');
}

// As the snapshot leaves them out.
const DEFAULTS = {
  id: '(no id)',
  type: 'boolean',
  status: 'active',
  hasAccess: true,
  activeFrom: null,
  activeTo: null,
};

function rowWords(given: JsonObject): string {
  const row = { ...DEFAULTS, ...given } as Record<string, unknown>;
  const named = (name: string, key: string): string[] => (row[key] ? [`${name} ${String(row[key])}`] : []);
  const time = (word: string, key: string): string[] =>
    typeof row[key] === 'number' ? [`${word} ${new Date(row[key]).toISOString()}`] : [];
  return [
    String(row['id']),
    String(row['type']),
    String(row['status']),
    ...(row['hasAccess'] === false ? ['hasAccess false'] : []),
    ...time('from', 'activeFrom'),
    ...time('to', 'activeTo'),
    ...named('product', 'productId'),
    ...named('subscription', 'subscriptionId'),
    ...(row['config'] ? [`config ${JSON.stringify(row['config'])}`] : []),
    ...usageWords(row['usage'] as JsonObject | undefined),
    ...(row['malformed'] === true ? ['malformed'] : []),
  ].join(', ');
}

/** As much of the use as is known. */
function usageWords(usage: JsonObject | undefined): string[] {
  if (!usage) return [];
  const { balance, usageInPeriod, overage, periodEnd, soft, pool } = usage;
  return [
    ...(usageInPeriod === undefined ? [] : [`used ${String(usageInPeriod)}`]),
    ...(balance === undefined ? [] : [`${String(balance)} left`]),
    ...(overage ? [`${String(overage)} over`] : []),
    ...(typeof periodEnd === 'number' ? [`period ends ${new Date(periodEnd).toISOString()}`] : []),
    ...(soft ? ['soft limit'] : []),
    ...(pool ? [`pool ${String(pool)}`] : []),
  ];
}

function unlockWords({ productId, name, prices }: Unlock): string {
  const sold = prices.map(priceWords);
  return `${name || productId} (${productId})${sold.length === 0 ? '' : `: ${sold.join(', or ')}`}`;
}

function priceWords({ id, unitAmount, currency, interval, intervalCount = 1 }: Unlock['prices'][number]): string {
  const every =
    interval === undefined ? '' : intervalCount === 1 ? ` a ${interval}` : ` every ${intervalCount} ${interval}s`;
  return `${unitAmount === undefined ? 'a price of its own' : amountWords(unitAmount, currency)}${every} (${id})`;
}

/** 2900 usd is $29.00; 2900 jpy is 2900 yen. */
function amountWords(minor: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    // Not a currency that is known here.
    return `${minor} ${currency} (smallest unit)`;
  }
}
