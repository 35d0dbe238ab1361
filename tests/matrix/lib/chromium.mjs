// Pages in Chromium whose whole life is watched: what they showed from the first paint on.
import { startBrowser } from '../../support/chromium.mjs';

/** Runs in the page before its own scripts: notes the text of #root whenever a task or a frame has changed it. */
function watchRoot() {
  const texts = [];
  Object.assign(globalThis, { shownTexts: texts });
  const look = () => {
    const text = document.querySelector('#root')?.innerText.replace(/\s+/g, ' ').trim();
    if (text && text !== texts.at(-1)) texts.push(text);
  };
  new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
  const frame = () => {
    look();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/**
 * The texts that #root has shown until a little after the page's own request for `fetches` was answered, and `changes` of
 * them were seen. Throws what the page writes to the console as an error or warning.
 */
export async function shown(url, { cookies = {}, fetches, changes = 0 }) {
  const browser = await startBrowser();
  try {
    const context = await browser.newContext();
    await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url })));
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const problems = [];
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      const isIcon = message.location().url.endsWith('/favicon.ico');
      if (['error', 'warning'].includes(message.type()) && !isIcon) problems.push(message.text());
    });
    await page.addInitScript(watchRoot);
    const fetched = page.waitForResponse(fetches);
    await page.goto(url);
    await fetched;
    await page.waitForFunction((count) => globalThis.shownTexts.length > count, changes);
    await page.waitForTimeout(300);
    if (problems.length > 0) throw new Error(`the page reports: ${problems.join('; ')}`);
    return await page.evaluate(() => globalThis.shownTexts);
  } finally {
    await browser.close();
  }
}
