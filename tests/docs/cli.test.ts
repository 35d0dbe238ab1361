// docs/cli.md: its examples are run against a real provider and server, its help is what the commands print.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { plangate, startDev } from '../cli/running.js';
import { folder, Serving } from '../cli/support.js';
import { blocksOn, example, ran } from './ran.mjs';

const PAGE = 'docs/cli.md';
const BLOCKS = blocksOn(PAGE);

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
  const helps = BLOCKS.filter(({ text }) => text.startsWith('Usage: plangate')).map(ran);
  expect(helps.length).toBeGreaterThan(5);
});

test('its examples do what it says', async () => {
  const { text: plans } = example(PAGE, 'id: cus_trial');
  const cwd = folder();
  writeFileSync(join(cwd, 'plans.yaml'), plans);
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
  const examples = BLOCKS.filter(({ language }) => language === 'sh').map((block) => {
    const behind = BLOCKS.find(({ index, language }) => index === block.index + 1 && language === 'text');
    const [, line] = /^plangate (.+)\n$/.exec(ran(block).text)!;
    return { args: here(line!).split(' '), says: behind && ran(behind).text };
  });
  // The first is what startDev() has run, on a free port.
  expect(examples.shift()?.args.slice(0, 3)).toEqual(['dev', '--seed', 'plans.yaml']);
  expect(examples.map(({ args }) => args[0])).toEqual(['explain', 'explain', 'clock', 'explain', 'doctor']);
  for (const { args, says } of examples) {
    const done = await plangate(args, { cwd, env });
    expect([args, done.status, done.stderr]).toEqual([args, 0, '']);
    if (says !== undefined) expect(steady(done.stdout)).toBe(here(says));
    else expect(JSON.parse(done.stdout)).toMatchObject({ allowed: false, unlocks: [{ productId: 'prod_pro' }] });
  }
});
