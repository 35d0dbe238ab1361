// What a request may say: each parameter's kind, and a closed set of names. A name outside it is refused, as Stripe does.

import type { Stretch } from '../../engine/billing.js';
import { invalid, StripeError } from './errors.js';
import type { Form, FormValue } from './form.js';

/** Reads one parameter; throws StripeError naming it. */
export interface Field<T> {
  read(value: FormValue, param: string): T;
  readonly required: boolean;
}

/** A field that must be there. */
export interface RequiredField<T> extends Field<T> {
  readonly required: true;
}

type Shape = Readonly<Record<string, Field<unknown>>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;

/** What a shape's reader answers: required fields are there, others may be undefined. */
export type Params<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends RequiredField<infer T> ? T : ValueOf<S[K]> | undefined;
};

function field<T>(read: Field<T>['read']): Field<T> {
  return { read, required: false };
}

/** Makes a field required. */
export function required<T>(inner: Field<T>): RequiredField<T> {
  return { read: (value, param) => inner.read(value, param), required: true };
}

function scalar(value: FormValue, param: string): string {
  if (typeof value === 'string') return value;
  // Given twice, the last one counts.
  const last = Array.isArray(value) ? (value.at(-1) as FormValue | undefined) : undefined;
  if (typeof last === 'string') return last;
  throw invalid(`Invalid ${param}: a single value is wanted.`, param);
}

/** Text. The empty string unsets where `unset` allows it, and is refused elsewhere. */
export function text({ max = 5000 }: { readonly max?: number } = {}): Field<string> {
  return field((value, param) => {
    const read = scalar(value, param);
    if (read === '') throw invalid(`${param} may not be empty.`, param, 'parameter_invalid_empty');
    if ([...read].length > max)
      throw invalid(`${param} may have at most ${max} characters.`, param, 'parameter_invalid_string');
    return read;
  });
}

/** A whole number within bounds. */
export function integer({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
}: { readonly min?: number; readonly max?: number } = {}): Field<number> {
  return field((value, param) => {
    const read = scalar(value, param);
    const number = Number(read);
    if (!/^[+-]?\d+$/.test(read) || !Number.isSafeInteger(number)) {
      throw invalid(`Invalid integer: ${read}`, param, 'parameter_invalid_integer');
    }
    if (number < min) throw invalid(`${param} must be at least ${min}.`, param, 'parameter_invalid_integer');
    if (number > max) throw invalid(`${param} must be at most ${max}.`, param, 'parameter_invalid_integer');
    return number;
  });
}

/** A number of at most twelve decimals that is not negative. */
export const decimal: Field<number> = field((value, param) => {
  const read = scalar(value, param);
  if (!/^\d{1,15}(?:\.\d{1,12})?$/.test(read)) {
    throw invalid(`Invalid decimal: ${read}`, param, 'parameter_invalid_string');
  }
  return Number(read);
});

/** `true` or `false`. */
export const flag: Field<boolean> = field((value, param) => {
  const read = scalar(value, param);
  if (read !== 'true' && read !== 'false') throw invalid(`Invalid boolean: ${read}`, param);
  return read === 'true';
});

/** One of some words. */
export function oneOf<const W extends string>(...words: readonly W[]): Field<W> {
  return field((value, param) => {
    const read = scalar(value, param);
    const word = words.find((each) => each === read);
    if (word === undefined) throw invalid(`Invalid ${param}: must be one of ${words.join(', ')}.`, param);
    return word;
  });
}

/** A field that the empty string unsets: null then. */
export function unset<T>(inner: Field<T>): Field<T | null> {
  return field((value, param) => (value === '' ? null : inner.read(value, param)));
}

/** A field that also takes one fixed word, such as trial_end=now. */
export function orWord<T, const W extends string>(word: W, inner: Field<T>): Field<T | W> {
  return field((value, param) => (value === word ? word : inner.read(value, param)));
}

/** A list: `x[0]=…`, `x[]=…`. */
export function list<T>(inner: Field<T>, { max = 100 }: { readonly max?: number } = {}): Field<readonly T[]> {
  return field((value, param) => {
    if (typeof value === 'string') throw invalid(`Invalid array: ${param} wants ${param}[0]=…`, param);
    const items = (Array.isArray(value) ? value : Object.values(value)).flat() as readonly FormValue[];
    if (items.length > max) throw invalid(`${param} may have at most ${max} entries.`, param);
    return items.map((item, at) => inner.read(item, `${param}[${at}]`));
  });
}

/** Named parts, each of its own kind; others are refused. */
export function nested<S extends Shape>(shape: S): Field<Params<S>> {
  return field((value, param) => {
    if (typeof value === 'string' || Array.isArray(value))
      throw invalid(`Invalid object: ${param} wants ${param}[…]=…`, param);
    return readShape(shape, value as Form, (name) => `${param}[${name}]`);
  });
}

/** Either of two kinds: text by the first, named parts by the second. */
export function either<A, B>(plain: Field<A>, parts: Field<B>): Field<A | B> {
  return field((value, param) => (typeof value === 'string' ? plain.read(value, param) : parts.read(value, param)));
}

const METADATA = { keys: 50, key: 40, value: 500 };

/** Metadata to merge: text sets a key, '' unsets it; null: all keys are unset. */
export type MetadataChange = Readonly<Record<string, string>> | null;

export const metadata: Field<MetadataChange> = field((value, param) => {
  if (value === '') return null;
  if (typeof value === 'string' || Array.isArray(value))
    throw invalid(`Invalid object: ${param} wants ${param}[key]=…`, param);
  const entries = Object.entries(value as Form).map(([key, part]) => [key, scalar(part, `${param}[${key}]`)] as const);
  for (const [key, part] of entries) {
    if (key.length > METADATA.key) throw invalid(`Metadata keys may have at most ${METADATA.key} characters.`, param);
    if (part.length > METADATA.value)
      throw invalid(`Metadata values may have at most ${METADATA.value} characters.`, `${param}[${key}]`);
  }
  return Object.fromEntries(entries);
});

/** Metadata after a change; undefined changes nothing. Throws StripeError above 50 keys. */
export function changedMetadata(
  old: Readonly<Record<string, string>>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === undefined) return { ...old };
  const next = Object.entries({ ...(change && old), ...change }).filter(([, value]) => value !== '');
  if (next.length > METADATA.keys) throw invalid(`Metadata may have at most ${METADATA.keys} keys.`, 'metadata');
  return Object.fromEntries(next);
}

/** Checks a whole request. Every operation takes `expand`. */
export function readParams<S extends Shape>(shape: S, form: Form): Params<S> & { readonly expand: readonly string[] } {
  const { expand, ...rest } = form;
  const own = readShape(shape, rest, (name) => name);
  return { ...own, expand: expand === undefined ? [] : list(text()).read(expand, 'expand') };
}

function readShape<S extends Shape>(shape: S, form: Form, nameOf: (name: string) => string): Params<S> {
  const unknown = Object.keys(form).find((name) => !Object.hasOwn(shape, name));
  if (unknown !== undefined) {
    const param = nameOf(unknown);
    throw invalid(`Received unknown parameter: ${param}`, param, 'parameter_unknown');
  }
  const read = Object.entries(shape).map(([name, { read, required: must }]) => {
    const value = form[name];
    if (value !== undefined) return [name, read(value, nameOf(name))];
    if (must) {
      const param = nameOf(name);
      throw new StripeError(`Missing required param: ${param}.`, { param, code: 'parameter_missing' });
    }
    return [name, undefined];
  });
  return Object.fromEntries(read) as Params<S>;
}

/** The parameters of every list. */
export const paging = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: text(),
  ending_before: text(),
};

/** The last moment that there is, ms: the end of the year 9999. */
const LAST = 253_402_300_799_999;
const seconds = integer({ max: Math.floor(LAST / 1000) });
const bounds = either(seconds, nested({ gt: seconds, gte: seconds, lt: seconds, lte: seconds }));
const ms = (second: number): number => Math.min(second * 1000, LAST);

/** `created=…` or `created[gte]=…` in unix seconds: a stretch of time in ms. */
export const range: Field<Stretch> = field((value, param) => {
  const read = bounds.read(value, param);
  const { gt, gte, lt, lte } = typeof read === 'number' ? { gte: read, lte: read, gt: undefined, lt: undefined } : read;
  const least = [gte, gt === undefined ? undefined : gt + 1].filter((one) => one !== undefined);
  const most = [lt, lte === undefined ? undefined : lte + 1].filter((one) => one !== undefined);
  return {
    ...(least.length > 0 && { from: ms(Math.max(...least)) }),
    ...(most.length > 0 && { before: ms(Math.min(...most)) }),
  };
});

/** A parameter of Stripe's that has no effect here: it is taken and forgotten. */
export const ignored: Field<undefined> = field(() => undefined);

/** A parameter of Stripe's whose effect is not simulated: it is refused, not forgotten. */
export const unavailable: Field<undefined> = field((_, param) => {
  throw invalid(`${param} is a parameter of Stripe's that this provider does not simulate; leave it out.`, param);
});
