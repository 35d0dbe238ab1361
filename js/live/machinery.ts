// What keeps a list the latest. A file of its own, which pages load once they have their first answers: see index.ts.
import type { PartEvents, PartHost } from '../client/part.js';
import type { LiveOptions } from './options.js';
import { thisPage } from './page.js';
import { refreshing } from './refreshing.js';
import { sharing } from './sharing.js';

/** What the client told last before this was loaded. */
export type Last = PartEvents['list'] | PartEvents['failed'];

/**
 * Streams, refreshes and shares until the client is disposed. After `failures` of loading this file, the list may be old:
 * it is asked for anew.
 */
export function start(host: PartHost, options: LiveOptions, last: Last, failures: number): void {
  if (host.life.aborted) return;
  const { page = thisPage, focus = true, online = true } = options;
  const refresher = refreshing(host, page, options);
  const tabs = sharing(host, page, options, refresher.nudge);
  let asleep = false;
  const stop = page.watch((event) => {
    if (event === 'online') refresher.reconnected(online);
    else if (event === 'sleep') {
      asleep = true;
      tabs.leave();
    } else if (event === 'focus' || asleep) {
      // A page that is shown for the first time has not slept.
      if (asleep && event === 'wake') tabs.join();
      asleep &&= event !== 'wake';
      refresher.nudge(focus);
    }
  });
  host.life.addEventListener('abort', () => {
    stop();
    refresher.stop();
    tabs.leave();
  });
  catchUp(host, refresher, tabs, last);
  if (failures) refresher.nudge();
}

/** Makes up for what was told meanwhile. */
function catchUp(
  host: PartHost,
  refresher: ReturnType<typeof refreshing>,
  tabs: ReturnType<typeof sharing>,
  last: Last,
): void {
  refresher.begun();
  tabs.join();
  // As the client sees it now: a kept list that came after a failure does not make up for it.
  const { error } = host;
  if (error) refresher.failed({ error });
  // Without a list, it was of the customer before.
  else if (host.ready && !('error' in last)) {
    refresher.listed(last);
    tabs.listed(last);
  }
}
