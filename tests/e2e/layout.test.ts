import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';

import { CUSTOMERS, demo, useDemo } from './support/page.js';
import type { Who } from './support/page.js';

const { open } = useDemo();

/** Elements that reach out of the page to the right. */
const wide = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter(
        (element) => !element.closest('.unseen, .skip') && element.getBoundingClientRect().right > innerWidth + 0.5,
      )
      .map((element) => `${element.tagName}.${element.getAttribute('class')}`),
  );

describe.each(Object.keys(CUSTOMERS) as Who[])('%s', (who) => {
  it.each([320, 375, 768, 1280])('needs no sideways scrolling at %d px', async (width) => {
    const page = await open(who, { viewport: { width, height: 800 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await wide(page)).toEqual([]);
  });
});

it('fits its prompt into 320 px', async () => {
  const page = await open('free', { viewport: { width: 320, height: 560 } });
  await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
  const box = await page.getByRole('dialog').boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 320 && box.y >= 0 && box.y + box.height <= 560).toBe(true);
  expect(await wide(page)).toEqual([]);
});

it('fits its checkout into 320 px', async () => {
  const page = await open('free', { viewport: { width: 320, height: 800 } });
  await page.goto(demo(`checkout.html?customer=${CUSTOMERS.free.id}&price=price_pro_year`));
  await page.getByRole('button', { name: 'Pay $490 / year' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await wide(page)).toEqual([]);
});

it('keeps still where less motion is wanted', async () => {
  const page = await open('metered', { reducedMotion: 'reduce' });
  const slow = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) =>
        getComputedStyle(element)
          .transitionDuration.split(',')
          .some((duration) => parseFloat(duration) > 0.001),
      ).length,
  );
  expect(slow).toBe(0);
});

it('follows the system theme until told otherwise, and remembers', async () => {
  const page = await open('free', { colorScheme: 'dark' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const toggle = page.getByRole('button', { name: 'Dark' });
  const dark = await ground();
  expect(await toggle.getAttribute('aria-pressed')).toBe('true');
  await toggle.click();
  expect(await toggle.getAttribute('aria-pressed')).toBe('false');
  const light = await ground();
  expect(light).not.toBe(dark);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: CUSTOMERS.free.name }).waitFor();
  expect(await ground()).toBe(light);
});
