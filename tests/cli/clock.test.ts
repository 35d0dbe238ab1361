// `plangate clock`: the local provider's time, from the command line.
import { expect, test, vi } from 'vitest';

import { plangate, plangateJson, startDev } from './running.js';

vi.setConfig({ testTimeout: 60_000 });

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
