// Signed snapshots: the client believes what its server signed for this customer, and nothing else.
import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';

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
