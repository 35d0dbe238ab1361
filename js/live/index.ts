// plangate/live: the latest list, in every tab, without being asked for.
import type { Part } from '../client/part.js';
import type { LiveOptions } from './options.js';
import { thisPage } from './page.js';
import { refreshing } from './refreshing.js';
import { sharing } from './sharing.js';

export type { LiveOptions } from './options.js';
export type { Line, Page } from './page.js';
export { storagePage } from './storage-page.js';

/** Keeps the client's list the latest: by a stream, on focus, when connected again, and across tabs. */
export function live(options: LiveOptions = {}): Part {
  return (host) => {
    const { page = thisPage, focus = true, online = true } = options;
    const refresher = refreshing(host, page, options);
    const tabs = sharing(host, page, options, refresher.nudge);
    let asleep = false;
    const stop = page.watch((event) => {
      if (event === 'online') {
        if (online) refresher.reconnected();
      } else if (event === 'sleep') {
        asleep = true;
        tabs.leave();
      } else if (event === 'focus' || asleep) {
        // A page that is shown for the first time has not slept.
        if (asleep && event === 'wake') tabs.join();
        asleep &&= event !== 'wake';
        if (focus) refresher.nudge();
      }
    });
    host.life.addEventListener('abort', () => {
      stop();
      refresher.stop();
      tabs.leave();
    });
  };
}
