// The panel in Chromium, under the strict policy: what it shows and changes, by mouse and by keyboard, and for whom.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { startBrowser } from '../support/chromium.mjs';
import { startPage } from './page.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let site: Awaited<ReturnType<typeof startPage>>;
let browser: Browser;
const problems: string[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([startPage(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(problems.splice(0)).toEqual([]);
});

async function open(path = '/development?open', options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 860 }, ...options });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.exposeFunction('refused', (text: string) => problems.push(`policy: ${text}`));
  await page.addInitScript(() => {
    const { refused } = globalThis as unknown as { refused: (text: string) => void };
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) =>
      refused(`${violatedDirective} ${sample}`),
    );
  });
  await page.goto(site.url + path);
  await page.locator('plangate-devtools .pill').waitFor();
  return page;
}

/** What the application shows. */
const application = async (page: Page): Promise<string> => (await page.locator('dd').allTextContents()).join(' ');

const pill = (page: Page) => page.locator('plangate-devtools .pill');
const marked = (page: Page) => page.evaluate(() => document.documentElement.hasAttribute('data-plangate-devtools'));
const feature = (page: Page, key: string) => page.locator(`.feature[data-key="${key}"]`);

describe('given the panel of a development build', () => {
  it('lists every feature with its answer and its reason', async () => {
    const page = await open();
    const rows = await page
      .locator('.feature')
      .evaluateAll((items) =>
        items.map((item) => [
          (item as HTMLElement).dataset['key'],
          item.querySelector('.state')?.textContent,
          item.querySelector('summary code')?.textContent,
        ]),
      );
    expect(rows).toEqual([
      ['advanced-reporting', '✕ denied', 'NOT_ENTITLED'],
      ['api-calls', '✓ allowed', 'GRANTED'],
      ['audit-log', '✕ denied', 'NOT_YET_ACTIVE'],
      ['forecasts', '✓ allowed', 'GRANTED'],
      ['sso-access', '✓ allowed', 'GRANTED'],
      ['storage-quota', '✓ allowed', 'GRANTED'],
      ['white-label', '✕ denied', 'CANCELED'],
    ]);
    await feature(page, 'advanced-reporting').locator('summary').click();
    expect(await feature(page, 'advanced-reporting').locator('pre').textContent()).toContain('Unlocked by Pro.');
    expect([await marked(page), await pill(page).textContent()]).toEqual([false, 'plangate']);
    expect(await page.locator('plangate-devtools .edge').isVisible()).toBe(false);
  });

  it('filters by text and by kind', async () => {
    const page = await open();
    const shown = () => page.locator('.feature:visible').count();
    await page.getByLabel('Filter features').fill('granted');
    expect(await shown()).toBe(4);
    await page.getByLabel('Filter features').fill('');
    await page.getByLabel('Which features').selectOption('denied');
    expect(await shown()).toBe(3);
    await page.getByLabel('Filter features').fill('AUDIT');
    expect([await shown(), await page.getByText('1 of 7 features').isVisible()]).toEqual([1, true]);
    await page.getByLabel('Filter features').fill('');
    await page.getByLabel('Which features').selectOption('overridden');
    expect(await shown()).toBe(0);
  });

  it('overrides features: the application follows, the page is marked, a reload keeps it, reset ends it', async () => {
    const page = await open();
    expect(await application(page)).toBe('open closed open 500 open');
    await page.getByLabel('Override sso-access').selectOption('off');
    await page.getByLabel('Override advanced-reporting').selectOption('on');
    await expect.poll(() => application(page)).toBe('closed open open 500 open');
    await expect.poll(() => pill(page).textContent()).toBe('plangate · 2 overrides');
    expect([await marked(page), await page.locator('plangate-devtools .edge').isVisible()]).toEqual([true, true]);
    expect(await feature(page, 'sso-access').locator('summary code').textContent()).toBe('OVERRIDE');

    await page.reload();
    await expect.poll(() => application(page)).toBe('closed open open 500 open');
    await expect.poll(() => pill(page).textContent()).toBe('plangate · 2 overrides');
    expect(await page.getByLabel('Override sso-access').inputValue()).toBe('off');
    await page.getByLabel('Override sso-access').selectOption('none');
    await expect.poll(() => application(page)).toBe('open open open 500 open');
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => application(page)).toBe('open closed open 500 open');
    await expect.poll(() => marked(page)).toBe(false);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('overrides a config, and says what is wrong with it', async () => {
    const page = await open();
    const row = feature(page, 'storage-quota');
    await page.getByLabel('Override storage-quota').selectOption('config');
    const text = page.getByLabel('Config of storage-quota, as JSON');
    expect(JSON.parse(await text.inputValue())).toEqual({ limitGB: 500, region: 'eu' });
    await text.fill('{"limitGB": ');
    await row.getByRole('button', { name: 'Apply' }).click();
    expect(await row.locator('.fault').isVisible()).toBe(true);
    await text.fill('[1]');
    await row.getByRole('button', { name: 'Apply' }).click();
    expect(await row.locator('.fault').textContent()).toBe('A config is an object: { … }');
    expect(await application(page)).toContain('500');
    await text.fill('{"limitGB": 9000}');
    await row.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => application(page)).toBe('open closed open 9000 open');
    expect(await row.locator('.fault').isVisible()).toBe(false);
  });

  it('moves time: the trial ends, the future grant begins, and back', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'To the next change' }).click();
    await expect.poll(() => application(page)).toBe('open closed closed 500 open');
    // The panel follows in the next frame.
    await expect.poll(() => feature(page, 'forecasts').locator('summary code').textContent()).toBe('EXPIRED');
    await page.getByRole('button', { name: 'To the next change' }).click();
    await expect.poll(() => feature(page, 'audit-log').locator('.state').textContent()).toBe('✓ allowed');
    await page.getByRole('button', { name: 'To the next change' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Nothing changes with time.');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(() => application(page)).toBe('open closed open 500 open');
    await expect.poll(() => marked(page)).toBe(false);
  });

  it('shows recent answers, newest first, and not its own questions', async () => {
    const page = await open();
    await page.locator('section[aria-label="Recent decisions"] summary').click();
    const recent = () =>
      page.locator('.recent li').evaluateAll((items) => items.map((item) => item.textContent?.slice(8)));
    expect(await recent()).toEqual([
      'limit(api-calls)✓ GRANTED',
      'value(storage-quota, limitGB)✓ GRANTED',
      'hasFeature(forecasts)✓ GRANTED',
      'hasFeature(advanced-reporting)✕ NOT_ENTITLED',
      'hasFeature(sso-access)✓ GRANTED',
    ]);
    await page.evaluate(() => {
      const { app } = globalThis as unknown as { app: { gate: { check(key: string): unknown } } };
      app.gate.check('never-heard-of');
    });
    await expect.poll(async () => (await recent())[0]).toBe('check(never-heard-of)✕ NOT_ENTITLED');
    expect(await feature(page, 'never-heard-of').isVisible()).toBe(true);
  });

  it('copies the snapshot', async () => {
    const page = await open('/development?open', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy snapshot' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toBe('The snapshot is copied.');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(copied)).toMatchObject({ plangate: 1, customer: 'cus_kestrel' });
  });

  it('is used by the keyboard alone', async () => {
    const page = await open('/development');
    expect(await page.locator('.panel').isVisible()).toBe(false);
    const focused = () =>
      page.evaluate(() => {
        const at = document.activeElement?.shadowRoot?.activeElement;
        return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
      });
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('plangate');
    await page.keyboard.press('Enter');
    expect(await pill(page).getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Copy snapshot');
    await page.getByLabel('Days from now').focus();
    for (let day = 0; day < 14; day++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => application(page)).toBe('open closed closed 500 open');
    await expect.poll(() => page.getByLabel('Days from now').getAttribute('aria-valuetext')).toMatch(/^\+14 d · /);
    await page.getByLabel('Override sso-access').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => application(page)).toBe('closed closed closed 500 open');
    expect(await focused()).toBe('Override sso-access');
    expect(await page.getByRole('status').textContent()).toBe('sso-access: off');
    await expect.poll(() => pill(page).textContent()).toBe('plangate · 1 override · time +14 d');
    await page.keyboard.press('Escape');
    expect([await page.locator('.panel').isVisible(), await focused()]).toEqual([
      false,
      'plangate · 1 override · time +14 d',
    ]);
  });

  it('fits 320 px, and nothing scrolls sideways', async () => {
    const page = await open('/development?open', { viewport: { width: 320, height: 640 } });
    await page.getByLabel('Override storage-quota').selectOption('config');
    const wide = await page.evaluate(() => {
      const root = document.querySelector('plangate-devtools')!.shadowRoot!;
      const out = [...root.querySelectorAll('*')].filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < -0.5 || right > innerWidth + 0.5);
      });
      return [document.documentElement.scrollWidth > innerWidth, ...out.map(({ className }) => className)];
    });
    expect(wide).toEqual([false]);
  });
});

describe('given a build for production', () => {
  it.each(['/production?open', '/unknown?open', '/development?open&allow=no'])(
    '%s shows, and changes nothing',
    async (path) => {
      const page = await open(path);
      await page.evaluate(() =>
        sessionStorage.setItem('plangate-devtools', '{"overrides":{"sso-access":false},"offset":9e9}'),
      );
      await page.reload();
      await pill(page).waitFor();
      await expect.poll(() => application(page)).toBe('open closed open 500 open');
      expect(await page.getByText('answers can be read here, not changed').isVisible()).toBe(true);
      expect(await page.getByLabel('Override sso-access').isDisabled()).toBe(true);
      expect(await page.getByLabel('Days from now').isDisabled()).toBe(true);
      const refused = await page.evaluate(() => {
        const { tools } = (globalThis as unknown as { app: { tools: { override(key: string, value: boolean): void } } })
          .app;
        try {
          tools.override('advanced-reporting', true);
          return 'changed';
        } catch (thrown) {
          return (thrown as { code: string }).code;
        }
      });
      expect([refused, await application(page), await marked(page)]).toEqual([
        'NOT_ALLOWED',
        'open closed open 500 open',
        false,
      ]);
    },
  );

  it('may be changed where the application says so', async () => {
    const page = await open('/production?open&allow=yes');
    await page.getByLabel('Override sso-access').selectOption('off');
    await expect.poll(() => application(page)).toBe('closed closed open 500 open');
  });
});

describe.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', (colorScheme) => {
  it.each([
    ['folded', '/development', 1000],
    ['unfolded and changed', '/development?open', 1000],
    ['at 320 px', '/development?open', 320],
    ['in production', '/production?open', 1000],
  ])('%s', async (_, path, width) => {
    const page = await open(path, { colorScheme, viewport: { width, height: 860 } });
    if (path === '/development?open') {
      await page.getByLabel('Override sso-access').selectOption('off');
      await page.getByLabel('Override storage-quota').selectOption('config');
      await feature(page, 'forecasts').locator('summary').click();
      await page.locator('section[aria-label="Recent decisions"] summary').click();
      await page.getByRole('button', { name: 'To the next change' }).click();
      await expect.poll(() => marked(page)).toBe(true);
    }
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate(() => {
      const { axe: runner } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
      return runner.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    });
    expect(passes.length).toBeGreaterThan(12);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
  });
});
