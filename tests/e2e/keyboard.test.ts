import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';

import { CUSTOMERS, useDemo } from './support/page.js';

const { open } = useDemo();

/** The name of what has focus, and whether that shows. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    const { outlineStyle, outlineWidth } = getComputedStyle(element!);
    return {
      text: element!.textContent?.trim(),
      id: element!.id,
      visible: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    };
  });

async function tabTo(page: Page, text: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const { text: now, visible } = await focused(page);
    expect(visible, `focus shows on ${now}`).toBe(true);
    if (now === text) return;
  }
  throw new Error(`Tab never came to ${text}`);
}

it('skips to the product', async () => {
  const page = await open('free');
  await page.keyboard.press('Tab');
  expect((await focused(page)).text).toBe('Skip to the product');
  await page.keyboard.press('Enter');
  expect((await focused(page)).id).toBe('main');
});

it('chooses a customer with the arrow keys and keeps focus there', async () => {
  const page = await open('free');
  await page.getByRole('radio', { name: CUSTOMERS.free.name }).focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('heading', { level: 1, name: CUSTOMERS.pro.name }).waitFor();
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe(CUSTOMERS.pro.id);
});

it('opens a prompt, stays inside it, and comes back to where it was', async () => {
  const page = await open('pro');
  await tabTo(page, 'How to unlock Audit log');
  await page.keyboard.press('Enter');
  const prompt = page.getByRole('dialog', { name: 'Open Audit log' });
  await prompt.waitFor();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(
      () => document.activeElement === document.body || !!document.activeElement?.closest('dialog'),
    );
    expect(inside).toBe(true);
  }
  await page.keyboard.press('Escape');
  expect(await prompt.isVisible()).toBe(false);
  expect((await focused(page)).text).toBe('How to unlock Audit log');
});

it('uses an allowance and keeps focus on the button', async () => {
  const page = await open('metered');
  await tabTo(page, 'Make 2,000 calls');
  await page.keyboard.press('Space');
  await expect.poll(() => page.locator('.meter .left').first().textContent()).toBe('6,340 calls left of 10,000');
  expect((await focused(page)).text).toBe('Make 2,000 calls');
});
