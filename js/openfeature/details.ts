// From our one mapping of flags to what OpenFeature's SDKs want to be answered, for servers and for browsers.
import type { ErrorCode, JsonValue, ResolutionDetails } from '@openfeature/core';

import type { FlagAnswer, FlagError } from './flags.js';

/** What an evaluation asks for. */
export type Kind = 'boolean' | 'string' | 'number' | 'object';

/** An answer as OpenFeature wants it; of another type than asked for it is a mismatch. */
export function details<T extends JsonValue>(answer: FlagAnswer, fallback: T, kind: Kind): ResolutionDetails<T> {
  const { reason, value, variant, error, details: message, metadata: flagMetadata } = answer;
  if (error !== undefined) return { ...failed(fallback, error, message), flagMetadata };
  // Denied: whatever was asked for besides "may they" is the code's own default.
  const denied = value === false && reason !== 'STATIC' && kind !== 'boolean';
  if (value === undefined || denied) return { value: fallback, reason, flagMetadata };
  if (typeof value !== kind) return { ...failed(fallback, 'TYPE_MISMATCH', `It is no ${kind}.`), flagMetadata };
  return { value: value as T, reason, flagMetadata, ...(variant !== undefined && { variant }) };
}

/** The code's own default, and why. */
export function failed<T>(
  value: T,
  code: FlagError | 'TARGETING_KEY_MISSING',
  errorMessage?: string,
): ResolutionDetails<T> {
  // The SDKs' enum has each code's own name as its value; as a type alone it costs a page nothing.
  const errorCode = code as ErrorCode;
  return { value, reason: 'ERROR', errorCode, ...(errorMessage !== undefined && { errorMessage }) };
}
