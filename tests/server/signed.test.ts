// Signed snapshots: the client believes what its server signed for this customer, and nothing else.
import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';

import { cache } from '../../js/cache/index.js';
import { systemClock } from '../../js/client/clock.js';
import type { PlangateOptions } from '../../js/client/options.js';
import type { Part } from '../../js/client/part.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { signer } from '../../js/server/index.js';
import { SignatureError, verifiedFetch, verifySnapshot } from '../../js/server/signed/verify.js';
import { ask, Billing, makeServer } from './harness.js';

const wasm = readFileSync(new URL('../../js/engine/generated/plangate.wasm', import.meta.url));

async function keyPair(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return { privateKey: { ...(await exportJWK(privateKey)), kid }, publicKey: { ...(await exportJWK(publicKey)), kid } };
}

const key = await keyPair('2026-11');
const old = await keyPair('2026-05');

async function signed(customer = 'cus_1') {
  const billing = new Billing();
  billing.grant(customer, { id: 'e1', featureKey: 'reports' });
  const server = makeServer(billing, { signer: signer({ privateKey: key.privateKey, validForSeconds: 3600 }) });
  const response = await server.handle(ask('/entitlements', customer));
  return { server, body: await response.text(), signature: response.headers.get('plangate-signature')! };
}

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SignatureError);
  return (error as SignatureError).code;
};

test('a right signature says whose and when', async () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  const { body, signature } = await signed();
  const verified = await verifySnapshot(body, signature, {
    keys: [old.publicKey as never, key.publicKey as never],
    customer: 'cus_1',
  });
  expect(verified).toMatchObject({ customer: 'cus_1', keyId: '2026-11' });
  expect(verified.issuedAt).toBeGreaterThanOrEqual(before);
  expect(verified.issuedAt).toBeLessThanOrEqual(Date.now());
});

test('another customer, time, key or algorithm, and every edit, is refused', async () => {
  const { body, signature } = await signed();
  const keys = [key.publicKey as never];
  expect(await refusal(verifySnapshot(body, null, { keys }))).toBe('MISSING_SIGNATURE');
  expect(await refusal(verifySnapshot(body, 'a.b.c', { keys }))).toBe('MALFORMED_SIGNATURE');
  expect(await refusal(verifySnapshot(body, signature, { keys, customer: 'cus_2' }))).toBe('WRONG_CUSTOMER');
  expect(await refusal(verifySnapshot(body, signature, { keys: [old.publicKey as never] }))).toBe('UNKNOWN_KEY');
  expect(await refusal(verifySnapshot(body, signature, { keys, now: Date.now() + 3_700_000 }))).toBe('EXPIRED');
  expect(await refusal(verifySnapshot(body, signature, { keys, now: Date.now() - 120_000 }))).toBe('NOT_YET_VALID');
  const impostor = { ...old.publicKey, kid: '2026-11' };
  expect(await refusal(verifySnapshot(body, signature, { keys: [impostor as never] }))).toBe('WRONG_SIGNATURE');
  expect(await refusal(verifySnapshot(body.replace('reports', 'reportz'), signature, { keys }))).toBe(
    'WRONG_SIGNATURE',
  );
  const [head, tail] = signature.split('..') as [string, string];
  const edited = (change: object): string => {
    const header = { ...JSON.parse(atob(head)), ...change };
    return `${btoa(JSON.stringify(header)).replaceAll('=', '')}..${tail}`;
  };
  expect(await refusal(verifySnapshot(body, edited({ sub: 'cus_2' }), { keys }))).toBe('WRONG_SIGNATURE');
  expect(await refusal(verifySnapshot(body, edited({ exp: 9e9 }), { keys }))).toBe('WRONG_SIGNATURE');
  expect(await refusal(verifySnapshot(body, edited({ alg: 'none' }), { keys }))).toBe('MALFORMED_SIGNATURE');
  for (let i = 0; i < tail.length; i += 7) {
    const flipped = `${head}..${tail.slice(0, i)}${tail[i] === 'A' ? 'B' : 'A'}${tail.slice(i + 1)}`;
    expect(await refusal(verifySnapshot(body, flipped, { keys }))).toBe('WRONG_SIGNATURE');
  }
});

test('the client loads what verifies, and keeps its list when something else comes', async () => {
  const { server } = await signed();
  let edit = (text: string): string => text;
  const refused: string[] = [];
  const transport = async (_: unknown): Promise<Response> => {
    const response = await server.handle(ask('/entitlements', 'cus_1'));
    return new Response(edit(await response.text()), { headers: response.headers });
  };
  const gate = await createPlangate({
    url: 'http://localhost/entitlements',
    customer: 'cus_1',
    wasm,
    logger: null,
    fetch: verifiedFetch({
      keys: [key.publicKey as never],
      customer: 'cus_1',
      fetch: transport as typeof fetch,
      onRefused: ({ code }) => refused.push(code),
    }),
  });
  expect(gate.hasFeature('reports')).toBe(true);
  edit = (text) => text.replace('"entitlements":[', '"entitlements":[{"featureKey":"everything"},');
  expect(await gate.refresh()).toBe(false);
  expect([gate.hasFeature('reports'), gate.hasFeature('everything'), refused]).toEqual([
    true,
    false,
    ['WRONG_SIGNATURE'],
  ]);
  gate.dispose();
});

/** A device with a store of its own, and a client that believes signed lists only. */
function device(server: Awaited<ReturnType<typeof signed>>['server'], { customer = 'cus_1', use = [] as Part[] } = {}) {
  const kept = new Map<string, string>();
  const refused: string[] = [];
  let online = true;
  let now = Date.now();
  const visit = async (more: Partial<PlangateOptions> = {}) => {
    const trusted = verifiedFetch({
      keys: [key.publicKey as never],
      customer,
      fetch: (async (_: unknown, init?: RequestInit) => {
        if (!online) throw new TypeError('offline');
        const request = ask('/entitlements', customer);
        for (const [name, value] of new Headers(init?.headers)) request.headers.set(name, value);
        return server.handle(request);
      }) as typeof fetch,
      onRefused: ({ code }) => refused.push(code),
    });
    const store = {
      get: (name: string) => kept.get(name),
      set: (name: string, text: string) => void kept.set(name, text),
      delete: (name: string) => void kept.delete(name),
    };
    const clock = { now: () => now, setTimeout: systemClock.setTimeout, clearTimeout: systemClock.clearTimeout };
    const gate = await createPlangate({
      url: 'http://localhost/entitlements',
      customer,
      wasm,
      logger: null,
      clock,
      fetch: trusted,
      use: [cache({ store }), ...use],
      ...more,
    });
    return { gate, trusted };
  };
  /** The record of the list, once it is written. */
  const record = async (): Promise<[name: string, text: string]> => {
    await expect.poll(() => [...kept.keys()].some((name) => name.includes(customer))).toBe(true);
    return [...kept].find(([name]) => name.includes(customer))!;
  };
  return {
    kept,
    refused,
    visit,
    record,
    offline: () => (online = false),
    online: () => (online = true),
    later: (ms: number) => (now += ms),
  };
}

test('a kept list answers offline, as it was signed', async () => {
  const { server } = await signed();
  const { visit, record, offline, refused } = device(server);
  (await visit()).gate.dispose();
  await record();
  offline();
  const { gate } = await visit();
  expect([gate.ready, gate.hasFeature('reports'), refused]).toEqual([true, true, []]);
  gate.dispose();
});

const everything = (text: string): string => text.replace('"reports"', '"everything"');

test.each([
  ['edited', everything, 'WRONG_SIGNATURE'],
  [
    'edited, without its signature',
    (text: string) => everything(text.slice(text.indexOf('\n') + 1)),
    'MISSING_SIGNATURE',
  ],
  [
    'with a signature of another list',
    (text: string, other: string) => everything(other) + text,
    'MALFORMED_SIGNATURE',
  ],
])('a kept list that was edited is not believed: %s', async (_, edit, code) => {
  const { server } = await signed();
  const { visit, record, offline, online, refused, kept } = device(server);
  (await visit()).gate.dispose();
  const [name, text] = await record();
  kept.set(name, edit(text, 'x'));
  offline();
  const { gate } = await visit();
  expect([gate.ready, gate.hasFeature('everything'), gate.hasFeature('reports')]).toEqual([false, false, false]);
  expect(refused).toContain(code);
  online();
  expect(await gate.refresh()).toBe(true);
  expect(gate.hasFeature('reports')).toBe(true);
  gate.dispose();
});

test('a kept list that was signed for somebody else, or too long ago, is not believed', async () => {
  const { server } = await signed('cus_2');
  const theirs = device(server, { customer: 'cus_2' });
  (await theirs.visit()).gate.dispose();
  const [, text] = await theirs.record();
  const mine = device((await signed()).server);
  (await mine.visit()).gate.dispose();
  const [name, own] = await mine.record();
  mine.offline();
  mine.kept.set(name, text);
  expect((await mine.visit({ customer: null })).gate.ready).toBe(false);
  mine.kept.set(name, own);
  expect((await mine.visit()).gate.ready).toBe(true);
  // Signed for an hour.
  mine.later(3_700_000);
  expect((await mine.visit()).gate.ready).toBe(false);
  expect(mine.refused).toEqual(expect.arrayContaining(['EXPIRED']));
});

test('an old list with a later tag does not pass for the latest, nor for a fresh one', async () => {
  const { server } = await signed();
  const { visit, record, kept } = device(server);
  (await visit()).gate.dispose();
  const [name, text] = await record();
  const response = await server.handle(ask('/entitlements', 'cus_1'));
  const [signature, , list] = text.split('\n');
  const oneDay = Date.now() + 86_400_000;
  kept.set(name, [signature, JSON.stringify([oneDay, false, response.headers.get('etag')]), list].join('\n'));
  const asked: (string | null)[] = [];
  const { gate } = await visit({
    headers: () => (asked.push('a request'), {}),
    use: [
      cache({ store: { get: (at) => kept.get(at), set: () => {}, delete: () => {} }, freshFor: 0 }),
      (host) =>
        void host.on('list', ({ etag, origin }) => asked.push(`${origin} ${etag === null ? 'without tag' : ''}`)),
    ],
  });
  expect(asked.slice(0, 2)).toEqual(['cache without tag', 'a request']);
  gate.dispose();
});

test('a streamed list is kept when the fetch has verified it, and only then', async () => {
  const { server, body, signature } = await signed();
  const { visit, record } = device(server);
  const { gate, trusted } = await visit();
  await record();
  expect((await trusted.verify(body, signature)).customer).toBe('cus_1');
  expect(await refusal(trusted.verify(everything(body), signature))).toBe('WRONG_SIGNATURE');
  const texts = new Map<string, string>();
  const store = trusted.keeping(
    {
      get: (name) => texts.get(name),
      set: (name, text) => texts.set(name, text),
      delete: (name) => texts.delete(name),
    },
    { now: () => Date.now() },
  );
  await store.set('list', `[1,false,null]\n${body}`);
  expect(await store.get('list')).toMatch(/^\[\d+,false,null\]\n\{"plangate":1/);
  await store.set('list', `[1,false,null]\n${everything(body)}`);
  expect([await store.get('list'), texts.size]).toEqual([undefined, 0]);
  await store.set('index', '["list"]');
  expect(await store.get('index')).toBe('["list"]');
  gate.dispose();
});
