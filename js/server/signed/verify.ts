// plangate/signed: verifies signed snapshots in browsers, at the edge and in Node. Web standards only, no dependency.

/**
 * Why a signed snapshot was refused.
 *
 * - `MISSING_SIGNATURE`, `MALFORMED_SIGNATURE`: there is none, or it cannot be read.
 * - `UNKNOWN_KEY`: signed with a key that is not among yours. `WRONG_SIGNATURE`: the snapshot or its signature was edited.
 * - `WRONG_CUSTOMER`: of another customer. `EXPIRED`: no longer good. `NOT_YET_VALID`: issued in the future.
 */
export type SignatureErrorCode =
  | 'MISSING_SIGNATURE'
  | 'MALFORMED_SIGNATURE'
  | 'UNKNOWN_KEY'
  | 'WRONG_SIGNATURE'
  | 'WRONG_CUSTOMER'
  | 'EXPIRED'
  | 'NOT_YET_VALID';

/** Thrown for a snapshot that must not be believed. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';

  constructor(
    readonly code: SignatureErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** A public Ed25519 key. */
export interface PublicKey {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly kid?: string;
}

/** What is accepted. */
export interface VerifyOptions {
  /** Public keys as JWKs with `kid`: the current one, and the last one while you rotate. */
  readonly keys: readonly PublicKey[];
  /** Whose snapshot it must be; absent: any customer's, the answer says whose. */
  readonly customer?: string | null;
  /** Allowed difference of clocks, seconds; default 60. */
  readonly toleranceSeconds?: number;
  /** Time, ms; default now. */
  readonly now?: number;
}

/** What a good signature says. */
export interface Verified {
  readonly customer: string;
  /** ms. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly keyId: string;
}

interface ProtectedHeader {
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly sub?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
  readonly crit?: unknown;
}

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** Verifies a snapshot's exact text (or bytes) with its detached signature. Throws SignatureError. */
export async function verifySnapshot(
  body: string | Uint8Array,
  signature: string | null | undefined,
  options: VerifyOptions,
): Promise<Verified> {
  if (!signature) throw new SignatureError('MISSING_SIGNATURE', 'The snapshot is not signed.');
  const parts = /^([\w-]+)\.\.([\w-]+)$/.exec(signature);
  if (!parts) throw malformed('is not a detached JWS');
  const [, head = '', tail = ''] = parts;
  const header = readHeader(head);
  const key = await keyFor(header, options.keys);
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const signed = encoder.encode(`${head}.${toBase64Url(bytes)}`);
  const good = await crypto.subtle.verify('Ed25519', key, fromBase64Url(tail), signed);
  if (!good) throw new SignatureError('WRONG_SIGNATURE', 'The snapshot or its signature was edited.');
  return judge(header, options);
}

/** How verifiedFetch reports. */
export interface VerifiedFetchOptions extends Omit<VerifyOptions, 'now' | 'customer'> {
  /** Whose snapshot it must be, asked at each answer. */
  readonly customer?: string | (() => string | null | undefined);
  /** Told of every snapshot that was refused. */
  readonly onRefused?: (error: SignatureError) => void;
  /** Instead of the global fetch. */
  readonly fetch?: typeof fetch;
}

/** What keeps texts on a device: a store of plangate/cache. */
export interface TextStore {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, text: string): unknown;
  delete(key: string): unknown;
}

/** A `fetch` that believes signed snapshots only, and what goes with it. */
export interface VerifiedFetch {
  (...request: Parameters<typeof fetch>): Promise<Response>;
  /** For live() of plangate/live: looks at each streamed snapshot, and rejects for one that must not be believed. */
  verify(snapshot: string, signature: string | null): Promise<Verified>;
  /**
   * Called by cache() of plangate/cache: the store through which snapshots are kept with their signatures, and are verified
   * anew when they are read. One that must not be believed is as if it were not there.
   */
  keeping(store: TextStore, clock: { now(): number }): TextStore;
}

/** Lists that were verified in this visit and may be kept: the latest of so many. */
const REMEMBERED = 8;

/**
 * A `fetch` for createPlangate that lets only rightly signed snapshots through; others reject with SignatureError. With it,
 * cache() believes signed lists only, and `live({ verify: fetch.verify })` does.
 */
export function verifiedFetch(options: VerifiedFetchOptions): VerifiedFetch {
  const { onRefused, customer, fetch: by, ...accepted } = options;
  /** Verified text -> its signature, the latest last. */
  const believed = new Map<string, string>();
  const judged = async (body: string | Uint8Array, signature: string | null, now?: number): Promise<Verified> => {
    const expected = typeof customer === 'function' ? customer() : customer;
    const whose = expected == null ? {} : { customer: expected };
    try {
      return await verifySnapshot(body, signature, { ...accepted, ...whose, ...(now !== undefined && { now }) });
    } catch (error) {
      if (error instanceof SignatureError) onRefused?.(error);
      throw error;
    }
  };
  const remember = (text: string, signature: string | null): void => {
    believed.delete(text);
    believed.set(text, signature!);
    for (const oldest of believed.keys()) if (believed.size > REMEMBERED) believed.delete(oldest);
  };
  const send = async (...request: Parameters<typeof fetch>): Promise<Response> => {
    const response = await (by ?? fetch)(...request);
    if (!response.ok) return response;
    const body = new Uint8Array(await response.arrayBuffer());
    const signature = response.headers.get('plangate-signature');
    await judged(body, signature);
    remember(new TextDecoder().decode(body), signature);
    return new Response(body, { status: response.status, headers: response.headers });
  };
  return Object.assign(send, {
    async verify(text: string, signature: string | null): Promise<Verified> {
      const verified = await judged(text, signature);
      remember(text, signature);
      return verified;
    },
    keeping: (store: TextStore, clock: { now(): number }): TextStore =>
      signedStore(store, believed, (text, signature) => judged(text, signature, clock.now())),
  });
}

/**
 * A store whose lists carry their signature in a line of their own before them. A list that is written as it was verified is
 * kept; any other is not, and what was there is removed. (What has no second line is no list: the cache's own notes.)
 */
function signedStore(
  store: TextStore,
  believed: ReadonlyMap<string, string>,
  verify: (text: string, signature: string | null) => Promise<Verified>,
): TextStore {
  return {
    async get(key) {
      const record = await store.get(key);
      if (!record?.includes('\n')) return record;
      const [, signature = null, head = '', text = ''] = /^([^\n]*)\n([^\n]*)\n([^]*)$/.exec(record) ?? [];
      try {
        const { issuedAt } = await verify(text, signature);
        const [, closed] = JSON.parse(head) as unknown[];
        // Of the first line nothing is signed. When the list was issued is; and without its tag the server answers with a
        // whole list, so that no old one passes for the latest.
        return `${JSON.stringify([issuedAt, closed, null])}\n${text}`;
      } catch {
        return null;
      }
    },
    set(key, record) {
      const at = record.indexOf('\n');
      if (at < 0) return store.set(key, record);
      const signature = believed.get(record.slice(at + 1));
      return signature === undefined ? store.delete(key) : store.set(key, `${signature}\n${record}`);
    },
    delete: (key) => store.delete(key),
  };
}

function judge({ sub, iat, exp, kid }: ProtectedHeader, options: VerifyOptions): Verified {
  const { customer, toleranceSeconds = 60, now = Date.now() } = options;
  if (typeof sub !== 'string' || typeof iat !== 'number' || typeof exp !== 'number') throw malformed('says too little');
  if (customer != null && sub !== customer) {
    throw new SignatureError('WRONG_CUSTOMER', 'The snapshot is of another customer.');
  }
  const seconds = now / 1000;
  if (seconds > exp + toleranceSeconds) throw new SignatureError('EXPIRED', 'The signature is no longer good.');
  if (seconds < iat - toleranceSeconds) {
    throw new SignatureError('NOT_YET_VALID', 'The snapshot was signed in the future. Is the clock right?');
  }
  return { customer: sub, issuedAt: iat * 1000, expiresAt: exp * 1000, keyId: String(kid) };
}

async function keyFor({ alg, kid, crit }: ProtectedHeader, keys: readonly PublicKey[]): Promise<CryptoKey> {
  // `none` and every other algorithm: the header never chooses how it is verified.
  if (alg !== 'EdDSA' || crit !== undefined) throw malformed('has another algorithm than EdDSA');
  const jwk = keys.find((key) => key.kid !== undefined && key.kid === kid);
  if (!jwk) throw new SignatureError('UNKNOWN_KEY', 'The snapshot was signed with a key that is not known here.');
  const { kty, crv, x } = jwk;
  return crypto.subtle.importKey('jwk', { kty, crv: crv ?? '', x: x ?? '' }, 'Ed25519', false, ['verify']);
}

function readHeader(text: string): ProtectedHeader {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64Url(text))) as ProtectedHeader;
  } catch {
    throw malformed('has an unreadable header');
  }
}

function fromBase64Url(text: string): Bytes {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    throw malformed('is not base64url');
  }
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  // In parts: a whole snapshot would be too many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function malformed(what: string): SignatureError {
  return new SignatureError('MALFORMED_SIGNATURE', `The signature ${what}.`);
}
