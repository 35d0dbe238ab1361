import { describe, expect, it } from 'vitest';

import { violations } from './support/axe.js';
import { CUSTOMERS, useDemo } from './support/page.js';
import type { Who } from './support/page.js';

const { open } = useDemo();
describe.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', (colorScheme) => {
  it.each(Object.keys(CUSTOMERS) as Who[])('%s', async (who) => {
    expect(await violations(await open(who, { colorScheme }))).toEqual([]);
  });

  it('with the prompt open', async () => {
    const page = await open('free', { colorScheme });
    await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
    expect(await violations(page)).toEqual([]);
  });

  it('at the checkout', async () => {
    const page = await open('free', { colorScheme });
    await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
    await page.getByRole('link', { name: 'Upgrade to Pro' }).click();
    await page.getByRole('button', { name: 'Pay $49 / month' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('with an allowance used up, at 320 px', async () => {
    const page = await open('metered', { colorScheme, viewport: { width: 320, height: 800 } });
    await page.getByRole('button', { name: 'Use all that is left' }).first().click();
    await page.locator('.meter[data-key="api_calls"][data-state="locked"]').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

it('has one main heading, and headings that skip no level', async () => {
  const page = await open('metered');
  const levels = await page
    .locator('h1, h2, h3, h4')
    .evaluateAll((headings) =>
      headings.filter((heading) => (heading as HTMLElement).offsetParent).map(({ tagName }) => Number(tagName[1])),
    );
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  const fromMain = levels.slice(levels.indexOf(1));
  fromMain.forEach((level, i) => expect(level - (fromMain[i - 1] ?? 1)).toBeLessThanOrEqual(1));
});
