// Who is asking, by signed tokens: only what is surely somebody's is somebody's.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { Billing, environmentFor, folder, Serving } from './support.js';

const SECRET = 'a secret of thirty-two bytes or more';
let billing: Billing;

beforeEach(async () => {
  billing = await new Billing().start();
  for (const customer of ['cus_1', 'cus_2']) billing.features.set(customer, 1);
});

/** The environment; a header names nobody any more. */
function tokens(more: Record<string, string>): Record<string, string> {
  return { ...environmentFor(billing), PLANGATE_CUSTOMER_FROM: 'token', ...more };
}

const signed = (
  payload: Record<string, unknown>,
  key: CryptoKey | Uint8Array,
  alg: string,
  more: { exp?: string; kid?: string } = {},
) => {
  const jwt = new SignJWT(payload).setProtectedHeader({ alg, ...(more.kid && { kid: more.kid }) });
  return (more.exp === '' ? jwt : jwt.setExpirationTime(more.exp ?? '5m')).sign(key);
};

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

test('a shared secret: right tokens are believed, all others are nobody', async () => {
  const serving = new Serving(tokens({ PLANGATE_CUSTOMER_SECRET: SECRET, PLANGATE_CUSTOMER_COOKIE: 'session' }));
  const url = `${await serving.url()}/entitlements`;
  const key = new TextEncoder().encode(SECRET);
  const status = async (init: RequestInit): Promise<number> => (await fetch(url, init)).status;

  const good = await signed({ sub: 'cus_1' }, key, 'HS256');
  const answer = await fetch(url, bearer(good));
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { customer: string }).customer).toBe('cus_1');
  expect(await status({ headers: { cookie: `other=1; session=${good}` } })).toBe(200);

  const [head, body] = good.split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
  const forged = `${head}.${Buffer.from('{"sub":"cus_2","exp":9999999999}').toString('base64url')}.${good.split('.')[2]}`;
  const refused: RequestInit[] = [
    {},
    { headers: { 'x-customer': 'cus_1' } },
    bearer('nonsense'),
    bearer(none),
    bearer(forged),
    bearer(await signed({ sub: 'cus_1' }, new TextEncoder().encode('another secret of thirty-two bytes'), 'HS256')),
    bearer(await signed({ sub: 'cus_1' }, key, 'HS256', { exp: '-1m' })),
    bearer(await signed({ sub: 'cus_1' }, key, 'HS256', { exp: '' })),
    bearer(await signed({ sub: 7 }, key, 'HS256')),
    bearer(await signed({ customer: 'cus_1' }, key, 'HS256')),
    { headers: { authorization: `Basic ${good}`, cookie: `session=${good}` } },
  ];
  for (const [index, init] of refused.entries()) expect([index, await status(init)]).toEqual([index, 401]);
  expect(JSON.stringify(serving.log)).not.toContain(good.slice(-20));
});

test.for([
  ['EdDSA', 'jwks'],
  ['ES256', 'pem'],
  ['RS256', 'pem'],
] as const)('public keys from a file: %s as %s', async ([alg, form]) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const file = join(folder(), 'keys');
  writeFileSync(
    file,
    form === 'pem' ? await exportSPKI(publicKey) : JSON.stringify({ keys: [await exportJWK(publicKey)] }),
  );
  const serving = new Serving(
    tokens({ PLANGATE_CUSTOMER_PUBLIC_KEYS_FILE: file, PLANGATE_CUSTOMER_CLAIM: 'billing_id' }),
  );
  const url = `${await serving.url()}/entitlements`;
  expect((await fetch(url, bearer(await signed({ billing_id: 'cus_1' }, privateKey, alg)))).status).toBe(200);
  const other = await generateKeyPair(alg, { extractable: true });
  expect((await fetch(url, bearer(await signed({ billing_id: 'cus_1' }, other.privateKey, alg)))).status).toBe(401);
  // The public key as if it were a shared secret: the classic confusion.
  const text = new TextEncoder().encode(await exportSPKI(publicKey));
  expect((await fetch(url, bearer(await signed({ billing_id: 'cus_1' }, text, 'HS256')))).status).toBe(401);
});

test('keys of an identity provider: issuer and audience count', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] });
  const http = createServer((_, response) => response.end(keys)).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const jwks = `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`;
  const serving = new Serving(
    tokens({
      PLANGATE_CUSTOMER_JWKS_URL: jwks,
      PLANGATE_CUSTOMER_ISSUER: 'https://id.example',
      PLANGATE_CUSTOMER_AUDIENCE: 'app',
    }),
  );
  const url = `${await serving.url()}/entitlements`;
  const status = async (payload: Record<string, unknown>): Promise<number> =>
    (await fetch(url, bearer(await signed({ sub: 'cus_1', ...payload }, privateKey, 'RS256', { kid: 'one' })))).status;
  expect(await status({ iss: 'https://id.example', aud: 'app' })).toBe(200);
  expect(await status({ iss: 'https://id.example', aud: ['other', 'app'] })).toBe(200);
  expect(await status({ iss: 'https://id.example', aud: 'another-app' })).toBe(401);
  expect(await status({ iss: 'https://evil.example', aud: 'app' })).toBe(401);
  expect(await status({ aud: 'app' })).toBe(401);
});
