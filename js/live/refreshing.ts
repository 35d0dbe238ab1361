import { backoff } from '../client/backoff.js';
import type { PartEvents, PartHost } from '../client/part.js';
import type { LiveOptions } from './options.js';
import type { Page } from './page.js';

/** The first wait after a failure. */
const FIRST_MS = 1000;

/** The server has nothing for us, and will not soon: neither busy nor in trouble. */
export const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429 && status !== 408;

/** When to fetch by ourselves: never two at once, never close together, ever more slowly while it fails. */
export function refreshing(host: PartHost, page: Page, options: LiveOptions) {
  const { gapMs = 5000, longestMs = 300_000, intervalMs } = options;
  const { clock } = host;
  let failures = 0;
  // Durations, not moments: the clock may be set meanwhile.
  let rest: unknown;
  let round: unknown;
  /** Something wants a request when the rest is over. */
  let wanted = false;

  const nudge = (): void => {
    wanted = rest !== undefined;
    // Nobody looks, or nobody can be reached: the page tells when that changes.
    if (!wanted && page.visible() && page.online()) void host.refresh();
  };
  const pause = (ms: number, then: boolean): void => {
    clock.clearTimeout(rest);
    wanted = then;
    rest = clock.setTimeout(() => {
      rest = undefined;
      if (wanted) nudge();
    }, ms);
  };
  const stop = (): void => [rest, round].forEach((timer) => clock.clearTimeout(timer));

  const begun = (): void => {
    stop();
    failures = 0;
    pause(gapMs, false);
  };
  const listed = ({ origin }: PartEvents['list']): void => {
    if (origin === 'cache') return;
    begun();
    if (intervalMs) round = clock.setTimeout(nudge, intervalMs * (0.9 + Math.random() / 5));
  };
  const failed = ({ error: { status = 0, retryAfter = 0 } }: Pick<PartEvents['failed'], 'error'>): void => {
    // Whoever is refused for good asks again only now and then.
    const wait = isRefusal(status) ? longestMs : backoff(++failures, FIRST_MS, longestMs);
    pause(Math.min(Math.max(wait, retryAfter || 0), 2 ** 31 - 1), true);
  };
  host.on('begin', begun);
  host.on('list', listed);
  host.on('failed', failed);
  return {
    nudge,
    begun,
    listed,
    failed,
    /** The device is connected again: that makes up for failures. */
    reconnected(): void {
      if (failures) {
        failures = 0;
        pause(FIRST_MS * Math.random(), true);
      } else nudge();
    },
    stop,
  };
}
