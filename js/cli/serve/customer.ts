// Who is asking: the customer of a signed token, or of a header that a proxy sets. What is not sure is nobody.
import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { createLocalJWKSet, createRemoteJWKSet, exportJWK, importSPKI, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import type { KeyObject } from 'node:crypto';

import { EXIT, fail } from '../output.js';
import type { CliError } from '../output.js';
import type { CustomerConfig, LoadedConfig } from './config.js';

/** Answers the customer of a request, or null. Never rejects: a token that cannot be verified is nobody's. */
export type IdentifyCustomer = (request: Request) => Promise<string | null>;

const SHARED = ['HS256', 'HS384', 'HS512'];
const PUBLIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const LEAST_SECRET_BYTES = 32;

/** Makes the callback that the configuration asks for; `refused` hears why a token was not believed (no token in it). */
export async function identify(loaded: LoadedConfig, refused: (why: string) => void): Promise<IdentifyCustomer> {
  const { config, whereIs } = loaded;
  const { customer } = config;
  const wrong = (path: string, what: string, hint: string): CliError =>
    fail('INVALID_CONFIG', what, { where: whereIs(path), hint, exit: EXIT.usage });
  switch (customer.from) {
    case 'header':
      if (!isLoopback(config.host) && !customer.allowRemoteHeader) {
        const what = `customer.from is header, but other machines can connect to ${config.host}: whoever does could be any customer`;
        const hint =
          'use customer.from: token, or listen on 127.0.0.1, or set customer.allowRemoteHeader behind a proxy that sets the header itself';
        throw wrong('customer.from', what, hint);
      }
      return fromHeader(customer.header);
    case 'token':
      return fromToken(customer, wrong, refused);
    case 'nobody':
      if (config.ofrep.apiKeys) return async () => null;
      throw wrong(
        'customer.from',
        'customer.from is nobody, and there are no ofrep.apiKeys: nothing could be asked',
        'set PLANGATE_OFREP_API_KEYS, or name who is asking',
      );
    default:
      throw wrong(
        'customer.from',
        'customer.from is missing: the server must know who is asking',
        'set it to token (a signed token) or header (a proxy on this machine sets it)',
      );
  }
}

/** Whether only this machine can connect. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host);

function fromHeader(name: string): IdentifyCustomer {
  // Two headers are joined by a comma: one of them was not set by the proxy.
  return async (request) => {
    const value = request.headers.get(name);
    return value === null || value === '' || value.includes(',') ? null : value;
  };
}

type Wrong = (path: string, what: string, hint: string) => CliError;

async function fromToken(
  config: CustomerConfig,
  wrong: Wrong,
  refused: (why: string) => void,
): Promise<IdentifyCustomer> {
  const key = await keyOf(config, wrong);
  const options: JWTVerifyOptions = {
    algorithms: typeof key === 'function' ? PUBLIC : SHARED,
    clockTolerance: config.clockToleranceSeconds,
    // A token without an end would be good for ever, also in the hands of who found it.
    requiredClaims: ['exp', config.claim],
    ...(config.issuer !== undefined && { issuer: config.issuer }),
    ...(config.audience !== undefined && { audience: config.audience }),
  };
  const verify = (token: string) =>
    typeof key === 'function' ? jwtVerify(token, key, options) : jwtVerify(token, key, options);
  return async (request) => {
    const token = tokenOf(request, config.cookie);
    if (token === null) return null;
    try {
      const { payload } = await verify(token);
      const customer = payload[config.claim];
      if (typeof customer === 'string' && customer !== '') return customer;
      refused(`the claim ${config.claim} is not a text`);
    } catch (error) {
      refused(
        `${(error as { code?: string }).code ?? 'UNKNOWN'} ${error instanceof Error ? error.message : ''}`.trim(),
      );
    }
    return null;
  };
}

/** The Authorization header before the cookie: an application that sends one means it. */
function tokenOf(request: Request, cookie: string | undefined): string | null {
  const header = request.headers.get('authorization');
  if (header !== null) return /^bearer +([^\s,]+)$/i.exec(header)?.[1] ?? null;
  if (cookie === undefined) return null;
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [name = '', ...value] = pair.split('=');
    if (name.trim() === cookie)
      return (
        value
          .join('=')
          .trim()
          .replace(/^"(.*)"$/, '$1') || null
      );
  }
  return null;
}

async function keyOf(config: CustomerConfig, wrong: Wrong): Promise<KeyObject | JWTVerifyGetKey> {
  const given = (['secret', 'publicKeysFile', 'jwksUrl'] as const).filter((name) => config[name] !== undefined);
  const choose = 'give one of customer.secret, customer.publicKeysFile and customer.jwksUrl';
  if (given.length === 0) throw wrong('customer.secret', 'customer.from is token, but no key is given', choose);
  if (given.length > 1) throw wrong(`customer.${given[1]}`, `${given.length} kinds of key are given`, choose);
  if (config.secret !== undefined) return sharedKey(config.secret, wrong);
  if (config.publicKeysFile !== undefined) return publicKeys(config.publicKeysFile, wrong);
  return remoteKeys(config, wrong);
}

function sharedKey(secret: string, wrong: Wrong): KeyObject {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length >= LEAST_SECRET_BYTES) return createSecretKey(bytes);
  const what = `customer.secret has ${bytes.length} bytes: so short a secret can be guessed`;
  throw wrong('customer.secret', what, `use ${LEAST_SECRET_BYTES} random bytes or more, e.g. openssl rand -base64 48`);
}

async function publicKeys(file: string, wrong: Wrong): Promise<JWTVerifyGetKey> {
  try {
    const text = readFileSync(file, 'utf8');
    if (!text.includes('-----BEGIN')) return createLocalJWKSet(asKeySet(JSON.parse(text)));
    // The algorithm only chooses how the bytes are read; jwtVerify looks again at the key's own kind.
    const key = await importSPKI(text, algorithmOf(text), { extractable: true });
    return createLocalJWKSet({ keys: [await exportJWK(key)] });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(
      'customer.publicKeysFile',
      `the public keys cannot be read: ${why}`,
      `put a JWK Set or a PEM public key into ${file}`,
    );
  }
}

function asKeySet(data: unknown): JSONWebKeySet {
  const set = data as JSONWebKeySet;
  const keys = Array.isArray(set?.keys) ? set.keys : [data as JSONWebKeySet['keys'][number]];
  if (keys.some((key) => key.d !== undefined))
    throw new TypeError('a private key is in it; only public ones belong there');
  return { keys };
}

/** By the key's object identifier in the PEM. */
function algorithmOf(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64').toString('hex');
  if (der.includes('06032b6570')) return 'EdDSA';
  if (der.includes('06082a8648ce3d030107')) return 'ES256';
  if (der.includes('06052b81040022')) return 'ES384';
  return der.includes('06052b81040023') ? 'ES512' : 'RS256';
}

function remoteKeys({ jwksUrl = '', issuer, audience }: CustomerConfig, wrong: Wrong): JWTVerifyGetKey {
  const url = URL.canParse(jwksUrl) ? new URL(jwksUrl) : undefined;
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    throw wrong(
      'customer.jwksUrl',
      'customer.jwksUrl must begin with https',
      'give the address of your identity provider’s JWK Set',
    );
  }
  // Its keys sign other applications' tokens as well.
  if (issuer === undefined || audience === undefined) {
    const hint = 'set customer.issuer and customer.audience';
    throw wrong('customer.jwksUrl', 'customer.jwksUrl needs customer.issuer and customer.audience', hint);
  }
  return createRemoteJWKSet(url, { timeoutDuration: 5000 });
}
