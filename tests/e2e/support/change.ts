// When a page changed, measured in the page itself.
import type { Page } from 'playwright-core';

/** From an act on the billing side to the open page, at most. */
export const LONGEST_MS = 1000;

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
