// Signed snapshots: a detached JWS (RFC 7515, appendix F) with Ed25519 over the exact bytes that are served. The customer
// and the time of issue are in its protected header.

import { CompactSign, importJWK } from 'jose';

/** Signs what is served. */
export interface Signer {
  /** A detached JWS over `body`, for the header `plangate-signature`. */
  sign(body: string, customer: string): Promise<string>;
}

/** A private Ed25519 key as a JWK. */
export interface PrivateKey {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly d?: string;
  readonly kid?: string;
}

/** How a signer is made. */
export interface SignerOptions {
  /** Private Ed25519 key as a JWK (`kty: OKP`, `crv: Ed25519`, with `d`), or as a CryptoKey. */
  readonly privateKey: PrivateKey | CryptoKey;
  /** Names the key, so that clients can hold the old and the new one while you rotate. Default: the JWK's `kid`. */
  readonly keyId?: string;
  /** For how long a signature is good, seconds; default 24 h. A stolen snapshot is worth no more than that. */
  readonly validForSeconds?: number;
  /** Time, ms, for tests. */
  readonly clock?: () => number;
}

const encoder = new TextEncoder();

/** Makes a signer. A key of another kind is refused at the first signature. */
export function signer(options: SignerOptions): Signer {
  const { privateKey, validForSeconds = 86_400, clock = Date.now } = options;
  const kid = options.keyId ?? ('kid' in privateKey ? privateKey.kid : undefined);
  if (!kid) throw new TypeError('signer: give a keyId, or a JWK with kid: verifiers choose the key by it.');
  let key: Promise<CryptoKey> | undefined;
  return {
    async sign(body, customer) {
      key ??= importKey(privateKey);
      const iat = Math.floor(clock() / 1000);
      const header = { alg: 'EdDSA', kid, typ: 'plangate', sub: customer, iat, exp: iat + validForSeconds };
      const jws = await new CompactSign(encoder.encode(body)).setProtectedHeader(header).sign(await key);
      const [head, , signature] = jws.split('.');
      return `${head}..${signature}`;
    },
  };
}

async function importKey(key: PrivateKey | CryptoKey): Promise<CryptoKey> {
  if (typeof CryptoKey === 'function' && key instanceof CryptoKey) return key;
  return (await importJWK({ ...(key as PrivateKey) }, 'EdDSA')) as CryptoKey;
}
