import { expect, it } from 'vitest';

import { demo, useDemo, watch } from './support/page.js';
import { startBrowser } from '../support/chromium.mjs';

const { open } = useDemo();

it('runs the engine under a policy without eval and inline code', async () => {
  const policy = (await fetch(demo())).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toContain("'unsafe-");
  const page = await open('pro');
  expect(await page.locator('.tile[data-state="open"]').count()).toBe(23);
  const wasm = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.endsWith('.wasm')),
  );
  expect(wasm).toHaveLength(1);
});

// The guard of every other test: it must see what it is there for.
it('would see a refusal', async () => {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    const problems = await watch(page);
    await page.goto(demo());
    await page.evaluate(() => {
      const image = document.createElement('img');
      image.src = 'https://example.invalid/x.png';
      document.body.append(image);
    });
    await expect.poll(() => problems.some((problem) => problem.startsWith('policy: img-src'))).toBe(true);
  } finally {
    await browser.close();
  }
});
