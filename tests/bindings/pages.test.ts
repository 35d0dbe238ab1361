// The bindings in Chromium: pages rendered by a server, hydrated, and kept right; under the package's strict policy.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { shownBy, useBrowser } from './support/browser.js';
import { copy } from './support/project.js';

const { newPage } = useBrowser();
const project = copy('tests/bindings/pages');
let server: Awaited<ReturnType<typeof project.start>>;

beforeAll(async () => {
  await project.vite('development', '--outDir', 'dist/client');
  await project.vite('development', '--ssr', 'render.tsx', '--outDir', 'dist/server');
  server = await project.start('server.mjs');
});
afterAll(async () => {
  await server?.stop();
  project.remove();
});

/** Opens a page; what went wrong while it was rendered is told. */
async function open(page: Page, path: string): Promise<void> {
  const answer = await page.goto(server.url + path);
  if (!answer!.ok()) throw new Error(await answer!.text());
}

const RUNS = 'trial runs GRANTED, 4 left, Pro';
const OVER = 'trial over EXPIRED, 4 left, Pro';

describe.each(['react', 'vue', 'svelte'])('%s', (framework) => {
  test('hydrates with the first answers; nothing flickers', async () => {
    const page = await newPage();
    await open(page, `${framework}/60000`);
    await page.waitForTimeout(500);
    expect(await shownBy(page)).toEqual([RUNS]);
  });

  test('goes on with time on the open page', async () => {
    const page = await newPage();
    await open(page, `${framework}/2000`);
    await page.getByText('trial over').waitFor();
    expect(await shownBy(page)).toEqual([RUNS, OVER]);
  });

  test('a trial that ended before the scripts were there: no mismatch, then the end', async () => {
    const page = await newPage();
    await page.route(/\.js$/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      await route.continue();
    });
    await open(page, `${framework}/2000`);
    await page.getByText('trial over').waitFor();
    expect(await shownBy(page)).toEqual([RUNS, OVER]);
  });
});

test('a part that hydrates late does so with the answers of the server, and then turns to the present', async () => {
  const page = await newPage();
  await open(page, 'late/2500');
  await page.getByText('late over').waitFor();
  expect(await shownBy(page)).toEqual(['early runs late runs', 'early over late runs', 'early over late over']);
});

test('their types are right', () => project.types());
