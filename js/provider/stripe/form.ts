// Stripe's request encoding: forms with nested names, `items[0][price]=…`, in bodies and in query strings.

import qs from 'qs';

import { StripeError } from './errors.js';

/** A decoded value: text, or named parts. A list comes as parts named "0", "1", …; a repeated name as an array. */
export type FormValue = string | readonly FormValue[] | { readonly [name: string]: FormValue };

/** A decoded form. */
export type Form = Readonly<Record<string, FormValue>>;

const MAX_PARAMETERS = 1000;
const MAX_DEPTH = 8;

/** Decodes a form or query string. Throws StripeError when it is nested too deeply or has too many parameters. */
export function decodeForm(text: string): Form {
  try {
    return qs.parse(text, {
      // Lists are told by who reads them: metadata[1] names a key, not a place.
      parseArrays: false,
      plainObjects: true,
      depth: MAX_DEPTH,
      strictDepth: true,
      parameterLimit: MAX_PARAMETERS,
      throwOnLimitExceeded: true,
      decoder: (part, _default, _charset, kind) => decodePart(part, kind),
    }) as Form;
  } catch (cause) {
    if (cause instanceof StripeError) throw cause;
    throw new StripeError(`The form cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

function decodePart(part: string, kind: 'key' | 'value'): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    throw new StripeError(`A parameter's ${kind === 'key' ? 'name' : 'value'} is not percent-encoded UTF-8.`);
  }
}
