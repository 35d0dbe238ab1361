// The Svix scheme, which Paygentic uses: headers svix-id, svix-timestamp and svix-signature (`v1,<base64>`, separated by
// spaces), HMAC-SHA256 over `id.timestamp.body`, the secret is `whsec_` and base64. The same as "Standard Webhooks".

import { WebhookError } from './errors.js';
import {
  anyMatches,
  base64,
  checkAge,
  DEFAULT_TOLERANCE_SECONDS,
  hmacSha256,
  rawBody,
  secretList,
  wrongSignature,
} from './verify.js';
import type { Secrets, VerifyOptions } from './verify.js';

/** The three headers, by either of their names. */
export interface SvixHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** Reads the headers of a delivery: svix-…, or webhook-… as Standard Webhooks names them. */
export function svixHeaders(headers: Headers): SvixHeaders {
  const get = (name: string): string => headers.get(`svix-${name}`) ?? headers.get(`webhook-${name}`) ?? '';
  return { id: get('id'), timestamp: get('timestamp'), signature: get('signature') };
}

/**
 * Verifies a delivery signed by Svix; throws WebhookError. Agrees with the svix package: both ways 300 s tolerance.
 * Answers the delivery's id, which stays the same when it is sent again.
 */
export async function verifySvix(
  body: Uint8Array | string,
  headers: SvixHeaders | Headers,
  secrets: Secrets,
  options: VerifyOptions = {},
): Promise<{ readonly id: string; readonly timestamp: number }> {
  const bytes = rawBody(body);
  const list = secretList(secrets, 'svix');
  const { id, timestamp: time, signature } = headers instanceof Headers ? svixHeaders(headers) : headers;
  if (!id || !time || !signature) {
    const message = 'svix-id, svix-timestamp or svix-signature is missing. Is this really Paygentic?';
    throw new WebhookError('MISSING_SIGNATURE', message);
  }
  const timestamp = Number.parseInt(time, 10);
  if (Number.isNaN(timestamp)) {
    throw new WebhookError('MALFORMED_SIGNATURE', 'svix-timestamp is not a number. Pass the headers unchanged.');
  }
  const candidates = signature.split(' ').map((item) => item.split(','));
  const v1 = candidates.filter(([version]) => version === 'v1').map(([, value = '']) => value);
  const sign = async (secret: Uint8Array): Promise<string> =>
    base64(await hmacSha256(secret, `${id}.${timestamp}.`, bytes));
  if (!(await anyMatches(v1, list.map(secretBytes), sign))) throw wrongSignature(list);
  checkAge(timestamp, options, DEFAULT_TOLERANCE_SECONDS);
  return { id, timestamp };
}

/** Signs a body as Svix does; for tests. */
export async function signSvix(body: Uint8Array, secret: string, id: string, timestamp: number): Promise<string> {
  return `v1,${base64(await hmacSha256(secretBytes(secret), `${id}.${timestamp}.`, body))}`;
}

/** A secret's bytes; throws INVALID_OPTION. */
export function secretBytes(secret: string): Uint8Array {
  let bytes = new Uint8Array(0);
  try {
    bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (char) => char.charCodeAt(0));
  } catch {
    // The runtime's own error would repeat the secret.
  }
  if (bytes.length > 0) return bytes;
  throw new WebhookError(
    'INVALID_OPTION',
    'svix: the secret is not whsec_ and base64. Copy it from the webhook portal.',
  );
}
