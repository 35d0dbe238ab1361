// The dashboard for everybody: two themes, two widths, the keyboard, and a policy that lets nothing else run.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { violations } from '../e2e/support/axe.js';
import { freePort } from '../support/servers.mjs';
import { complete, settled, useDashboard, visit } from './dashboard.support.js';
import { startProvider, stripeFor } from './support.js';

const { open, expectLosses } = useDashboard();
const SEED = readFileSync(new URL('dashboard.seed.yaml', import.meta.url), 'utf8');
const VIEWS = ['Overview', 'Features', 'Products', 'Customers', 'Subscriptions', 'Webhooks', 'Time', 'Data'];

/** How far things have moved by themselves: Chromium's layout shifts, without those that follow a click. */
const shifts = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list, observer) => {
          observer.disconnect();
          const moved = list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[];
          resolve(moved.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0));
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(0), 200);
      }),
  );

// Rules about colours look at the theme, those about layout at the width: all views are seen in each of both.
describe.each([
  ['light', 1280, VIEWS],
  ['dark', 320, VIEWS],
  ['dark', 1280, ['Products']],
  ['light', 320, ['Products']],
] as const)('in the %s theme at %i px', (colorScheme, width, views) => {
  it('axe-core finds nothing, and nothing is cut off', async () => {
    const provider = await startProvider({ seed: SEED, webhooks: [{ url: 'http://127.0.0.1:9/hook' }] });
    const page = await open(provider, '', { colorScheme, viewport: { width, height: 800 } });
    const found: string[] = [];
    const look = async (what: string): Promise<void> => {
      found.push(...(await violations(page)).map((violation) => `${what}: ${violation}`));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) found.push(`${what} is ${over} px too wide`);
    };
    for (const view of views) {
      await visit(page, view);
      await look(view);
    }
    await page.goto(`${provider.url}/#/customers/cus_pro`);
    await page.getByRole('heading', { level: 1, name: 'Harbour & Vale' }).waitFor();
    await settled(page);
    await look('a customer');
    await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
    await look('a dialog');
    await page.keyboard.press('Escape');
    await stripeFor(provider).customers.create({ name: 'Somebody to tell about' });
    await visit(page, 'Webhooks');
    await page.getByRole('button', { name: /^Details of customer\.created/ }).click();
    await page.getByRole('dialog').getByText('Attempt 1').waitFor();
    await look('a delivery');
    expect(found).toEqual([]);
  });
});

it('moves nothing by itself while it reads', async () => {
  const provider = await startProvider({ seed: SEED });
  for (const view of ['', 'products', 'customers/cus_pro']) {
    const page = await open(provider, view);
    expect(await shifts(page), view).toBeLessThan(0.02);
  }
});

it('is used by keyboard alone', async () => {
  const provider = await startProvider();
  const page = await open(provider, 'features');
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Create feature');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Create a feature' });
  await dialog.waitFor();
  const named = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('name'));
  expect(await named()).toBe('key');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(focused).toBe('Create feature');
  await page.keyboard.press('Enter');
  await page.keyboard.type('sso-access');
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('The feature sso-access is there.').waitFor();
  await expect.poll(focused).toBe('Create feature');
  // The one that archived it is gone with the row's buttons: the focus is not lost to the page's top.
  await page.getByRole('button', { name: 'Archive sso-access' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /archived/ }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
});

it('opens a dialog again at once, before the browser has told that it was closed', async () => {
  const page = await open(await startProvider(), 'features');
  const button = page.getByRole('button', { name: 'Create feature' }).first();
  const dialog = page.getByRole('dialog', { name: 'Create a feature' });
  await button.click();
  await dialog.getByLabel('Key', { exact: true }).fill('sso-access');
  // A key may be pressed as soon as the focus is back.
  await button.evaluate((opener: HTMLElement) =>
    opener.addEventListener('focusin', () => queueMicrotask(() => opener.click()), { once: true }),
  );
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
});

it('follows a reset in every open dashboard', async () => {
  const provider = await startProvider({ seed: 'features: [{ key: before }]' });
  const pages = [await open(provider, 'features'), await open(provider, 'features')];
  for (const page of pages) await page.locator('code.key', { hasText: 'before' }).waitFor();
  await fetch(`${provider.url}/_plangate/reset`, { method: 'POST', body: 'features: [{ key: after }]' });
  for (const page of pages) {
    await page.locator('code.key', { hasText: 'after' }).waitFor();
    expect(await page.locator('code.key').allTextContents()).toEqual(['after']);
  }
});

it('shows the later time, however late the answer to an earlier question comes', async () => {
  const provider = await startProvider({ freezeAt: '2026-01-31T12:00:00Z' });
  const page = await open(provider, 'time');
  const held: (() => Promise<void>)[] = [];
  await page.route('**/_plangate/clock', async (route) => {
    if (held.length > 0) return route.continue();
    const response = await route.fetch();
    held.push(() => route.fulfill({ response }));
  });
  await stripeFor(provider).customers.create({ name: 'Somebody to tell about' });
  await expect.poll(() => held.length).toBe(1);
  await fetch(`${provider.url}/_plangate/clock`, { method: 'POST', body: '{"do":"advance","by":"P1D"}' });
  const clock = page.locator('.bar .clock');
  await clock.getByText('1 Feb 2026, 12:00 UTC').waitFor();
  const late = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/clock'));
  await held[0]?.();
  await late;
  await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve))));
  expect(await clock.textContent()).toContain('1 Feb 2026, 12:00 UTC');
});

it('says when the provider is gone, and comes back with the next one, its time and its key', async () => {
  expectLosses();
  // Nobody is given it while it is free for the next one.
  const port = await freePort();
  const first = await startProvider({ port, seed: 'features: [{ key: before }]' });
  const page = await open(first, 'features');
  await first.close();
  await page.getByText('not connected').waitFor();
  const second = await startProvider({ port, seed: 'features: [{ key: after }]' });
  await page.getByText('live', { exact: true }).waitFor();
  await page.locator('code.key', { hasText: 'after' }).waitFor();
  await visit(page, 'Products');
  await complete(page, 'Create product', { Name: 'Pro', Price: '29' }, 'Create product');
  expect((await stripeFor(second).products.list()).data.map(({ name }) => name)).toEqual(['Pro']);
});

describe('the page', () => {
  /** As a browser asks under a name; fetch would not let a host be given. */
  const asked = (url: string, host?: string): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> =>
    new Promise((resolve, reject) => {
      request(url, { ...(host && { headers: { host } }) }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      })
        .on('error', reject)
        .end();
    });

  it('has a policy without inline code, eval, or other sites', async () => {
    const provider = await startProvider();
    for (const path of ['/', '/dashboard.js', '/dashboard.css']) {
      const { status, headers } = await asked(`${provider.url}${path}`);
      expect(status).toBe(200);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await asked(`${provider.url}/`)).text).not.toMatch(/<script(?![^>]*src=)| style=| on\w+=/);
  });

  it('tells nothing to a site that resolves its own name to this machine', async () => {
    const provider = await startProvider();
    const page = await asked(`${provider.url}/`, 'evil.example');
    expect(page.text).not.toContain(provider.apiKey);
    expect((await asked(`${provider.url}/_plangate/webhooks`, 'evil.example')).status).toBe(403);
  });
});
