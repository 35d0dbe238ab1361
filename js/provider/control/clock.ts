// Moving the provider's clock, and letting what happens meanwhile happen.

import { ProviderError } from '../errors.js';
import type { ProviderState } from '../state/state.js';
import type { Work } from '../state/work.js';
import type { ClockRequest } from './app.js';

/** Does what is asked; time then passes for everybody without a test clock. Throws ProviderError for a time before now. */
export async function moveClock(state: ProviderState, asked: ClockRequest): Promise<void> {
  await state.run((work) => {
    move(state, asked, work);
    work.documents.put('clock', 'clock', state.clock.document);
  });
  // The clock stands where it was told to: what falls due until then is done, and kept.
  await state.run(() => {});
}

function move({ clock }: ProviderState, asked: ClockRequest, work: Work): void {
  switch (asked.do) {
    case 'freeze':
      return clock.freeze(asked.to);
    case 'resume':
      return clock.resume();
    case 'advance':
      if ((asked.to === undefined) === (asked.by === undefined))
        throw new ProviderError('INVALID_OPTION', 'advance takes to or by');
      return clock.advance(asked.to ?? after(clock.now(), asked.by ?? 0));
    case 'period_end':
      return clock.advance(periodEnd(work, asked.subscription));
  }
}

/** When the period of a subscription ends; without one, the first to end. */
function periodEnd({ ledger }: Work, id: string | undefined): number {
  const running =
    id === undefined
      ? ledger.every('subscriptions', {}).filter(({ clock }) => clock === null)
      : [ledger.get('subscription', id)];
  const ends = running.filter(({ status }) => status !== 'canceled').map((row) => row.periodEnd);
  if (ends.length === 0)
    throw new ProviderError('INVALID_OPTION', 'there is no running subscription whose period could end');
  return Math.min(...ends);
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
