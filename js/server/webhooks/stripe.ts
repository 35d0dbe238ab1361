// Stripe's scheme: `stripe-signature: t=<unix seconds>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `t.rawbody`.

import { WebhookError } from './errors.js';
import { anyMatches, checkAge, hex, hmacSha256, rawBody, secretList, utf8, wrongSignature } from './verify.js';
import type { Secrets, VerifyOptions } from './verify.js';

interface SignatureHeader {
  readonly timestamp: number;
  readonly signatures: readonly string[];
}

const HEX_LENGTH = 64;

/**
 * Verifies a delivery of Stripe; throws WebhookError. Agrees with stripe-node's constructEvent on every header, with
 * three exceptions, all on the strict side: toleranceSeconds 0 means 0 (stripe-node: "do not look"; say Infinity for
 * that), a timestamp that is no number is refused, and the bytes are signed as they came (stripe-node decodes them first).
 * A date in the future passes, as in stripe-node, unless futureToleranceSeconds says otherwise: only Stripe can have signed it.
 */
export async function verifyStripe(
  body: Uint8Array | string,
  header: string | null | undefined,
  secrets: Secrets,
  options: VerifyOptions = {},
): Promise<{ readonly timestamp: number }> {
  const bytes = rawBody(body);
  const list = secretList(secrets, 'stripe');
  const { timestamp, signatures } = parseHeader(header);
  const sign = async (secret: Uint8Array): Promise<string> => hex(await hmacSha256(secret, `${timestamp}.`, bytes));
  if (!(await anyMatches(signatures, list.map(utf8), sign))) throw wrongSignature(list);
  // After the signature: the age of a forgery is nobody's business.
  checkAge(timestamp, options, Infinity);
  return { timestamp };
}

/** Signs a body as Stripe does; for tests. */
export async function signStripe(body: Uint8Array, secret: string, timestamp: number): Promise<string> {
  return `t=${timestamp},v1=${hex(await hmacSha256(utf8(secret), `${timestamp}.`, body))}`;
}

// Read as stripe-node reads it: no trimming, the last t wins, what follows a second "=" is not looked at.
function parseHeader(header: string | null | undefined): SignatureHeader {
  if (!header)
    throw new WebhookError('MISSING_SIGNATURE', 'The stripe-signature header is missing. Is this really Stripe?');
  let timestamp = NaN;
  const signatures: string[] = [];
  for (const item of header.split(',')) {
    const [name, value = ''] = item.split('=');
    if (name === 't') timestamp = Number.parseInt(value, 10);
    if (name === 'v1') signatures.push(value);
  }
  // -1 is how stripe-node says "none".
  if (Number.isNaN(timestamp) || timestamp === -1) throw malformed('has no timestamp (t=)');
  if (signatures.length === 0) throw malformed('has no v1 signature');
  if (signatures.some((value) => !isComparable(value))) throw malformed('has an unreadable v1 signature');
  return { timestamp, signatures };
}

/** stripe-node refuses the whole header for a v1 that is empty, or of the right length but not ASCII. */
function isComparable(signature: string): boolean {
  return signature !== '' && (signature.length !== HEX_LENGTH || /^\p{ASCII}*$/u.test(signature));
}

function malformed(what: string): WebhookError {
  return new WebhookError('MALFORMED_SIGNATURE', `The stripe-signature header ${what}. Pass the header unchanged.`);
}
