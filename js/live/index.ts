// plangate/live: the latest list, in every tab, without being asked for. This is what a page loads at first; the rest is in
// machinery.ts and comes when the first answers are there, so that it delays none of them.
import { backoff } from '../client/backoff.js';
import type { Part } from '../client/part.js';
import type { Last } from './machinery.js';
import type { LiveOptions } from './options.js';

export type { LiveOptions } from './options.js';
export type { Line, Page } from './page.js';
export { storagePage } from './storage-page.js';

/**
 * Keeps the client's list the latest: by a stream, on focus, when connected again, and across tabs. Begins when the first
 * request is answered or has failed, with a second file; where that cannot be loaded, LIVE_LOAD_FAILED is told once, the
 * client goes on without, and it is tried again ever more slowly.
 */
export function live(options: LiveOptions = {}): Part {
  return (host) => {
    let last: Last | undefined;
    let failures = 0;
    const load = (): void => {
      import('./machinery.js').then(
        (module) => module.start(host, options, last!, failures),
        (thrown: unknown) => {
          if (!failures++) host.report(thrown, 'LIVE_LOAD_FAILED');
          // Disposed meanwhile: the client's clock is left alone.
          if (host.life.aborted) return;
          const timer = host.clock.setTimeout(load, backoff(failures, 2000, 300_000));
          host.life.addEventListener('abort', () => host.clock.clearTimeout(timer));
        },
      );
    };
    const told = (event: Last): void => {
      if (!last) load();
      last = event;
    };
    host.on('list', told);
    host.on('failed', told);
  };
}
