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
    const stop = page.watch((event) => {
      if (event === 'sleep') tabs.leave();
      else if (event === 'online') {
        if (online) refresher.reconnected();
      } else {
        if (event === 'wake') tabs.join();
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
