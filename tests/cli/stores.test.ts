// plangate serve on the databases it can be given: two processes on one, and a webhook to one of them.
import { expect, onTestFinished, test } from 'vitest';

import { until } from '../server/harness.js';
import { EventReader } from '../server/sse.js';
import { hasPostgres, startPostgres } from '../support/postgres.mjs';
import { hasRedis, startRedis } from '../support/redis.mjs';
import { as, Billing, deliver, environmentFor, Serving } from './support.js';

const databases = [
  ...(hasPostgres ? ([['postgres', startPostgres]] as const) : []),
  ...(hasRedis ? ([['redis', startRedis]] as const) : []),
] as const;

test.for(databases)('%s: what one process is told reaches the readers of the other', async ([kind, start]) => {
  const database = await start();
  onTestFinished(() => database.remove());
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  const environment = { ...environmentFor(billing), PLANGATE_STORE_URL: database.url };
  const [first, second] = await Promise.all([new Serving(environment).url(), new Serving(environment).url()]);
  const stream = new EventReader(await fetch(`${second}/entitlements/stream`, as('cus_1')));
  await until(() => stream.latest.length === 1);
  billing.features.set('cus_1', 2);
  expect(await deliver(first, 'cus_1')).toBe(200);
  await until(() => stream.latest.length === 2);
  const health = (await (await fetch(`${first}/healthz`)).json()) as { store: { kind: string } };
  expect(health.store.kind).toBe(kind);
});
