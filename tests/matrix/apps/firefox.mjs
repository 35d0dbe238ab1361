// Opens a page in Firefox over WebDriver BiDi; prints its title, what it logged, and the browser's version.
import puppeteer from 'puppeteer-core';

const [url, executablePath] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => document.title !== 'waiting', { timeout: 60_000 });
  console.log(JSON.stringify({ title: await page.title(), errors, version: await browser.version() }));
} finally {
  await browser.close();
}
