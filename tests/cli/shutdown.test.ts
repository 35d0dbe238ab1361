// SIGTERM in the middle of work: nothing acknowledged is lost, nothing under way is cut, and it ends in time.
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { sqlite } from '../../js/stores/sqlite.js';
import { EventReader } from '../server/sse.js';
import { until } from '../server/harness.js';
import { as, Billing, deliver, environmentFor, folder, keysOf, Serving } from './support.js';

const CUSTOMERS = ['cus_1', 'cus_2', 'cus_3'];

test('SIGTERM during deliveries: every acknowledged one is reflected by the next process', async () => {
  const billing = await new Billing().start();
  const cwd = folder();
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < 3; round += 1) {
    const serving = new Serving(environmentFor(billing), { cwd });
    const url = await serving.url();
    let ended = false;
    const before = [...acknowledged.values()].reduce((sum, count) => sum + count, 0);
    const senders = CUSTOMERS.map(async (customer) => {
      while (!ended) {
        const count = (billing.features.get(customer) ?? 0) + 1;
        billing.features.set(customer, count);
        if ((await deliver(url, customer)) === 200) acknowledged.set(customer, count);
      }
    });
    await until(() => [...acknowledged.values()].reduce((sum, count) => sum + count, 0) > before + 30);
    serving.child.kill('SIGTERM');
    expect(await serving.closed).toBe(0);
    ended = true;
    await Promise.all(senders);
    expect(serving.log.at(-1)).toMatchObject({ message: 'stopped', cut: 0, flushed: true });
  }
  const last = new Serving(environmentFor(billing), { cwd });
  const url = await last.url();
  const store = sqlite(join(cwd, 'plangate.db'));
  await until(async () => (await store.pending()).length === 0);
  await store.close();
  const calls = billing.lists;
  for (const customer of CUSTOMERS) {
    const keys = await keysOf(await fetch(`${url}/entitlements`, as(customer)));
    expect(keys.length).toBeGreaterThanOrEqual(acknowledged.get(customer)!);
  }
  // They came from the store: nothing was asked again.
  expect(billing.lists).toBe(calls);
});

test('what is under way is finished, event streams end, nothing new is taken', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 2);
  billing.features.set('cus_slow', 1);
  const serving = new Serving(environmentFor(billing));
  const url = await serving.url();
  const stream = new EventReader(await fetch(`${url}/entitlements/stream`, as('cus_1')));
  await until(() => stream.latest.length === 2);

  let release = (): void => undefined;
  billing.hold = new Promise((resolve) => (release = resolve));
  const calls = billing.lists;
  const slow = fetch(`${url}/entitlements`, as('cus_slow'));
  await until(() => billing.lists > calls);
  serving.child.kill('SIGTERM');
  await serving.line('draining');
  await until(() => stream.ended);
  await until(() =>
    fetch(`${url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  release();
  const answer = await slow;
  expect(answer.status).toBe(200);
  expect(await keysOf(answer)).toHaveLength(1);
  expect(await serving.closed).toBe(0);
});

test('event streams of both kinds end at once, and none is counted that is over', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 2);
  const serving = new Serving({ ...environmentFor(billing), PLANGATE_DRAIN_TIMEOUT_MS: '3600000' });
  const url = await serving.url();
  for (const path of ['/entitlements/stream', '/ofrep/v1/stream']) {
    for (let i = 0; i < 3; i += 1) expect((await fetch(url + path)).status).toBe(401);
    const reader = new EventReader(await fetch(url + path, as('cus_1')));
    await until(() => reader.events.length === 1);
  }
  serving.child.kill('SIGTERM');
  expect(await serving.line('draining')).toMatchObject({ active: 0, streams: 2 });
  expect(await serving.closed).toBe(0);
});

test('a catalogue that is being fetched holds up nothing', async () => {
  const billing = await new Billing().start();
  billing.holdCatalogue = new Promise(() => undefined);
  const serving = new Serving({ ...environmentFor(billing), PLANGATE_DRAIN_TIMEOUT_MS: '3600000' });
  await serving.url();
  await until(() => billing.calls > 0);
  serving.child.kill('SIGTERM');
  await serving.line('stopped');
  // Sooner than the catalogue's own requests give up.
  const soon = new Promise((resolve) => setTimeout(resolve, 30_000, 'still there'));
  expect(await Promise.race([serving.closed, soon])).toBe(0);
});

test('it ends by the deadline even if requests hang, and says that it cut them', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  billing.hold = new Promise(() => undefined);
  const serving = new Serving({ ...environmentFor(billing), PLANGATE_DRAIN_TIMEOUT_MS: '300' });
  const hanging = fetch(`${await serving.url()}/entitlements`, as('cus_1')).then(
    () => 'answered',
    () => 'cut',
  );
  await until(() => billing.lists > 0);
  serving.child.kill('SIGTERM');
  expect(await serving.closed).toBe(1);
  expect(await hanging).toBe('cut');
  expect(serving.log.at(-1)).toMatchObject({ message: 'stopped', cut: 1 });
});

test('a second signal ends it at once', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  billing.hold = new Promise(() => undefined);
  const serving = new Serving(environmentFor(billing));
  const hanging = fetch(`${await serving.url()}/entitlements`, as('cus_1')).catch(() => 'cut');
  await until(() => billing.lists > 0);
  serving.child.kill('SIGTERM');
  await serving.line('draining');
  serving.child.kill('SIGINT');
  expect(await serving.closed).toBe(130);
  expect(await hanging).toBe('cut');
});
