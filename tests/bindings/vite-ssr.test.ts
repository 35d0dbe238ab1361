// examples/vite-ssr in Chromium: rendered by its server, hydrated with the same answers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { shownBy, useBrowser } from './support/browser.js';
import { copy } from './support/project.js';

const UPGRADE = 'Reports There is no trial. Reports are locked. Pro has them. 4 of 5 GB used, 1 GB left';
const PRO = 'Reports There is no trial. Revenue is up. 4 of 500 GB used, 496 GB left';

describe.each(['development', 'production'] as const)('with React for %s', (mode) => {
  const { newPage } = useBrowser();
  const project = copy('examples/vite-ssr');
  let server: Awaited<ReturnType<typeof project.start>>;

  beforeAll(async () => {
    await project.vite(mode, '--outDir', 'dist/client');
    await project.vite(mode, '--ssr', 'src/entry-server.tsx', '--outDir', 'dist/server');
    server = await project.start('server.mjs');
  });
  afterAll(async () => {
    await server?.stop();
    project.remove();
  });

  const open = async (customer: string, script = true) => {
    const page = await newPage({ cookies: { customer }, url: server.url, script });
    // The page's own fetch, behind the first answers.
    const fetched = script ? page.waitForResponse(/\/entitlements$/) : undefined;
    const answer = await page.goto(server.url);
    await fetched;
    expect(answer!.headers()['cache-control']).toContain('private');
    return page;
  };

  test.each([
    ['free', UPGRADE],
    ['pro', PRO],
  ])('%s: the first answer is in the first render, and nothing flickers', async (customer, text) => {
    const page = await open(customer);
    await page.waitForTimeout(200);
    expect(await shownBy(page)).toEqual([text]);
  });

  test('without JavaScript the page says the same', async () => {
    const page = await open('pro', false);
    expect((await page.locator('#root').innerText()).replace(/\s+/g, ' ')).toBe(PRO);
  });

  test('a trial that ends before the scripts are there: no mismatch, then the end', async () => {
    const page = await newPage({ cookies: { customer: 'trial-2000' }, url: server.url });
    await page.route(/\/assets\/index-.*\.js$/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      await route.continue();
    });
    await page.goto(server.url);
    await page.getByText('There is no trial.').waitFor();
    const locked = 'Reports are locked. Pro has them. Storage is not part of your plan.';
    expect(await shownBy(page)).toEqual([
      `Reports Your trial is running. ${locked}`,
      `Reports There is no trial. ${locked}`,
    ]);
  });

  test('a trial that ends on the open page', async () => {
    const page = await open('trial-2500');
    await page.getByText('There is no trial.').waitFor();
    expect(await shownBy(page)).toHaveLength(2);
  });

  test('customers asking at the same time get their own pages', async () => {
    const pages = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const customer = i % 2 ? 'pro' : 'free';
        const answer = await fetch(server.url, { headers: { cookie: `customer=${customer}` } });
        return { customer, html: await answer.text() };
      }),
    );
    for (const { customer, html } of pages) {
      expect(html.includes('Revenue is up.')).toBe(customer === 'pro');
      expect(html).toContain(`"customer":"${customer}"`);
    }
  });
});

test('its types are right', async () => {
  const project = copy('examples/vite-ssr');
  try {
    await project.types();
  } finally {
    project.remove();
  }
});
