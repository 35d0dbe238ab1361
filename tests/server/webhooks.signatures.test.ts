// Signatures, judged beside the providers' own libraries: ours believes what theirs believe, on every header tried.
import fc from 'fast-check';
import Stripe from 'stripe';
import { Webhook } from 'svix';
import { expect, test } from 'vitest';

import { isWebhookError } from '../../js/server/webhooks/errors.js';
import { signStripe, verifyStripe } from '../../js/server/webhooks/stripe.js';
import { signSvix, verifySvix } from '../../js/server/webhooks/svix.js';
import type { VerifyOptions } from '../../js/server/webhooks/verify.js';
import { recorded } from '../support/misbehaving-upstream.mjs';
import { seed } from '../support/seed.js';

const SECRET = 'whsec_correct';
const SVIX_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLlSw';
const BODY = JSON.stringify(recorded.stripe.summary_event);
const NOW = 1_790_000_000;
const { webhooks } = new Stripe('sk_test_unused');

/** The code, or undefined when it was believed. */
async function code(verification: Promise<unknown>): Promise<string | undefined> {
  try {
    await verification;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return error.code;
  }
  return undefined;
}

const ours = (header: string, options: VerifyOptions = {}, body = BODY, secrets: string | string[] = SECRET) =>
  code(verifyStripe(new TextEncoder().encode(body), header, secrets, { now: NOW * 1000, ...options }));

/** Whether stripe-node believes it. Its tolerance 0 means "do not look". */
function theirs(header: string, tolerance?: number, body = BODY, secret = SECRET): boolean {
  try {
    webhooks.constructEvent(Buffer.from(body), header, secret, tolerance, undefined, NOW * 1000);
    return true;
  } catch {
    return false;
  }
}

const signed = (timestamp: number, { body = BODY, secret = SECRET, scheme = 'v1' } = {}): string =>
  webhooks.generateTestHeaderString({ payload: body, secret, timestamp, scheme });

test('a delivery signed by stripe-node is believed, one signed by us is believed by stripe-node', async () => {
  expect(await ours(signed(NOW))).toBeUndefined();
  expect(theirs(await signStripe(new TextEncoder().encode(BODY), SECRET, NOW))).toBe(true);
});

test('each reason has its code', async () => {
  const right = signed(NOW);
  expect(await ours('')).toBe('MISSING_SIGNATURE');
  expect(await ours(right.replace(/t=\d+,/, ''))).toBe('MALFORMED_SIGNATURE');
  expect(await ours(right.replace('v1=', 'v0='))).toBe('MALFORMED_SIGNATURE');
  expect(await ours(right, {}, BODY.replace('journeys', 'everything'))).toBe('WRONG_SIGNATURE');
  expect(await ours(right, {}, `${BODY}\n`)).toBe('WRONG_SIGNATURE');
  expect(await ours(right.replace(String(NOW), String(NOW + 1)))).toBe('WRONG_SIGNATURE');
  expect(await ours(signed(NOW - 301))).toBe('TOO_OLD');
  expect(await ours(right, {}, '')).toBe('EMPTY_BODY');
  expect(await ours(right, {}, BODY, [])).toBe('INVALID_OPTION');
  expect(await ours(right, {}, BODY, [SECRET, ' '])).toBe('INVALID_OPTION');
  expect(await ours(right, { toleranceSeconds: -1 })).toBe('INVALID_OPTION');
  expect(await ours(right, { toleranceSeconds: NaN })).toBe('INVALID_OPTION');
});

test('a parsed body is refused with the reason, and a secret with a line break is guessed', async () => {
  await expect(verifyStripe(JSON.parse(BODY), signed(NOW), SECRET)).rejects.toThrow(/raw bytes/);
  await expect(verifyStripe(BODY, signed(NOW), `${SECRET}\n`)).rejects.toThrow(/whitespace/);
});

test('secrets are rotated: any of ours with any of theirs', async () => {
  const old = signed(NOW, { secret: 'whsec_old' });
  const both = `${old},${signed(NOW).split(',')[1]}`;
  expect(await ours(old, {}, BODY, [SECRET, 'whsec_old'])).toBeUndefined();
  expect(await ours(both)).toBeUndefined();
  expect(await ours(both, {}, BODY, 'whsec_third')).toBe('WRONG_SIGNATURE');
});

test('the tolerance is what is said: 0 is 0, Infinity does not look; the future is looked at when asked', async () => {
  expect(await ours(signed(NOW), { toleranceSeconds: 0 })).toBeUndefined();
  expect(await ours(signed(NOW - 1), { toleranceSeconds: 0 })).toBe('TOO_OLD');
  expect(theirs(signed(NOW - 1), 0)).toBe(true); // the documented difference
  expect(await ours(signed(1), { toleranceSeconds: Infinity })).toBeUndefined();
  expect(await ours(signed(NOW + 86_400))).toBeUndefined();
  expect(theirs(signed(NOW + 86_400))).toBe(true);
  expect(await ours(signed(NOW + 301), { futureToleranceSeconds: 300 })).toBe('TOO_NEW');
  expect(await ours(signed(NOW + 300), { futureToleranceSeconds: 300 })).toBeUndefined();
});

test('a timestamp that is no number is refused, even rightly signed (stripe-node believes it)', async () => {
  const signature = Stripe.createNodeCryptoProvider().computeHMACSignature(`NaN.${BODY}`, SECRET);
  const header = `t=soon,v1=${signature}`;
  expect(theirs(header)).toBe(true);
  expect(await ours(header)).toBe('MALFORMED_SIGNATURE');
});

/** The right items and some strange ones, in any order, some left out. */
const mixed = (right: string[], strange: fc.Arbitrary<string>, separator: string): fc.Arbitrary<string> =>
  fc
    .array(strange, { maxLength: 3 })
    .chain((items) => fc.shuffledSubarray([...right, ...items], { minLength: items.length }))
    .map((items) => items.join(separator));

// Pieces that real, broken and hostile headers are made of.
const piece = (timestamp: number) => {
  const value = signed(timestamp).split('v1=')[1]!;
  return fc.oneof(
    fc.constantFrom(
      `t=${timestamp}`,
      `t=${timestamp}`,
      `v1=${value}`,
      `v1=${value}`,
      `v0=${value}`,
      `v1=${value.toUpperCase()}`,
      `v1=${value.slice(1)}`,
      `v1=${value}=`,
      `v1=${value} `,
      ` v1=${value}`,
      ` t=${timestamp}`,
      `t= ${timestamp}`,
      `t=${timestamp}s`,
      `t=+${timestamp}`,
      `t=-${timestamp}`,
      `t=0${timestamp}`,
      't=-1',
      't',
      'v1=',
      'v1',
      `v1=${'é'.repeat(64)}`,
      `v1=${'é'.repeat(32)}`,
      '',
      '=',
      `V1=${value}`,
      `T=${timestamp}`,
      `v1=${signed(timestamp, { secret: 'whsec_other' }).split('v1=')[1]}`,
      `v1=${signed(timestamp - 1).split('v1=')[1]}`,
    ),
    fc.string({ maxLength: 12 }),
  );
};

test('property: we believe a stripe-signature header exactly when stripe-node does', async () => {
  const age = fc.constantFrom(0, 1, 299, 300, 301, 100_000, -1, -300, -301);
  const header = age.chain((seconds) => mixed(signed(NOW - seconds).split(','), piece(NOW - seconds), ','));
  const tally = { believed: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(header, fc.constantFrom(undefined, 1, 300, 1_000_000), async (text, tolerance) => {
      const believed = theirs(text, tolerance);
      tally[believed ? 'believed' : 'refused'] += 1;
      const options = tolerance === undefined ? {} : { toleranceSeconds: tolerance };
      expect((await ours(text, options)) === undefined).toBe(believed);
    }),
    { numRuns: 3_000, seed },
  );
  // The property says something about both answers.
  expect(tally.believed).toBeGreaterThan(150);
  expect(tally.refused).toBeGreaterThan(1_000);
});

test('property: any body and secret', async () => {
  const secret = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, unit: 'binary' }), secret, fc.boolean(), async (text, key, forged) => {
      const body = JSON.stringify({ text });
      const header = signed(NOW, { body, secret: key });
      const sent = forged ? `${body} ` : body;
      expect((await ours(header, {}, sent, key)) === undefined).toBe(theirs(header, undefined, sent, key));
      expect(await ours(header, {}, sent, key)).toBe(forged ? 'WRONG_SIGNATURE' : undefined);
    }),
    { numRuns: 300, seed },
  );
});

const svix = new Webhook(SVIX_SECRET);

interface Delivery {
  id: string;
  timestamp: string;
  signature: string;
}

const oursSvix = (
  headers: Delivery,
  options: VerifyOptions = {},
  body = BODY,
  secrets: string | string[] = SVIX_SECRET,
) => code(verifySvix(new TextEncoder().encode(body), headers, secrets, options));

function theirsSvix({ id, timestamp, signature }: Delivery): boolean {
  try {
    svix.verify(BODY, { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature });
    return true;
  } catch {
    return false;
  }
}

const svixSigned = (id: string, seconds: number): Delivery => ({
  id,
  timestamp: String(seconds),
  signature: svix.sign(id, new Date(seconds * 1000), BODY),
});

test('svix: signed there and believed here, signed here and believed there; rotation; reasons', async () => {
  const now = Math.floor(Date.now() / 1000);
  const right = svixSigned('msg_1', now);
  expect(await oursSvix(right)).toBeUndefined();
  const mine = await signSvix(new TextEncoder().encode(BODY), SVIX_SECRET, 'msg_1', now);
  expect(theirsSvix({ ...right, signature: mine })).toBe(true);
  expect(await oursSvix(right, {}, BODY, ['whsec_b3RoZXI=', SVIX_SECRET])).toBeUndefined();
  expect(await oursSvix(right, {}, BODY, 'whsec_b3RoZXI=')).toBe('WRONG_SIGNATURE');
  expect(await oursSvix({ ...right, id: 'msg_2' })).toBe('WRONG_SIGNATURE');
  expect(await oursSvix({ ...right, signature: '' })).toBe('MISSING_SIGNATURE');
  expect(await oursSvix({ ...right, timestamp: 'soon' })).toBe('MALFORMED_SIGNATURE');
  expect(await oursSvix(right, { now: (now + 301) * 1000 })).toBe('TOO_OLD');
  expect(await oursSvix(right, { now: (now - 301) * 1000 })).toBe('TOO_NEW');
  expect(await oursSvix(right, {}, BODY, 'whsec_not base64!')).toBe('INVALID_OPTION');
  expect(await oursSvix(right, {}, BODY, 'whsec_')).toBe('INVALID_OPTION');
});

test('svix: the headers may have either name', async () => {
  const { id, timestamp, signature } = svixSigned('msg_1', Math.floor(Date.now() / 1000));
  for (const name of ['svix', 'webhook']) {
    const headers = new Headers({
      [`${name}-id`]: id,
      [`${name}-timestamp`]: timestamp,
      [`${name}-signature`]: signature,
    });
    expect(await verifySvix(BODY, headers, SVIX_SECRET)).toEqual({ id, timestamp: Number(timestamp) });
  }
});

test('property: we believe svix headers exactly when svix does', async () => {
  const now = Math.floor(Date.now() / 1000);
  // Away from the edge by more than the test takes.
  const age = fc.constantFrom(0, 1, 200, 400, 100_000, -200, -400);
  const delivery = age.chain((seconds) => {
    const right = svixSigned('msg_1', now - seconds);
    const value = right.signature.slice(3);
    const item = fc.oneof(
      fc.constantFrom(
        right.signature,
        right.signature,
        `v1,${value},x`,
        `v2,${value}`,
        `v1a,${value}`,
        'v1,',
        'v1',
        value,
        '',
      ),
      fc.constantFrom(
        `v1,${value.replace(/=+$/, '')}`,
        `v1, ${value}`,
        `v1,${value.toLowerCase()}`,
        svixSigned('msg_2', now).signature,
      ),
      fc.string({ maxLength: 12 }),
    );
    return fc.record({
      id: fc.constantFrom('msg_1', 'msg_1', 'msg_1', 'msg_2', ''),
      timestamp: fc.constantFrom(
        right.timestamp,
        right.timestamp,
        `${right.timestamp}s`,
        ` ${right.timestamp}`,
        'x',
        '',
      ),
      signature: mixed([right.signature], item, ' '),
    });
  });
  let believed = 0;
  await fc.assert(
    fc.asyncProperty(delivery, async (headers) => {
      const expected = theirsSvix(headers);
      believed += Number(expected);
      expect((await oursSvix(headers)) === undefined).toBe(expected);
    }),
    { numRuns: 1_500, seed },
  );
  expect(believed).toBeGreaterThan(100);
});
