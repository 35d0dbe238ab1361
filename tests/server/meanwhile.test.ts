// What comes between two steps of something else. The tests hold the promises that decide the order: each must end well,
// whatever comes first.
import { expect, test } from 'vitest';

import { memory } from '../../js/server/index.js';
import type { RuleEngine } from '../../js/server/engine-host.js';
import type { Held, HeldListener } from '../../js/server/holdings.js';
import { Streams } from '../../js/server/http/stream.js';
import type { ServerState } from '../../js/server/state.js';
import type { ChangeNotice, Entry, Put, PutResult, Store, StoreKey } from '../../js/stores/index.js';
import { makeEngine } from './engine.js';
import { ask, Billing, CATALOGUE, makeServer, until } from './harness.js';

const NOW = Date.now();
/** More steps than anything here takes from a promise to its last effect. */
const STEPS = Array.from({ length: 24 }, (_, steps) => steps);

/** A promise that ends when told. */
function held<T = void>() {
  let end!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (end = resolve));
  return { promise, end };
}

async function pass(steps: number): Promise<void> {
  for (let i = 0; i < steps; i += 1) await undefined;
}

const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Another process's list of a customer, granting one feature. */
const listOf = (customer: string, feature: string, asOf: number): Put => ({
  source: 'stripe',
  mode: 'test',
  customer,
  asOf,
  snapshot: JSON.stringify({
    plangate: 1,
    customer,
    source: 'stripe',
    mode: 'test',
    asOf,
    entitlements: [{ id: feature, featureKey: feature }],
  }),
});

/** A store whose answers to the server wait where told, and whose notices come when told. */
function byHand() {
  const kept = memory();
  const line = {
    get: async (_: Entry | null): Promise<void> => {},
    put: async (_: PutResult): Promise<void> => {},
    consume: async (): Promise<void> => {},
    usage: async (): Promise<void> => {},
    subscribe: async (): Promise<void> => {},
    notice: (_: ChangeNotice): void => {},
    now: Date.now,
  };
  const overrides: Partial<Store> = {
    get: async (key: StoreKey) => {
      const entry = await kept.get(key);
      await line.get(entry);
      return entry;
    },
    put: async (put) => {
      const result = await kept.put(put);
      await line.put(result);
      return result;
    },
    consume: async (request) => {
      const result = await kept.consume(request);
      await line.consume();
      return result;
    },
    usage: async (counter) => {
      const result = await kept.usage(counter);
      await line.usage();
      return result;
    },
    clock: async () => line.now(),
    subscribe: async (listener) => {
      await line.subscribe();
      line.notice = listener;
      return async () => {};
    },
  };
  const store = new Proxy(kept, {
    get: (_, name: keyof Store) => {
      const own = overrides[name] ?? kept[name];
      return own === kept[name] ? own.bind(kept) : own;
    },
  });
  const putElsewhere = async (put: Put): Promise<ChangeNotice> => {
    const { current } = await kept.put(put);
    const { source, mode, customer, version } = current!;
    return { source, mode, customer, version };
  };
  return { kept, store, line, putElsewhere };
}

test('a list that comes when the one before has just gone out goes out, too', async () => {
  for (const steps of STEPS) {
    let news!: HeldListener;
    const [first, second] = ['first', 'second'].map((etag) => ({ etag }) as Held) as [Held, Held];
    const on = (_: string, listener: HeldListener) => ((news = listener), () => {});
    const holdings = { on, get: () => first };
    const state = { options: {}, closed: false, holdings, ensure: async () => first } as unknown as ServerState;
    const told: string[] = [];
    const written = held();
    const tell = async ({ etag }: Held) => {
      told.push(etag);
      if (etag === 'first') await written.promise;
      return { id: etag, event: '' };
    };
    const stream = await new Streams(state).open(ask('/entitlements/stream'), 'cus_1', tell);
    written.end();
    await pass(steps);
    news(second, undefined);
    await settled();
    expect([steps, told]).toEqual([steps, ['first', 'second']]);
    await stream.body!.cancel();
  }
});

test('a list that is replaced when a stream is about to open is not the one that goes out', async () => {
  for (const steps of STEPS) {
    let current = { etag: 'first' } as Held;
    let news = undefined as HeldListener | undefined;
    const on = (_: string, listener: HeldListener) => ((news = listener), () => {});
    const holdings = { on, get: () => current };
    const state = { options: {}, closed: false, holdings, ensure: async () => current } as unknown as ServerState;
    const told: string[] = [];
    const tell = async ({ etag }: Held) => {
      told.push(etag);
      return { id: etag, event: '' };
    };
    const opening = new Streams(state).open(ask('/entitlements/stream'), 'cus_1', tell);
    if (steps > 0) await pass(steps - 1);
    current = { etag: 'second' } as Held;
    news?.(current, undefined);
    const stream = await opening;
    await settled();
    expect([steps, told.at(-1)]).toEqual([steps, 'second']);
    await stream.body!.cancel();
  }
});

test('a notice that comes when the one before has just been followed is followed, too', async () => {
  for (const steps of STEPS) {
    const { store, line, putElsewhere } = byHand();
    await putElsewhere(listOf('cus_1', 'first', NOW));
    const server = makeServer(new Billing(), { store });
    const gate = await server.for('cus_1');
    const second = await putElsewhere(listOf('cus_1', 'second', NOW + 1));
    const [asked, answer] = [held(), held()];
    line.get = () => (asked.end(), answer.promise);
    line.notice(second);
    await asked.promise;
    line.get = async () => {};
    const third = await putElsewhere(listOf('cus_1', 'third', NOW + 2));
    answer.end();
    await pass(steps);
    line.notice(third);
    await until(() => gate.hasFeature('third')).catch(() => expect.fail(`lost after ${steps} steps`));
  }
});

test('a list that another process replaces while it is read does not stay', async () => {
  const { store, line, putElsewhere } = byHand();
  await putElsewhere(listOf('cus_1', 'first', NOW));
  const [asked, answer] = [held(), held()];
  line.get = () => (asked.end(), answer.promise);
  const server = makeServer(new Billing(), { store });
  const coming = server.for('cus_1');
  await asked.promise;
  line.get = async () => {};
  line.notice(await putElsewhere(listOf('cus_1', 'second', NOW + 1)));
  answer.end();
  const gate = await coming;
  await until(() => gate.hasFeature('second') && !gate.hasFeature('first'));
});

test('a list that another process replaces before its put is answered does not stay', async () => {
  const { store, line, putElsewhere } = byHand();
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'first' });
  const kept = held();
  const answer = held();
  line.put = () => (kept.end(), answer.promise);
  const server = makeServer(billing, { store });
  const coming = server.for('cus_1');
  await kept.promise;
  line.put = async () => {};
  line.notice(await putElsewhere(listOf('cus_1', 'second', Date.now() + 1000)));
  answer.end();
  const gate = await coming;
  await until(() => gate.hasFeature('second') && !gate.hasFeature('first'));
});

test('a list that another process replaced before the server could listen does not stay', async () => {
  for (const moment of ['held', 'read', 'put'] as const) {
    const { store, line, putElsewhere } = byHand();
    const billing = new Billing();
    billing.grant('cus_1', { id: 'e1', featureKey: 'first' });
    if (moment !== 'put') await putElsewhere(listOf('cus_1', 'first', NOW));
    const [listening, reached, answer] = [held(), held(), held()];
    line.subscribe = () => listening.promise;
    if (moment === 'read') line.get = () => (reached.end(), answer.promise);
    if (moment === 'put') line.put = () => (reached.end(), answer.promise);
    const server = makeServer(billing, { store });
    const coming = server.for('cus_1');
    await (moment === 'held' ? coming : reached.promise);
    line.get = line.put = async () => {};
    await putElsewhere(listOf('cus_1', 'second', Date.now() + 1000));
    listening.end();
    await server.ready();
    answer.end();
    const gate = await coming;
    await until(() => gate.hasFeature('second') && !gate.hasFeature('first')).catch(() => expect.fail(moment));
  }
});

test('who closes it again waits for the same end', async () => {
  const { store, line } = byHand();
  const [keeping, release] = [held(), held()];
  line.put = () => (keeping.end(), release.promise);
  const server = makeServer(new Billing(), { store });
  const refreshing = server.refresh('cus_1').catch(() => undefined);
  await keeping.promise;
  let ended = 0;
  const closing = [server.close(), server.close()].map((end) => end.then(() => (ended += 1)));
  await settled();
  expect(ended).toBe(0);
  release.end();
  await Promise.all([...closing, refreshing]);
});

test('a failure is not remembered for longer where the clock is set back', async () => {
  let now = NOW;
  const billing = new Billing();
  billing.now = () => now;
  const server = makeServer(billing, { clock: () => now, negativeTtl: 5000 });
  billing.failure = new Error('down');
  expect((await server.handle(ask('/entitlements', 'cus_1'))).status).toBe(503);
  billing.failure = undefined;
  expect((await server.handle(ask('/entitlements', 'cus_1'))).status).toBe(503);
  now -= 3_600_000;
  expect((await server.handle(ask('/entitlements', 'cus_1'))).status).toBe(200);
});

test('a list of the same moment as the one before it is fetched again rather than given up', async () => {
  const { store, line } = byHand();
  const billing = new Billing();
  let now = 1_790_000_000_000;
  line.now = billing.now = () => now;
  const server = makeServer(billing, { store, clock: () => now });
  const gate = await server.for('cus_1');
  const refresh = async (feature: string): Promise<void> => {
    billing.rows.set('cus_1', [{ id: feature, featureKey: feature }]);
    await server.refresh('cus_1');
    expect(gate.hasFeature(feature)).toBe(true);
  };
  for (let i = 0; i < 8; i += 1) {
    now += 1000;
    line.now = () => now;
    await refresh(`first-${i}`);
    // The clock goes on as the store's answer is on its way: so much earlier is what is fetched then dated.
    line.now = () => now++;
    await refresh(`second-${i}`);
  }
});

test('an engine that starts when the server is closed already is freed', async () => {
  const { store, putElsewhere } = byHand();
  await putElsewhere(listOf('cus_1', 'first', NOW));
  const [asked, made] = [held(), held<RuleEngine>()];
  const engines = () => (asked.end(), made.promise);
  const server = makeServer(new Billing(), { store, engines });
  const coming = server.for('cus_1').catch((error: unknown) => error);
  await asked.promise;
  await server.close();
  const engine = await makeEngine();
  made.end(engine);
  expect(await coming).toMatchObject({ code: 'UNAVAILABLE' });
  expect(() => engine.names()).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
});

const metered = (balance: number) => ({
  id: 'e1',
  featureKey: 'calls',
  type: 'metered',
  usage: { balance, usageInPeriod: 0, periodStart: NOW - 3_600_000, periodEnd: NOW + 3_600_000 },
});

test('what is counted while the list is replaced is answered from the one that replaced it', async () => {
  const { store, line } = byHand();
  const billing = new Billing();
  billing.grant('cus_1', metered(10));
  const server = makeServer(billing, { store });
  const replaced = async (): Promise<void> => {
    billing.rows.set('cus_1', [metered(20)]);
    await server.refresh('cus_1');
  };
  line.consume = replaced;
  expect(await server.consume('cus_1', 'calls', 4)).toMatchObject({
    accepted: true,
    used: 4,
    limit: 20,
    remaining: 16,
  });
  billing.rows.set('cus_1', [metered(10)]);
  await server.refresh('cus_1');
  line.usage = replaced;
  expect(await server.usage('cus_1', 'calls')).toMatchObject({ allowed: true, used: 4, limit: 20 });
});

test('a gate that asks the application how much is used goes by the list of then', async () => {
  const billing = new Billing();
  billing.grant('cus_1', { id: 'e1', featureKey: 'storage', type: 'static', config: { limitGB: 10 } });
  const server = makeServer(billing);
  const gate = server.requireLimit('storage', 'limitGB', async () => {
    billing.rows.set('cus_1', [{ id: 'e1', featureKey: 'storage', type: 'static', config: { limitGB: 20 } }]);
    await server.refresh('cus_1');
    return 5;
  });
  expect(await gate(ask('/', 'cus_1'))).toBeNull();
});

test('a list that came from elsewhere while a fetch failed is the one that answers', async () => {
  const { store, line, putElsewhere } = byHand();
  const billing = new Billing();
  let now = NOW;
  line.now = billing.now = () => now;
  billing.grant('cus_1', { id: 'e1', featureKey: 'first' });
  const server = makeServer(billing, { store, clock: () => now, freshFor: 1000, staleFor: 1000 });
  const gate = await server.for('cus_1');
  now += 10_000;
  const [asked, failure] = [held(), held()];
  billing.delay = () => (asked.end(), failure.promise);
  billing.failure = new Error('down');
  const answer = server.requireFeature('second')(ask('/', 'cus_1'));
  await asked.promise;
  line.notice(await putElsewhere(listOf('cus_1', 'second', now)));
  await until(() => gate.hasFeature('second'));
  failure.end();
  expect(await answer).toBeNull();
});

test('a stream that is answered too late, when the request was told to come again, does not stay open', async () => {
  const session = held<string>();
  const server = makeServer(new Billing(), { customer: () => session.promise, requestTimeoutMs: 10 });
  expect((await server.handle(ask('/entitlements/stream'))).status).toBe(503);
  session.end('cus_1');
  await server.for('cus_1');
  await settled();
  expect((await server.health()).streams).toBe(0);
});

test('a listener that throws keeps nothing from anybody else', async () => {
  const billing = new Billing();
  const server = makeServer(billing);
  server.onChange(() => {
    throw new Error('the application failed');
  });
  const heard: string[] = [];
  server.onChange((customer) => void heard.push(customer));
  expect((await server.handle(ask('/entitlements', 'cus_1'))).status).toBe(200);
  expect(heard).toEqual(['cus_1']);
});

test('closing gives up the catalogue that is being fetched', async () => {
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  let told: AbortSignal | undefined;
  const catalogue = (options: { signal?: AbortSignal } = {}): Promise<string> => {
    told = options.signal;
    return new Promise(() => {});
  };
  const server = makeServer(billing, { upstream: { ...billing.upstream(), catalogue } });
  expect(told?.aborted).toBe(false);
  await server.close();
  expect(told?.aborted).toBe(true);
});
