// What both signature schemes share: HMAC-SHA256 by WebCrypto, constant-time comparison, the age of a delivery.

import { concatBytes } from '../upstreams/streams.js';
import { WebhookError } from './errors.js';

/** One secret, or several while they are being rotated. */
export type Secrets = string | readonly string[];

/** How a delivery is judged, in both schemes. */
export interface VerifyOptions {
  /**
   * How old a delivery may be, in seconds; default 300. 0 tolerates no age at all; Infinity does not look at the age.
   */
  readonly toleranceSeconds?: number;
  /** How far in the future it may be dated, in seconds; Infinity does not look. The default differs per scheme. */
  readonly futureToleranceSeconds?: number;
  /** The moment of receipt, ms; default the clock. */
  readonly now?: number;
}

/** The age both providers' own libraries tolerate. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** HMAC-SHA256 over `prefix` followed by the body's bytes exactly as they came. */
export async function hmacSha256(secret: Uint8Array, prefix: string, body: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret as BufferSource, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, concatBytes([utf8(prefix), body]) as BufferSource));
}

/** Compares without telling by its time where two texts differ. Their length is no secret. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** Lower-case hexadecimal. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Base64 with padding. */
export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * Whether any candidate is the signature that any of the secrets gives. Every pair is compared, so that the time taken
 * does not tell which secret is in use; one HMAC per secret however many candidates are sent.
 */
export async function anyMatches(
  candidates: readonly string[],
  secrets: readonly Uint8Array[],
  sign: (secret: Uint8Array) => Promise<string>,
): Promise<boolean> {
  let found = false;
  for (const expected of await Promise.all(secrets.map(sign))) {
    for (const candidate of candidates) found = equalInConstantTime(candidate, expected) || found;
  }
  return found;
}

/** Throws TOO_OLD or TOO_NEW. Whole seconds, as the header tells them. */
export function checkAge(timestamp: number, options: VerifyOptions, defaultFuture: number): void {
  const {
    toleranceSeconds = DEFAULT_TOLERANCE_SECONDS,
    futureToleranceSeconds = defaultFuture,
    now = Date.now(),
  } = options;
  checkTolerance('toleranceSeconds', toleranceSeconds);
  checkTolerance('futureToleranceSeconds', futureToleranceSeconds);
  const age = Math.floor(now / 1000) - timestamp;
  if (age > toleranceSeconds) {
    const message = `The delivery is ${age} s old, more than toleranceSeconds (${toleranceSeconds}). Check the server's clock; a replay looks like this too.`;
    throw new WebhookError('TOO_OLD', message);
  }
  if (-age > futureToleranceSeconds) {
    throw new WebhookError('TOO_NEW', `The delivery is dated ${-age} s in the future. Check the server's clock.`);
  }
}

function checkTolerance(name: string, value: number): void {
  if (value >= 0) return;
  throw new WebhookError('INVALID_OPTION', `${name} must be a number of seconds, at least 0.`);
}

/** The secrets as a list; a missing one is heard at once, a blank one never verifies anything. */
export function secretList(secrets: Secrets | undefined, scheme: string): readonly string[] {
  const list = typeof secrets === 'string' ? [secrets] : (secrets ?? []);
  if (list.length > 0 && list.every((secret) => typeof secret === 'string' && secret.trim() !== '')) return list;
  const message = `${scheme}: no webhook secret was given. Copy the endpoint's signing secret (whsec_…) from the dashboard.`;
  throw new WebhookError('INVALID_OPTION', message);
}

/** The raw body as bytes. A parsed body cannot be verified: its exact bytes are gone. */
export function rawBody(body: Uint8Array | string): Uint8Array {
  const bytes = typeof body === 'string' ? utf8(body) : body;
  if (!(bytes instanceof Uint8Array)) {
    const message =
      'The body must be the raw bytes (or text) as they came. Verify before any JSON middleware parses it.';
    throw new WebhookError('INVALID_OPTION', message);
  }
  if (bytes.length === 0) {
    const message = 'The delivery has no body. If a body parser read it first, mount the webhook before the parser.';
    throw new WebhookError('EMPTY_BODY', message);
  }
  return bytes;
}

/** The error for a signature nobody made with our secrets. */
export function wrongSignature(secrets: readonly string[]): WebhookError {
  const spaced = secrets.some((secret) => /\s/.test(secret))
    ? ' A secret contains whitespace: a stray line break?'
    : '';
  const message = `No signature matches. Check the endpoint's secret, and that the raw body is passed unchanged.${spaced}`;
  return new WebhookError('WRONG_SIGNATURE', message);
}
