// Idempotency-Key: a request that is sent again gets the first one's answer, and is done once.

import { createHash } from 'node:crypto';

import type { IdempotencyDocument } from '../state/documents.js';
import type { Work } from '../state/work.js';
import { StripeError } from './errors.js';

const MAX_LENGTH = 255;
/** How long answers are kept, real time. */
const KEPT_MS = 24 * 3_600_000;

/** What a request with a key asks for: method, path and parameters. */
export function fingerprintOf(method: string, path: string, body: string): string {
  return createHash('sha256').update(`${method} ${path}\n${body}`).digest('hex');
}

/** Keys whose first request is not answered yet. */
export class KeysInUse {
  readonly #keys = new Set<string>();

  /** Takes a key until the answer to `release`. Throws StripeError 409 when another request has it, 400 when it is too long. */
  take(key: string): () => void {
    if (key.length > MAX_LENGTH) {
      throw new StripeError(`An idempotency key may have at most ${MAX_LENGTH} characters.`, {
        type: 'idempotency_error',
      });
    }
    if (this.#keys.has(key)) {
      const message = 'Another request with this idempotency key is being done. Try again when it is answered.';
      throw new StripeError(message, { status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' });
    }
    this.#keys.add(key);
    return () => void this.#keys.delete(key);
  }
}

/** The answer that a key already has. Throws StripeError when the key was used for something else. */
export function answered(
  { documents }: Pick<Work, 'documents'>,
  key: string,
  fingerprint: string,
): IdempotencyDocument | undefined {
  const kept = documents.get('idempotency', key);
  if (!kept || kept.createdAt < Date.now() - KEPT_MS) return undefined;
  if (kept.fingerprint !== fingerprint) {
    const message =
      'This idempotency key was used with other parameters or another path. Use a new key for a new request.';
    throw new StripeError(message, { type: 'idempotency_error' });
  }
  return kept;
}

/** Keeps an answer, in the same batch as what the request did; forgets answers that are too old. */
export function keepAnswer(
  { documents }: Pick<Work, 'documents'>,
  answer: Omit<IdempotencyDocument, 'createdAt'>,
): void {
  const now = Date.now();
  for (const old of documents.first('idempotency', 10)) {
    if (old.createdAt < now - KEPT_MS) documents.remove('idempotency', old.key);
  }
  // A key that is used again after its time takes its place at the end.
  documents.remove('idempotency', answer.key);
  documents.put('idempotency', answer.key, { ...answer, createdAt: now });
}
