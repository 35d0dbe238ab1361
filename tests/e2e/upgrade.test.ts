import { expect, it } from 'vitest';

import { useDemo } from './support/page.js';

const { open } = useDemo();

it('names the plans that would unlock a feature, the least one first', async () => {
  const page = await open('free');
  await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
  const prompt = page.getByRole('dialog', { name: 'Open Funnels' });
  expect(await prompt.locator('.lead').textContent()).toBe('Pro is the least you need.');
  expect(await prompt.locator('.plan h3').allTextContents()).toEqual(['Pro', 'Enterprise']);
  expect(await prompt.locator('.prices').allTextContents()).toEqual(['$490 / year or $49 / month', '$240 / month']);
  await prompt.getByRole('button', { name: 'Not now' }).click();
  expect(await prompt.isVisible()).toBe(false);
});

it('names only the plan that has the feature', async () => {
  const page = await open('pro');
  await page.getByRole('button', { name: 'How to unlock Audit log' }).click();
  expect(await page.getByRole('dialog').locator('.plan h3').allTextContents()).toEqual(['Enterprise']);
});
