// `plangate dev` as built: it says how to reach it, serves, keeps its state, and ends when it is told to.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it, onTestFinished } from 'vitest';

import { firstLine, start } from '../support/child.mjs';
import { stripeFor } from './support.js';

const program = join(process.cwd(), 'dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'plangate-dev-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
}

async function dev(...words: string[]): Promise<{ told: Told; stop(): Promise<number> }> {
  const run = start(program, 'dev', '--port', '0', '--json', ...words);
  onTestFinished(() => void run.child.kill('SIGKILL'));
  const line = await firstLine(run);
  const stop = async (): Promise<number> => {
    run.child.kill('SIGTERM');
    return ((await run.closed) as [number])[0];
  };
  return { told: JSON.parse(line) as Told, stop };
}

it('runs from a seed, and again from its file', async () => {
  const [seed, store] = [join(folder, 'plans.yaml'), join(folder, 'billing.db')];
  writeFileSync(
    seed,
    'features: [{ key: sso }]\nproducts: [{ name: Pro, features: [sso], prices: [{ id: price_pro, amount: 2900, every: month }] }]\n',
  );
  const first = await dev('--seed', seed, '--store', store, '--seed-id', 'dev');
  const stripe = stripeFor(first.told);
  const { id: customer } = await stripe.customers.create({});
  await stripe.subscriptions.create({ customer, items: [{ price: 'price_pro' }] });
  expect(await first.stop()).toBe(0);
  const second = await dev('--store', store);
  expect(second.told).toMatchObject({ apiKey: first.told.apiKey, webhookSecret: first.told.webhookSecret });
  const { data } = await stripeFor(second.told).entitlements.activeEntitlements.list({ customer });
  expect(data.map((row) => row.lookup_key)).toEqual(['sso']);
  expect(await second.stop()).toBe(0);
});

it('says what is wrong', async () => {
  const failing = async (...words: string[]): Promise<[number, { error: { code: string } }]> => {
    const run = start(program, 'dev', '--json', ...words);
    const [code] = (await run.closed) as [number];
    return [code, JSON.parse(run.errors) as { error: { code: string } }];
  };
  const { told } = await dev();
  const port = new URL(told.url).port;
  expect(await failing('--port', port)).toEqual([
    1,
    { error: expect.objectContaining({ code: 'PORT_IN_USE', where: '--port' }) },
  ]);
  expect(await failing('--seed', join(folder, 'none.yaml'))).toEqual([
    2,
    { error: expect.objectContaining({ code: 'SEED_UNREADABLE' }) },
  ]);
  expect(await failing('--port', 'x')).toEqual([2, { error: expect.objectContaining({ code: 'USAGE' }) }]);
  writeFileSync(join(folder, 'bad.yaml'), 'colour: red');
  expect(await failing('--port', '0', '--seed', join(folder, 'bad.yaml'))).toEqual([
    2,
    { error: expect.objectContaining({ code: 'INVALID_SEED' }) },
  ]);
});
