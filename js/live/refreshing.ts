import { backoff } from '../client/backoff.js';
import type { Clock } from '../client/clock.js';
import type { PartEvents, PartHost } from '../client/part.js';
import type { LiveOptions } from './options.js';
import type { Page } from './page.js';

/** The first wait after a failure. */
const FIRST_MS = 1000;

/** The server has nothing for us, and will not soon: neither busy nor in trouble. */
export const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429 && status !== 408;

/** The pause after a request. What is wanted meanwhile is done once, when it is over. */
function resting(clock: Clock, over: () => void) {
  // Durations, not moments: the clock may be set meanwhile.
  let timer: unknown;
  let wanted = false;
  return {
    /** Something is wanted. True: now is the time; false: it is kept for later. */
    want(): boolean {
      wanted = timer !== undefined;
      return !wanted;
    },
    /** Begins anew; `then` says whether something is wanted when it is over. */
    begin(ms: number, then: boolean): void {
      clock.clearTimeout(timer);
      wanted = then;
      timer = clock.setTimeout(() => {
        timer = undefined;
        if (wanted) over();
      }, ms);
    },
    stop: (): void => clock.clearTimeout(timer),
  };
}

/** When to fetch by ourselves: never two at once, never close together, ever more slowly while it fails. */
export function refreshing(host: PartHost, page: Page, options: LiveOptions) {
  const { gapMs = 5000, longestMs = 300_000, intervalMs } = options;
  const { clock } = host;
  let failures = 0;
  let round: unknown;
  let missed = false;

  /** Fetches, now or after the pause; false: only what was wanted while nobody looked, or nobody could be reached. */
  const nudge = (wanted = true): void => {
    if ((wanted || missed) && rest.want()) {
      // The page tells when that changes.
      missed = !(page.visible() && page.online());
      if (!missed) void host.refresh();
    }
  };
  const rest = resting(clock, nudge);
  const stop = (): void => {
    rest.stop();
    clock.clearTimeout(round);
  };

  const begun = (): void => {
    stop();
    failures = 0;
    missed = false;
    rest.begin(gapMs, false);
  };
  const listed = ({ origin }: PartEvents['list']): void => {
    if (origin !== 'cache') begun();
    clock.clearTimeout(round);
    if (intervalMs) round = clock.setTimeout(nudge, intervalMs * (0.9 + Math.random() / 5));
  };
  const failed = ({ error: { status = 0, retryAfter = 0 } }: Pick<PartEvents['failed'], 'error'>): void => {
    // Whoever is refused for good asks again only now and then.
    const wait = isRefusal(status) ? longestMs : backoff(++failures, FIRST_MS, longestMs);
    rest.begin(Math.max(wait, retryAfter || 0), true);
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
    reconnected(wanted: boolean): void {
      if (wanted && failures) {
        failures = 0;
        rest.begin(FIRST_MS * Math.random(), true);
      } else nudge(wanted);
    },
    stop,
  };
}
