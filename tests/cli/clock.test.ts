// `plangate clock`: the local provider's time, from the command line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { plangate, plangateJson, startDev } from './running.js';

test('plangate clock goes to the end of a subscription’s period, in the time that it lives in', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-clock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const seed = join(folder, 'seed.json');
  const own = { id: 'cus_1', subscriptions: [{ id: 'sub_1', price: 'price_1' }] };
  const other = { id: 'cus_2', testClock: 'clock_1', subscriptions: [{ id: 'sub_2', price: 'price_1' }] };
  const plans = {
    frozenAt: '2030-01-31T12:00:00Z',
    products: [{ name: 'Pro', prices: [{ id: 'price_1', amount: 1, every: 'month' }] }],
    testClocks: [{ id: 'clock_1', time: '2028-01-31T00:00:00Z' }],
    customers: [own, other],
  };
  writeFileSync(seed, JSON.stringify(plans));
  const { url } = await startDev(['--seed', seed]);
  const clock = (...args: string[]) => plangateJson(['clock', ...args, '--provider', url]);
  const now = '2030-02-28T12:00:00.000Z';
  expect(await clock('period-end', 'sub_1')).toEqual({ now, frozen: true });
  const testClock = { id: 'clock_1', now: '2028-02-29T00:00:00.000Z' };
  expect(await clock('period-end', 'sub_2')).toEqual({ now, frozen: true, testClock });
  const { stdout } = await plangate(['clock', 'period-end', 'sub_2', '--provider', url]);
  expect(stdout).toBe('2028-03-31T00:00:00.000Z (test clock clock_1)\n');
});

test('plangate clock stops, moves and goes on, and says what is wrong', async () => {
  const { url } = await startDev([]);
  const clock = (...args: string[]) =>
    plangateJson<{ now: string; frozen: boolean }>(['clock', ...args, '--provider', url]);
  expect((await clock()).frozen).toBe(false);
  expect((await clock('freeze', '2030-01-31T12:00:00Z')).now).toBe('2030-01-31T12:00:00.000Z');
  expect(await clock('advance', 'P1M')).toEqual({ now: '2030-02-28T12:00:00.000Z', frozen: true });
  expect((await clock('resume')).frozen).toBe(false);
  const failing = async (...args: string[]) => {
    const { status, stderr } = await plangate(['clock', ...args]);
    return [status, stderr];
  };
  expect(await failing('advance', '2020-01-01T00:00:00Z', '--provider', url)).toEqual([
    1,
    expect.stringMatching(/^error INVALID_OPTION: .*only goes forward\n {2}where: /),
  ]);
  expect(await failing('advance', '--provider', url)).toEqual([
    2,
    expect.stringMatching(/^error USAGE: advance needs/),
  ]);
  expect(await failing('back', '--provider', url)).toEqual([
    2,
    expect.stringMatching(/^error USAGE: .*Allowed choices/),
  ]);
  expect(await failing('--provider', 'http://127.0.0.1:9')).toEqual([
    1,
    expect.stringMatching(/^error NETWORK_ERROR: .*\n {2}where: .*\n {2}do: start plangate dev/),
  ]);
});
