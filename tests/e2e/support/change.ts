// When a page changed, measured in the page itself.
import type { Page } from 'playwright-core';

/** From an act on the billing side to the open page, at most, on a machine that has nothing else to do. */
const LONGEST_MS = 1000;
/** On one that has: in so many round trips between page and server. A change is about as many exchanges on its way. */
const ROUND_TRIPS = 25;

/**
 * How long a change may take at most. Asks the server for next to nothing, again and again, while the change is under way;
 * the answer ends that, and tells the limit in ms: a second, or so many times the slowest of these round trips.
 */
export async function limitOf(page: Page, path: string): Promise<() => Promise<number>> {
  const slowest = await page.evaluateHandle((url) => {
    let on = true;
    const laps = (async () => {
      let most = 0;
      while (on) {
        const begun = performance.now();
        await (await fetch(url, { cache: 'no-store' })).arrayBuffer();
        most = Math.max(most, performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return most;
    })();
    return () => ((on = false), laps);
  }, path);
  return async () => Math.max(LONGEST_MS, ROUND_TRIPS * (await slowest.evaluate((end) => end())));
}

/** Remembers, in the page, when a tile became what it is; the answer waits for it, and tells that moment. */
export async function watchTile(page: Page, key: string, state: string): Promise<() => Promise<number>> {
  await page.evaluate(
    ([wantedKey, wanted]) => {
      const element = document.querySelector(`.tile[data-key="${wantedKey}"]`) as HTMLElement;
      const seen = globalThis as { tileChanged?: number };
      delete seen.tileChanged;
      new MutationObserver(() => {
        if (element.dataset.state === wanted) seen.tileChanged ??= Date.now();
      }).observe(element, { attributes: true });
    },
    [key, state] as const,
  );
  return async () => {
    await page.waitForFunction(() => 'tileChanged' in globalThis);
    return page.evaluate(() => (globalThis as { tileChanged?: number }).tileChanged!);
  };
}

/** Marks the document; the answer tells whether it is the same one still. */
export async function sameDocument(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => void ((globalThis as { sameDocument?: boolean }).sameDocument = true));
  return () => page.evaluate(() => (globalThis as { sameDocument?: boolean }).sameDocument === true);
}
