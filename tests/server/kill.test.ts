// The process is killed again and again while webhooks arrive: every acknowledged event is reflected after the restart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { sqlite } from '../../js/stores/sqlite.js';
import { killAgainAndAgain } from '../support/child.mjs';
import { Billing, until } from './harness.js';
import { deliver, serveBilling, startServer, workerProgram } from './processes.js';

const KILLS = 50;

test(`kill -9, ${KILLS} times during deliveries`, { timeout: 240_000 }, async () => {
  const program = await workerProgram();
  onTestFinished(() => program.remove());
  const folder = mkdtempSync(join(tmpdir(), 'plangate-kill-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'db');
  const billing = new Billing();
  const source = await serveBilling(billing);
  onTestFinished(source.close);

  const acknowledged = new Map<string, string>();
  let serial = 0;
  const run = () => startServer(program.outfile, 'sqlite', file, source.url);
  await killAgainAndAgain(KILLS, async () => {
    const { url, kill } = await run();
    const before = acknowledged.size;
    let dead = false;
    const sender = async (lane: number): Promise<void> => {
      while (!dead) {
        const n = (serial += 1);
        const customer = `cus_${lane}_${n % 5}`;
        const feature = `feature-${n}`;
        // Each feature stays: an acknowledged event must be reflected, whatever came after it.
        billing.grant(customer, { id: `e${n}`, featureKey: feature });
        if ((await deliver(url, customer, `evt_${n}`)) === 200) acknowledged.set(feature, customer);
      }
    };
    const senders = [0, 1, 2].map(sender);
    // Not before it has promised something; then at any moment, deliveries and fetches under way.
    await until(() => acknowledged.size > before);
    return async () => {
      await kill();
      dead = true;
      await Promise.all(senders);
    };
  });
  const last = await run();
  onTestFinished(() => last.kill());
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS);

  const store = sqlite(file);
  onTestFinished(() => store.close());
  await until(async () => (await store.pending()).length === 0);
  const missing: string[] = [];
  for (const [feature, customer] of acknowledged) {
    const entry = await store.get({ source: 'stripe', mode: 'test', customer });
    if (!entry?.snapshot.includes(`"${feature}"`)) missing.push(`${customer} ${feature}`);
  }
  expect(missing).toEqual([]);
});
