// Several server processes on one store: a webhook to one reaches the event streams of the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { hasPostgres, startPostgres } from '../support/postgres.mjs';
import { hasRedis, startRedis } from '../support/redis.mjs';
import { Billing, until } from './harness.js';
import { deliver, serveBilling, startServer, workerProgram } from './processes.js';
import { EventReader } from './sse.js';

let program: Awaited<ReturnType<typeof workerProgram>>;
beforeAll(async () => {
  program = await workerProgram();
});
afterAll(() => program.remove());

const databases: Record<
  string,
  () => Promise<{ where: string; stop?: () => Promise<void>; start?: () => Promise<void> }>
> = {
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'plangate-processes-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return { where: join(folder, 'db') };
  },
  async postgres() {
    const database = await startPostgres();
    onTestFinished(() => database.remove());
    return { where: database.url, stop: () => database.stop(), start: () => database.start() };
  },
  async redis() {
    const database = await startRedis();
    onTestFinished(() => database.remove());
    return { where: database.url, stop: () => database.stop(), start: () => database.start() };
  },
};
const installed = ['sqlite', ...(hasPostgres ? ['postgres'] : []), ...(hasRedis ? ['redis'] : [])];

async function twoServers(kind: string) {
  const database = await databases[kind]!();
  const billing = new Billing();
  const source = await serveBilling(billing);
  onTestFinished(source.close);
  const servers = await Promise.all([0, 1].map(() => startServer(program.outfile, kind, database.where, source.url)));
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  return { database, billing, first: servers[0]!.url, second: servers[1]!.url };
}

const follow = async (url: string, customer: string): Promise<EventReader> =>
  new EventReader(await fetch(`${url}/entitlements/stream`, { headers: { 'x-customer': customer } }));

test.each(installed)('%s: a webhook to one process reaches the streams of the other', async (kind) => {
  const { billing, first, second } = await twoServers(kind);
  const here = await follow(first, 'cus_1');
  const there = await follow(second, 'cus_1');
  await until(() => here.events.length > 0 && there.events.length > 0);
  for (let i = 0; i < 5; i += 1) {
    billing.grant('cus_1', { id: `e${i}`, featureKey: `feature-${i}` });
    expect(await deliver(i % 2 ? first : second, 'cus_1')).toBe(200);
    await until(() => here.latest.includes(`feature-${i}`) && there.latest.includes(`feature-${i}`));
  }
  // Both serve the same, under the same tag.
  const answers = await Promise.all(
    [first, second].map((url) => fetch(`${url}/entitlements`, { headers: { 'x-customer': 'cus_1' } })),
  );
  const [one, two] = await Promise.all(
    answers.map(async (answer) => [answer.headers.get('etag'), await answer.text()]),
  );
  expect(one).toEqual(two);
});

test.each(installed.filter((kind) => kind !== 'sqlite'))(
  '%s stops and comes back under load: what was acknowledged is there',
  async (kind) => {
    const { database, billing, first, second } = await twoServers(kind);
    const customers = Array.from({ length: 10 }, (_, i) => `cus_${i}`);
    const streams = await Promise.all(customers.map((customer, i) => follow(i % 2 ? first : second, customer)));
    await until(() => streams.every(({ events }) => events.length > 0));
    // The number of the list that each customer was promised: what was refused later may never be fetched.
    const acknowledged = new Map<string, number>();
    let stop = false;
    const load = (async () => {
      for (let n = 0; !stop; n += 1) {
        const customer = customers[n % customers.length]!;
        billing.rows.set(customer, [{ id: `e${n}`, featureKey: `feature-${n}` }]);
        if ((await deliver(n % 3 ? first : second, customer, undefined, 10_000)) === 200) acknowledged.set(customer, n);
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    await until(() => acknowledged.size === customers.length);
    await database.stop!();
    // Who is in memory is still answered.
    const answer = await fetch(`${second}/entitlements`, { headers: { 'x-customer': 'cus_0' } });
    expect(answer.status).toBe(200);
    acknowledged.clear();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await database.start!();
    await until(() => acknowledged.size === customers.length);
    stop = true;
    await load;
    const shown = ({ latest }: EventReader): number => Number(latest[0]?.slice('feature-'.length) ?? -1);
    await until(() => streams.every((stream, i) => shown(stream) >= acknowledged.get(customers[i]!)!));
  },
);
