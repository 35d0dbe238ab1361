// Backends: OFREP with a key, and snapshots that carry a signature.
import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';

import { verifySnapshot } from '../../js/server/signed/verify.js';
import { as, Billing, environmentFor, Serving } from './support.js';

test('with customer.from nobody, only a key may ask', async () => {
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  const serving = new Serving({
    ...environmentFor(billing),
    PLANGATE_CUSTOMER_FROM: 'nobody',
    PLANGATE_OFREP_API_KEYS: 'old-key,new-key',
    PLANGATE_HOST: '0.0.0.0',
  });
  const url = (await serving.url()).replace('0.0.0.0', '127.0.0.1');
  expect((await fetch(`${url}/entitlements`, as('cus_1'))).status).toBe(401);
  const ask = (key?: string): Promise<Response> =>
    fetch(`${url}/ofrep/v1/evaluate/flags/feature-0000`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ context: { targetingKey: 'cus_1' } }),
    });
  for (const key of ['old-key', 'new-key']) expect(await (await ask(key)).json()).toMatchObject({ value: true });
  for (const key of [undefined, 'old-key,new-key', 'other']) expect((await ask(key)).status).toBe(401);
});

test('signs what it serves', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const billing = await new Billing().start();
  billing.features.set('cus_1', 1);
  const jwk = { ...(await exportJWK(privateKey)), kid: '2026-11' };
  const serving = new Serving({ ...environmentFor(billing), PLANGATE_SIGNING_PRIVATE_KEY: JSON.stringify(jwk) });
  const answer = await fetch(`${await serving.url()}/entitlements`, as('cus_1'));
  const keys = [{ ...(await exportJWK(publicKey)), kid: '2026-11' } as { kty: string }];
  const text = await answer.text();
  const signature = answer.headers.get('plangate-signature');
  await verifySnapshot(text, signature, { keys, customer: 'cus_1' });
  await expect(verifySnapshot(text, signature, { keys, customer: 'cus_2' })).rejects.toThrow();
});
