import { expect, it } from 'vitest';

import { demo, tile, tiles, useDemo } from './support/page.js';

const { open } = useDemo();

it('counts down to the end of a trial, and closes its features on the page by itself', async () => {
  const page = await open('trial');
  expect((await tiles(page))['forecasting']).toBe('locked NOT_ENTITLED');
  await page.getByRole('button', { name: 'Start the trial' }).click();
  const face = page.getByRole('timer');
  await face.waitFor();
  // The page asks once more, for the name of the plan.
  await page.waitForTimeout(500);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const before = await tiles(page);
  for (const key of ['forecasting', 'anomaly_alerts', 'max_users', 'storage_quota', 'api_calls'])
    expect(before[key]).toBe('open GRANTED');
  expect(await tile(page, 'forecasting').locator('.until').textContent()).toMatch(/^until \d\d:\d\d:\d\d$/);
  const first = Number((await face.textContent())?.slice(3));
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(20);
  await expect.poll(async () => Number((await face.textContent())?.slice(3))).toBeLessThan(first);
  expect(await page.locator('.meter[data-key="storage_quota"] .left').textContent()).toBe('420 GB left of 500');

  await page.getByText('The trial ended at').waitFor();
  const after = await tiles(page);
  for (const key of ['forecasting', 'anomaly_alerts', 'max_users'])
    expect(after[key]).toMatch(/^locked (EXPIRED|CANCELED)$/);
  // What was there before the trial stays, with the smaller quota.
  for (const key of ['storage_quota', 'api_calls']) expect(after[key]).toBe('open GRANTED');
  expect(await page.locator('.meter[data-key="storage_quota"] .left').textContent()).toBe('20 GB left of 100');
  expect(await page.locator('#live').textContent()).toBe('Closed: Anomaly alerts, Forecasting, Seats.');
  expect(await page.locator('.chart').getAttribute('data-forecast')).toBe('false');
  expect(await page.locator('#log').textContent()).toContain('Storage: limitGB 500 → 100.');
  // Time alone did it: no list was fetched.
  expect(asked.filter((path) => path !== '/customers')).toEqual([]);

  await page.getByRole('button', { name: 'Keep them' }).click();
  expect(await page.getByRole('dialog').locator('.plan h3').allTextContents()).toEqual(['Pro', 'Enterprise']);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run the trial again' }).click();
  await page.getByRole('timer').waitFor();
  expect((await tiles(page))['forecasting']).toBe('open GRANTED');
});

it('counts down also when the server answers later than the trial has begun', async () => {
  const page = await open('trial');
  const held: (() => Promise<void>)[] = [];
  await page.route('**/billing/start-trial', async (route) => {
    const response = await route.fetch();
    held.push(() => route.fulfill({ response }));
  });
  const renewed = page.waitForResponse((response) => response.url() === demo('customers'));
  await page.getByRole('button', { name: 'Start the trial' }).click();
  const face = page.getByRole('timer');
  await face.waitFor();
  await renewed;
  await expect.poll(() => held.length).toBe(1);
  const answered = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/start-trial'));
  await held[0]?.();
  await answered;
  await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve))));
  expect(await face.isVisible()).toBe(true);
});
