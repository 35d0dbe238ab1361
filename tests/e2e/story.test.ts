// The whole story, as a visitor lives it: from gated features through a checkout to open ones, and back, with both systems.
import { expect, it } from 'vitest';
import type { Page, Request } from 'playwright-core';

import { limitOf, sameDocument, watchTile } from './support/change.js';
import { billing, CUSTOMERS, demo, NEXT_TO_NOTHING, tile, tiles, useDemo, watch } from './support/page.js';
import type { Who } from './support/page.js';

const { open } = useDemo();
const openCount = async (page: Page): Promise<number> =>
  Object.values(await tiles(page)).filter((state) => state.startsWith('open')).length;

/** Another tab of the same browser. */
async function tabBeside(page: Page, who: Who): Promise<{ tab: Page; problems: string[] }> {
  const tab = await page.context().newPage();
  const problems = await watch(tab);
  await tab.goto(demo(`?customer=${CUSTOMERS[who].id}`));
  await tab.getByRole('heading', { level: 1, name: CUSTOMERS[who].name }).waitFor();
  return { tab, problems };
}

/** The request by which a page has something done: from there on time is measured. */
const asking = (page: Page, path: string): Promise<Request> =>
  page.waitForRequest((request) => request.method() === 'POST' && new URL(request.url()).pathname === path);

/** The pages on which a change is awaited, and what is measured on them. */
async function watchAll(pages: readonly Page[], feature: string, state: string) {
  const changes = await Promise.all(pages.map((page) => watchTile(page, feature, state)));
  const stayed = await Promise.all(pages.map(sameDocument));
  const limit = await limitOf(pages[0]!, NEXT_TO_NOTHING);
  return async (what: string, asked: Promise<Request>): Promise<void> => {
    await Promise.all(changes.map((changed) => changed()));
    const request = await asked;
    // Its timing is known when it is answered, which may be after the change.
    await request.response();
    const begun = request.timing().startTime;
    const took = (await Promise.all(changes.map((changed) => changed()))).map((at) => at - begun);
    console.log(
      `${what}: ${feature} was ${state} in ${took.length} tabs after ${took.map(Math.round).join(' and ')} ms`,
    );
    expect(Math.max(...took)).toBeLessThan(await limit());
    expect(await Promise.all(stayed.map((same) => same()))).toEqual(stayed.map(() => true));
  };
}

const desk = (page: Page) => page.getByRole('complementary', { name: 'Billing side' });

async function toPeriodEnd(page: Page): Promise<void> {
  await desk(page).getByLabel('Time').selectOption('period');
  await desk(page).getByRole('button', { name: 'Go' }).click();
}

it.each([
  { who: 'free', feature: 'forecasting', plan: 'Pro', opened: 23, lower: 'Free', left: 3, system: 'stripe' },
  { who: 'trial', feature: 'forecasting', plan: 'Pro', opened: 6, lower: 'Starter', left: 2, system: 'paygentic' },
] as const)('$who: upgrade, downgrade, cancel at the end of the period', async (story) => {
  const { who, feature, plan, opened, lower, left, system } = story;
  const buyer = await open(who);
  const { tab, problems } = await tabBeside(buyer, who);
  const elsewhere = await open(who);
  const others = [tab, elsewhere];

  await buyer.getByRole('button', { name: 'How to unlock Forecasting' }).click();
  await buyer.getByRole('link', { name: `Upgrade to ${plan}` }).click();
  await buyer.getByRole('heading', { level: 1, name: `Fathomline ${plan}` }).waitFor();
  const bought = await watchAll(others, feature, 'open');
  const paid = asking(buyer, '/checkout');
  await buyer.getByRole('button', { name: /^Pay \$/ }).click();
  await bought('bought', paid);
  await tile(buyer, feature).and(buyer.locator('[data-state="open"]')).waitFor();
  for (const page of [buyer, ...others]) await expect.poll(() => openCount(page)).toBe(opened);
  await buyer.locator('#log').getByText(`Welcome to ${plan}.`).waitFor();

  const all = [buyer, ...others];
  await desk(buyer).getByLabel('Plan').selectOption(lower);
  const down = await watchAll(all, feature, 'locked');
  const moved = asking(buyer, '/checkout');
  await desk(buyer).getByRole('button', { name: 'Move' }).click();
  await down('downgraded', moved);
  for (const page of all) await expect.poll(() => openCount(page)).toBe(left);

  await desk(buyer).getByRole('button', { name: 'Cancel at period end' }).click();
  // A month from the purchase: every tab says so, and nothing closes before.
  for (const page of all)
    await page
      .locator('#facts')
      .getByText(/Ends on \d+ \w+ \d{4}\.$/)
      .waitFor();
  for (const page of all) expect(await openCount(page)).toBe(left);
  const [, end = ''] = /Ends on (.*)\.$/.exec((await buyer.locator('#facts').textContent()) ?? '') ?? [];
  await toPeriodEnd(buyer);
  for (const page of all) await expect.poll(() => openCount(page)).toBe(0);
  for (const page of all)
    await page
      .locator('#facts')
      .getByText(/^No plan, billed by .* 0 of \d+ features open\.$/)
      .waitFor();
  // It closed at that moment, and not at another one.
  await desk(buyer).getByText(`There it is ${end}`).waitFor();
  expect(problems).toEqual([]);
  // The provider's own books say the same.
  const mine = async (): Promise<{ state: string }[]> => {
    const { data } = (await (await fetch(billing(system, '_plangate/deliveries?limit=200'))).json()) as {
      data: { customer: string; state: string }[];
    };
    return data.filter(({ customer }) => customer === CUSTOMERS[who].id);
  };
  expect((await mine()).length).toBeGreaterThan(2);
  // A page may hear of a change before the delivery that told it is written down.
  await expect.poll(async () => (await mine()).filter(({ state }) => state !== 'delivered')).toEqual([]);
});

it('a trial ends in every tab when time is moved, and what is bought afterwards is open', async () => {
  const page = await open('trial');
  const { tab, problems } = await tabBeside(page, 'trial');
  await page.getByRole('button', { name: 'Start the trial' }).click();
  for (const each of [page, tab]) await tile(each, 'forecasting').and(each.locator('[data-state="open"]')).waitFor();
  await desk(page).getByLabel('Time').selectOption('PT20S');
  const closed = await watchAll([page, tab], 'forecasting', 'locked');
  const asked = asking(page, '/time');
  await desk(page).getByRole('button', { name: 'Go' }).click();
  await closed('time moved', asked);

  await page.getByRole('button', { name: 'How to unlock Audit log' }).click();
  await page.getByRole('link', { name: 'Upgrade to Enterprise' }).click();
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  for (const each of [page, tab]) await tile(each, 'audit_log').and(each.locator('[data-state="open"]')).waitFor();
  expect(problems).toEqual([]);
});

it('somebody who comes back without buying has what was there before', async () => {
  const page = await open('free');
  await page.getByRole('button', { name: 'How to unlock Funnels' }).click();
  await page.getByRole('link', { name: 'Upgrade to Pro' }).click();
  await page.getByRole('link', { name: 'Back without buying' }).click();
  await page.getByRole('heading', { level: 1, name: CUSTOMERS.free.name }).waitFor();
  await expect.poll(() => openCount(page)).toBe(3);
});
