// docs/cli.md: its examples are run against a real provider and server, its help is what the commands print.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test, vi } from 'vitest';

import { plangate, plangateJson, startDev } from './running.js';
import { folder, Serving } from './support.js';

vi.setConfig({ testTimeout: 60_000 });

const PAGE = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

/** What differs from run to run. */
const steady = (text: string): string =>
  text
    .replace(/as of \S+/g, 'as of …')
    .replace(/\b(ent|sub)_\w+/g, '$1_…')
    .replace(/(sk_test_…)\w*/g, '$1')
    .replace(/Node\.js \S+/g, 'Node.js …')
    .replace(/within \S+ s/g, 'within … s')
    .replace(/schema \S+/g, 'schema …');

test('docs/cli.md has the help as it is', () => {
  const tool = fileURLToPath(new URL('../../tools/generate-cli-docs.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [tool, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('its examples do what it says', async () => {
  const [, plans] = /```yaml\n([^`]+)```/.exec(PAGE)!;
  const cwd = folder();
  writeFileSync(join(cwd, 'plans.yaml'), plans!);
  const { url, apiKey, webhookSecret } = await startDev(['--seed', 'plans.yaml'], { cwd });
  const env = {
    PLANGATE_STRIPE_API_KEY: apiKey,
    PLANGATE_STRIPE_BASE_URL: url,
    PLANGATE_STRIPE_WEBHOOK_SECRETS: webhookSecret,
    PLANGATE_CUSTOMER_FROM: 'header',
  };
  const server = await new Serving({ ...env, PLANGATE_PORT: '0' }, { cwd }).url();
  const here = (text: string): string =>
    text.replaceAll('http://127.0.0.1:4242', url).replaceAll('http://127.0.0.1:8787', server);
  const examples = [...PAGE.matchAll(/```sh\nplangate (.+)\n```\n(?:```text\n([^`]+)```)?/g)]
    .map(([, line, says]) => ({ args: here(line!).split(' '), says }))
    .filter(({ args }) => args[0] !== 'dev');
  expect(examples.map(({ args }) => args[0])).toEqual(['explain', 'explain', 'clock', 'explain', 'doctor']);
  for (const { args, says } of examples) {
    const ran = await plangate(args, { cwd, env });
    expect([args, ran.status, ran.stderr]).toEqual([args, 0, '']);
    if (says !== undefined) expect(steady(ran.stdout)).toBe(here(says));
    else expect(JSON.parse(ran.stdout)).toMatchObject({ allowed: false, unlocks: [{ productId: 'prod_pro' }] });
  }
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
