import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { CUSTOMERS, useDemo } from './support/page.js';
import type { Who } from './support/page.js';

const { open } = useDemo();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe-core has against the page as it is now. */
async function violations(page: Page): Promise<string[]> {
  // Colours that are still fading would be measured half-way.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
  await page.evaluate(axe);
  const results = await page.evaluate((tags) => {
    const { axe: runner } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    return runner.run({ runOnly: tags });
  }, TAGS);
  expect(results.passes.length).toBeGreaterThan(15);
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

describe.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', (colorScheme) => {
  it.each(Object.keys(CUSTOMERS) as Who[])('%s', async (who) => {
    expect(await violations(await open(who, { colorScheme }))).toEqual([]);
  });

  it('with the prompt open', async () => {
    const page = await open('free', { colorScheme });
    await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
    expect(await violations(page)).toEqual([]);
  });

  it('with an allowance used up, at 320 px', async () => {
    const page = await open('metered', { colorScheme, viewport: { width: 320, height: 800 } });
    await page.getByRole('button', { name: 'Use all that is left' }).first().click();
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
