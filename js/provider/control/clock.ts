// Moving the provider's clock, and letting what happens meanwhile happen.

import type { Clock } from '../../engine/billing.js';
import type { ProviderClock } from '../clock.js';
import { ProviderError } from '../errors.js';
import type { ProviderState } from '../state/state.js';
import type { Work } from '../state/work.js';
import type { ClockRequest } from './app.js';

/**
 * Does what is asked; time then passes for everybody without a test clock. Answers the test clock that moved instead, if one
 * did. Throws ProviderError for a time before now.
 */
export async function moveClock(state: ProviderState, asked: ClockRequest): Promise<Clock | undefined> {
  const moved = await state.run((work) => {
    const other = move(state, asked, work);
    work.documents.put('clock', 'clock', state.clock.document);
    return other;
  });
  // The clock stands where it was told to: what falls due until then is done, and kept.
  await state.run(() => {});
  return moved;
}

function move({ clock }: ProviderState, asked: ClockRequest, work: Work): Clock | undefined {
  switch (asked.do) {
    case 'freeze':
      return void clock.freeze(asked.to);
    case 'resume':
      return void clock.resume();
    case 'advance':
      if ((asked.to === undefined) === (asked.by === undefined))
        throw new ProviderError('INVALID_OPTION', 'advance takes to or by');
      return void clock.advance(asked.to ?? after(clock.now(), asked.by ?? 0));
    case 'period_end':
      return toPeriodEnd(clock, work, asked.subscription);
  }
}

/** Goes on to the end of a subscription's period, in the time that it lives in; without one, to the first end of all. */
function toPeriodEnd(clock: ProviderClock, work: Work, id: string | undefined): Clock | undefined {
  const asked = id === undefined ? work.ledger.every('subscriptions', {}) : [work.ledger.get('subscription', id)];
  // What is paused or has ended has no period that could end by itself.
  const running = asked.filter(({ status }) => status !== 'canceled' && status !== 'paused');
  const [first] = running
    .filter((row) => id !== undefined || row.clock === null)
    .sort((a, b) => a.periodEnd - b.periodEnd);
  if (!first) throw new ProviderError('INVALID_OPTION', 'there is no running subscription whose period could end');
  if (first.clock === null) return void clock.advance(first.periodEnd);
  return work.do<Clock>({ do: 'clock.advance', id: first.clock, to: first.periodEnd });
}

const DURATION = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** A time some duration later: ms, or ISO 8601 (P1M, P7D, PT1H). Months are calendar months, in UTC; a day too many is cut. */
export function after(time: number, by: number | string): number {
  if (typeof by === 'number') return time + by;
  const found = DURATION.exec(by);
  if (!found || by === 'P' || by.endsWith('T')) {
    throw new ProviderError('INVALID_OPTION', `'${by}' is no duration; say P1M, P7D or PT1H, or milliseconds`);
  }
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + years * 12 + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() + ((weeks * 7 + days) * 24 * 3600 + hours * 3600 + minutes * 60 + seconds) * 1000;
}
