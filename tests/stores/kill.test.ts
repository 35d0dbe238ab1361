// kill -9 of a process that writes to SQLite, many times: what it was told is kept, is there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../js/stores/index.js';
import { bundle, firstLine, kill, killAgainAndAgain, start } from '../support/child.mjs';
import { openStore } from './worker.js';

const KILLS = 50;
const key = { source: 'stripe', mode: 'live', customer: '' } as const;
const use = { ...key, customer: 'cus_race', key: 'calls', periodStart: 0, now: 1, amount: 1, limit: null };

describe('kill -9 of a writer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-kill-'));
  let program: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    program = await bundle(new URL('./worker.ts', import.meta.url));
  });
  afterAll(() => {
    program?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function isKept(store: Store, line: string): Promise<boolean> {
    const [what, id] = line.split(' ') as [string, string];
    const customer = `cus_${id}`;
    if (what === 'mark') return store.seenEvent({ ...key, eventId: `evt_${id}` });
    if (what === 'use') return (await store.consume({ ...use, idempotencyKey: `use_${id}` })).replayed;
    const entry = await store.get({ ...key, customer });
    const [row] = await store.listAudit({ customer });
    return entry?.snapshot === `{"id":"${id}"}` && row?.version === entry.version && row.key === `feature_${id}`;
  }

  it(`loses nothing acknowledged in ${KILLS} kills`, { timeout: 300_000 }, async () => {
    const where = { kind: 'sqlite', at: join(folder, 'kill.db'), space: '' } as const;
    const lines: string[] = [];
    await killAgainAndAgain(KILLS, async (round) => {
      const writer = start(program.outfile, JSON.stringify(where), 'write', String(round));
      await firstLine(writer);
      return async () => {
        await kill(writer);
        lines.push(...writer.lines);
      };
    });
    // Each round has said something, or the test would hold of nothing.
    expect(new Set(lines.map((line) => line.split(/[ _]/)[1])).size).toBe(KILLS);

    const store = openStore(where);
    const lost: string[] = [];
    for (const line of lines) if (!(await isKept(store, line))) lost.push(line);
    expect(lost).toEqual([]);

    // All or nothing, acknowledged or not: every list has its audit row and event, and its refetch is settled.
    const waiting = new Set((await store.pending(1000)).map(({ customer }) => customer));
    for (let after: string | undefined; ;) {
      const page = await store.listCustomers({ limit: 1000, ...(after === undefined ? {} : { after }) });
      for (const { customer, version } of page.customers) {
        const id = customer.slice('cus_'.length);
        expect(await store.listAudit({ customer })).toMatchObject([{ version, eventId: `put_${id}` }]);
        expect(await store.seenEvent({ ...key, eventId: `put_${id}` })).toBe(true);
        expect(waiting.has(customer)).toBe(false);
      }
      if (page.next === null) break;
      after = page.next;
    }
    // At most one refetch per kill is left over: the one that the writer was about to make.
    expect(waiting.size).toBeLessThanOrEqual(KILLS);
    await store.close();
  });
});
