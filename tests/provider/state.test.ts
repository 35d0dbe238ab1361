// What was not kept has not happened: a journal that fails, a request that fails half way, an engine that stops.
import { readFileSync } from 'node:fs';

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { MockInstance } from 'vitest';

import createModule from '../../js/engine/generated/glue-billing.js';
import { BillingEngine } from '../../js/engine/billing.js';
import { EngineModule, startGlue } from '../../js/engine/module.js';
import { ProviderClock } from '../../js/provider/clock.js';
import { ProviderError } from '../../js/provider/errors.js';
import { Ids } from '../../js/provider/ids.js';
import { MemoryJournal } from '../../js/provider/state/journal.js';
import type { Batch } from '../../js/provider/state/journal.js';
import { ProviderState } from '../../js/provider/state/state.js';
import { addEndpoint } from '../../js/provider/webhooks/endpoints.js';
import { Outbox, writeEvent } from '../../js/provider/webhooks/outbox.js';
import { freePort } from '../support/servers.mjs';
import { BILLING_WASM } from './engine.js';
import { createProvider } from './support.js';

class FailingJournal extends MemoryJournal {
  failing = false;

  override commit(batch: Batch): void {
    if (this.failing) throw new ProviderError('STATE_UNAVAILABLE', 'disk full');
    super.commit(batch);
  }
}

const bytes = readFileSync(BILLING_WASM);

/** An instance of the engine of one's own, so that one that is broken breaks nobody else's. */
async function ownModule(): Promise<EngineModule> {
  return new EngineModule(await startGlue(createModule, (imports) => WebAssembly.instantiate(bytes, imports)));
}

async function open(
  real = () => 1_000_000,
  beforeModule: () => Promise<void> | void = () => {},
): Promise<{ state: ProviderState; journal: FailingJournal; modules: EngineModule[] }> {
  const journal = new FailingJournal();
  const modules: EngineModule[] = [];
  const factory = async (): Promise<BillingEngine> => {
    await beforeModule();
    modules.push(await ownModule());
    return new BillingEngine(modules.at(-1) as EngineModule);
  };
  const state = await ProviderState.open({
    journal,
    clock: new ProviderClock(real),
    ids: new Ids('s'),
    factory,
  });
  onTestFinished(() => state.close());
  return { state, journal, modules };
}

const product = (state: ProviderState, id: string, fail?: Error): Promise<unknown> =>
  state.run((work) => {
    work.do({ do: 'product.create', id, name: work.ids.make('prod') });
    work.documents.put('setting', id, { value: 1 });
    if (fail) throw fail;
  });

const productsOf = (state: ProviderState): string[] => state.ledger.every('products', {}).map(({ id }) => id);

describe('a request', () => {
  it('whose journal fails has not happened, in the ledger, the documents and the ids', async () => {
    const { state, journal } = await open();
    await product(state, 'prod_1');
    const before = [JSON.stringify(state.ledger.query({ query: 'state' })), state.ids.next];
    journal.failing = true;
    await expect(product(state, 'prod_2')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect([JSON.stringify(state.ledger.query({ query: 'state' })), state.ids.next]).toEqual(before);
    expect(state.documents.get('setting', 'prod_2')).toBeUndefined();
    journal.failing = false;
    await product(state, 'prod_2');
    expect(productsOf(state)).toEqual(['prod_2', 'prod_1']);
  });

  it('that fails half way leaves nothing, and the next one is done', async () => {
    const { state } = await open();
    await expect(product(state, 'prod_1', new Error('half way'))).rejects.toThrow('half way');
    expect([productsOf(state), state.documents.count('setting')]).toEqual([[], 0]);
    await Promise.all([
      product(state, 'prod_2'),
      product(state, 'prod_3', new Error('again')).catch(() => {}),
      product(state, 'prod_4'),
    ]);
    expect(productsOf(state)).toEqual(['prod_4', 'prod_2']);
  });

  it('whose engine stops finds another, made from the journal', async () => {
    const { state, modules } = await open();
    await product(state, 'prod_1');
    modules.at(-1)?.poison('trapped');
    await expect(product(state, 'prod_2')).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    await product(state, 'prod_2');
    expect(productsOf(state)).toEqual(['prod_2', 'prod_1']);
    expect(modules.length).toBeGreaterThan(1);
  });

  it('is told to listeners once it is kept, and not before', async () => {
    const { state } = await open();
    const told: string[][] = [];
    const stop = state.onKept(({ commands }) => told.push(commands.map((command) => command.do)));
    await product(state, 'prod_1');
    await product(state, 'prod_2', new Error('no')).catch(() => {});
    stop();
    await product(state, 'prod_3');
    expect(told).toEqual([['product.create']]);
  });
});

describe('replacing everything', () => {
  it('leaves all as it was until there is another ledger, and when there is none', async () => {
    let another = (): Promise<void> => Promise.resolve();
    const { state } = await open(undefined, () => another());
    await product(state, 'prod_1');
    const waiting: ((why: Error) => void)[] = [];
    another = () => new Promise((_, reject) => waiting.push(reject));
    const replaced = state.replace({ frozenAt: null, offset: 0 }, () => {});
    await expect.poll(() => waiting.length).toBe(1);
    expect(productsOf(state)).toEqual(['prod_1']);
    another = () => Promise.resolve();
    waiting[0]?.(new Error('no memory'));
    await expect(replaced).rejects.toThrow('no memory');
    await product(state, 'prod_2');
    expect(productsOf(state)).toEqual(['prod_2', 'prod_1']);
  });
});

it('tells about itself also while the ledger is made anew', async () => {
  let another = (): Promise<void> => Promise.resolve();
  const ledgers = async (): Promise<BillingEngine> => {
    await another();
    return new BillingEngine(await ownModule());
  };
  const provider = await createProvider({ ledgers });
  onTestFinished(() => provider.close());
  const arrivals: (() => void)[] = [];
  another = () => new Promise((arrive) => arrivals.push(arrive));
  const reset = provider.reset({ customers: [{ subscriptions: [{ price: 'price_none' }] }] });
  const refused = expect(reset).rejects.toMatchObject({ code: 'INVALID_SEED' });
  await expect.poll(() => arrivals.length).toBe(1);
  arrivals[0]?.();
  await expect.poll(() => arrivals.length).toBe(2);
  const info = provider.fetch(new Request('http://127.0.0.1/_plangate/info'));
  // It would be refused by now.
  await new Promise((resolve) => setImmediate(resolve));
  arrivals[1]?.();
  expect((await info).status).toBe(200);
  await refused;
});

describe('the end', () => {
  it('comes after what was begun, and nothing comes after it', async () => {
    const { state, journal, modules } = await open();
    const closed = vi.spyOn(journal, 'close');
    const under = product(state, 'prod_1').then(() => closed.mock.calls.length);
    const end = state.close();
    await expect(product(state, 'prod_2')).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect(await under).toBe(0);
    await end;
    await expect(product(state, 'prod_3')).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect([journal.load().steps.length, modules.length]).toEqual([1, 1]);
  });
});

describe('a ledger', () => {
  /** Ledgers, and how many of them are not disposed of. */
  function counted() {
    const engines: MockInstance[] = [];
    const ledgers = async (): Promise<BillingEngine> => {
      const engine = new BillingEngine(await ownModule());
      engines.push(vi.spyOn(engine, 'dispose'));
      return engine;
    };
    return { ledgers, left: () => engines.filter(({ mock }) => mock.calls.length === 0).length };
  }

  it('is let go of when the provider cannot start', async () => {
    const { ledgers, left } = counted();
    const seed = { customers: [{ subscriptions: [{ price: 'price_none' }] }] };
    await expect(createProvider({ ledgers, seed })).rejects.toMatchObject({ code: 'INVALID_SEED' });
    expect(left()).toBe(0);
  });

  it('is let go of when the journal cannot be read', async () => {
    const { ledgers, left } = counted();
    const journal = new MemoryJournal();
    const state = await ProviderState.open({
      journal,
      clock: new ProviderClock(),
      ids: new Ids('s'),
      factory: ledgers,
    });
    const load = vi.spyOn(journal, 'load').mockImplementationOnce(() => {
      throw new Error('unreadable');
    });
    await expect(product(state, 'prod_1', new Error('half way'))).rejects.toThrow('unreadable');
    expect(load).toHaveBeenCalledOnce();
    await product(state, 'prod_2');
    expect(left()).toBe(1);
    await state.close();
    expect(left()).toBe(0);
  });
});

describe('a port', () => {
  it('is opened once, however many ask for it', async () => {
    const provider = await createProvider();
    onTestFinished(() => provider.close());
    const [one, two] = await Promise.all([provider.listen(), provider.listen()]);
    expect(two).toBe(one);
  });

  it('is closed also when it was being opened', async () => {
    const provider = await createProvider({ port: await freePort() });
    const opening = provider.listen();
    await provider.close();
    await expect(fetch(await opening)).rejects.toThrow('fetch failed');
    await expect(provider.listen()).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('time', () => {
  it('goes on by itself when what it brought could not be kept at first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let real = 1_000_000;
    const { state, journal } = await open(() => real);
    await state.run((work) => {
      work.do({ do: 'product.create', id: 'prod_1', name: 'Pro' });
      work.do({
        do: 'price.create',
        id: 'price_1',
        product: 'prod_1',
        currency: 'usd',
        unitAmount: 1,
        interval: 'month',
      });
      work.do({ do: 'customer.create', id: 'cus_1' });
      const trial = { trialEnd: 1_010_000, trialEndBehavior: 'cancel' };
      work.do({
        do: 'subscription.create',
        id: 'sub_1',
        customer: 'cus_1',
        items: [{ id: 'si_1', price: 'price_1' }],
        ...trial,
      });
    });
    const kept = vi.fn();
    state.onKept(kept);
    real = 1_011_000;
    journal.failing = true;
    const commit = vi.spyOn(journal, 'commit');
    await vi.advanceTimersByTimeAsync(11_000);
    await expect.poll(() => commit.mock.calls.length).toBeGreaterThan(0);
    journal.failing = false;
    const later = async (): Promise<number> => {
      await vi.advanceTimersByTimeAsync(1000);
      return kept.mock.calls.length;
    };
    await expect.poll(later).toBe(1);
    expect(state.ledger.get('subscription', 'sub_1').status).toBe('canceled');
  });
});

describe('events', () => {
  it('are forgotten when there are too many, the oldest first, and none that is still to be delivered', async () => {
    const { state } = await open();
    const write = (from: number, count: number): Promise<void> =>
      state.run((work) => {
        for (let at = from; at < from + count; at += 1)
          writeEvent(work, {
            id: `evt_${at}`,
            protocol: 'stripe',
            type: 'a.b',
            createdAt: at,
            customer: null,
            payload: {},
          });
      });
    const kept = (): string[] => state.documents.all('event').map(({ id }) => id);
    const endpoint = { url: 'http://127.0.0.1:9/', protocol: 'stripe' } as const;
    await state.run((work) => addEndpoint(work, endpoint, 'whsec_c2VjcmV0'));
    await write(0, 10_300);
    expect([kept().length, [...state.documents.pending()].length]).toEqual([10_300, 10_300]);
    await state.run(({ documents }) => {
      for (const row of [...documents.pending()].slice(50))
        documents.put('delivery', row.id, { ...row, state: 'delivered', nextAt: null });
    });
    await write(10_300, 100);
    const left = kept();
    // 400 too many, of which the 50 oldest still wait.
    expect([left.length, left[49], left[50]]).toEqual([10_050, 'evt_49', 'evt_400']);
    expect(state.documents.count('delivery')).toBe(10_050);
    expect([...state.documents.pending()].map(({ event }) => event)).toContain('evt_0');
  });
});

it('an event is not sent again and again while what came of it cannot be kept', async () => {
  const { state, journal } = await open();
  let sent = 0;
  const send = async (): Promise<Response> => {
    sent += 1;
    // A loop ends here, for the test to fail and not to hang.
    journal.failing = sent < 100;
    return new Response();
  };
  const outbox = new Outbox(state, { fetch: send });
  onTestFinished(() => outbox.close());
  await state.run((work) => addEndpoint(work, { url: 'http://127.0.0.1:9/' }, 'whsec_c2VjcmV0'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await state.run((work) =>
    writeEvent(work, { id: 'evt_1', protocol: 'stripe', type: 'a.b', createdAt: 0, customer: null, payload: {} }),
  );
  await expect.poll(() => sent).toBeGreaterThan(0);
  // Whatever goes on without a timer is past.
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect([sent, [...state.documents.pending()].length]).toEqual([1, 1]);
  const written = vi
    .spyOn(journal, 'commit')
    .mockImplementation((batch) => MemoryJournal.prototype.commit.call(journal, batch));
  await vi.advanceTimersByTimeAsync(60_000);
  await expect.poll(() => [...state.documents.pending()].length).toBe(0);
  expect([sent, written.mock.calls.length]).toEqual([2, 1]);
});

describe('the clock', () => {
  it('runs in whole seconds, stops, moves on and never back', () => {
    let real = 10_500;
    const clock = new ProviderClock(() => real);
    expect(clock.now()).toBe(10_000);
    clock.advance(60_000);
    expect([clock.now(), clock.realDelay(70_000)]).toEqual([60_000, 10_000]);
    real += 1000;
    expect(clock.now()).toBe(61_000);
    clock.freeze();
    real += 5000;
    expect([clock.now(), clock.realDelay(70_000)]).toEqual([61_000, undefined]);
    clock.advance(90_000);
    clock.resume();
    real += 2000;
    expect(clock.now()).toBe(92_000);
    expect(() => clock.advance(91_000)).toThrow(/only goes forward/);
    expect(() => clock.freeze(NaN)).toThrow(ProviderError);
    const again = new ProviderClock(() => real);
    again.restore(clock.document);
    expect(again.now()).toBe(92_000);
  });
});
