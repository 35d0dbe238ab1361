import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';

import { useDemo } from './support/page.js';

const { open } = useDemo();

const meter = (page: Page, key: string) => page.locator(`.meter[data-key="${key}"]`);
const left = (page: Page, key: string) => meter(page, key).locator('.left').textContent();
const reason = (page: Page, key: string) => meter(page, key).locator('.meter-verdict code').textContent();

it('uses up a metered balance to the last unit, and then refuses', async () => {
  const page = await open('metered');
  const calls = page.getByRole('meter', { name: 'API calls this period' });
  const spend = page.getByRole('button', { name: 'Make 2,000 calls' });
  expect(await left(page, 'api_calls')).toBe('8,340 calls left of 10,000');
  for (const rest of ['6,340', '4,340', '2,340', '340']) {
    await spend.click();
    await expect.poll(() => left(page, 'api_calls')).toBe(`${rest} calls left of 10,000`);
  }
  // Some room, but not enough for this many: refused, and nothing was used.
  await spend.click();
  await expect
    .poll(() => page.locator('#live').textContent())
    .toBe('API calls this period: 2,000 more refused, LIMIT_REACHED.');
  expect(await left(page, 'api_calls')).toBe('340 calls left of 10,000');
  expect(await reason(page, 'api_calls')).toBe('GRANTED');
  const rest = meter(page, 'api_calls').getByRole('button', { name: 'Use all that is left' });
  await rest.click();
  await expect.poll(() => left(page, 'api_calls')).toBe('0 calls left of 10,000');
  expect(await reason(page, 'api_calls')).toBe('LIMIT_REACHED');
  expect(await calls.getAttribute('aria-valuenow')).toBe('10000');
  expect(await meter(page, 'api_calls').getAttribute('data-state')).toBe('locked');
  await rest.click();
  await expect
    .poll(() => page.locator('#live').textContent())
    .toBe('API calls this period: 1 more refused, LIMIT_REACHED.');
});

it('compares a limit of a static config with what the application counts', async () => {
  const page = await open('metered');
  const upload = page.getByRole('button', { name: 'Upload 140 GB' });
  expect(await left(page, 'storage_quota')).toBe('420 GB left of 500');
  for (const rest of ['280', '140', '0']) {
    await upload.click();
    expect(await left(page, 'storage_quota')).toBe(`${rest} GB left of 500`);
  }
  expect(await reason(page, 'storage_quota')).toBe('LIMIT_REACHED');
  await upload.click();
  expect(await left(page, 'storage_quota')).toBe('0 GB left of 500');
});

it('shows no allowances where the billing system sells none', async () => {
  const page = await open('free');
  expect(await page.locator('#allowances').isVisible()).toBe(false);
});
