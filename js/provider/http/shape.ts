// The shapes of JSON that people write: request bodies and seeds. All that is wrong is told at once, each with its place.

/** One thing that is wrong. */
export interface Issue {
  /** Where: `products[0].prices[1].currency`; '' is the whole. */
  readonly field: string;
  readonly message: string;
  readonly code: 'required' | 'unknown' | 'invalid';
}

/** A kind of value. `read` answers the value, and adds what is wrong with it. */
export interface Kind<T> {
  read(value: unknown, field: string, issues: Issue[]): T;
}

/** A member that may be left out; null counts as left out where the kind does not take null. */
export interface Optional<T> extends Kind<T | undefined> {
  readonly optional: true;
}

type Members = Readonly<Record<string, Kind<unknown>>>;
type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** What a shape's members read as. */
export type Shaped<M extends Members> = {
  readonly [K in keyof M as M[K] extends Optional<unknown> ? never : K]: ValueOf<M[K]>;
} & { readonly [K in keyof M as M[K] extends Optional<unknown> ? K : never]?: ValueOf<M[K]> };

function kind<T>(what: string, test: (value: unknown) => value is T): Kind<T> {
  return {
    read(value, field, issues) {
      if (!test(value)) issues.push({ field, code: 'invalid', message: `${what} is wanted` });
      return value as T;
    },
  };
}

export const string = kind('text', (value): value is string => typeof value === 'string' && value !== '');
export const boolean = kind('true or false', (value): value is boolean => typeof value === 'boolean');
export const number = kind('a number', (value): value is number => typeof value === 'number' && Number.isFinite(value));
export const anything = kind('a value', (value): value is unknown => value !== undefined);

export const jsonObject = kind(
  'an object',
  (value): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
);

export const texts = kind(
  'an object of texts',
  (value): value is Readonly<Record<string, string>> =>
    typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'),
);

/** One of some words. */
export function word<const W extends string>(...words: readonly W[]): Kind<W> {
  return kind(`one of ${words.join(', ')}`, (value): value is W => words.includes(value as W));
}

/** A member that may be left out. */
export function optional<T>(inner: Kind<T>): Optional<T> {
  return {
    optional: true,
    read: (value, field, issues) => (value === undefined ? undefined : inner.read(value, field, issues)),
  };
}

/** A value or null. */
export function nullable<T>(inner: Kind<T>): Kind<T | null> {
  return { read: (value, field, issues) => (value === null ? null : inner.read(value, field, issues)) };
}

export function array<T>(inner: Kind<T>): Kind<readonly T[]> {
  return {
    read(value, field, issues) {
      if (Array.isArray(value)) return value.map((each, at) => inner.read(each, `${field}[${at}]`, issues));
      issues.push({ field, code: 'invalid', message: 'a list is wanted' });
      return [];
    },
  };
}

/** The first kind that takes the value; what is wrong is told by the last. */
export function anyOf<A, B>(first: Kind<A>, second: Kind<B>): Kind<A | B> {
  return {
    read(value, field, issues) {
      const found: Issue[] = [];
      const read = first.read(value, field, found);
      return found.length === 0 ? read : second.read(value, field, issues);
    },
  };
}

/** An object of these members and no others. */
export function object<M extends Members>(members: M): Kind<Shaped<M>> {
  return {
    read(value, field, issues) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        issues.push({ field, code: 'invalid', message: 'an object is wanted' });
        return {} as Shaped<M>;
      }
      const given = value as Readonly<Record<string, unknown>>;
      const nameOf = (name: string): string => (field === '' ? name : `${field}.${name}`);
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(members, name))
          issues.push({ field: nameOf(name), code: 'unknown', message: 'there is no such member' });
      }
      const entries = Object.entries(members).flatMap(([name, member]) => {
        if (given[name] !== undefined) return [[name, member.read(given[name], nameOf(name), issues)]];
        if (!('optional' in member))
          issues.push({ field: nameOf(name), code: 'required', message: 'this is required' });
        return [];
      });
      return Object.fromEntries(entries) as Shaped<M>;
    },
  };
}

/** A moment in RFC 3339 with any offset, or ms since epoch; answers ms. Only dates that exist. */
export const moment: Kind<number> = {
  read(value, field, issues) {
    const time = typeof value === 'number' ? value : typeof value === 'string' ? parseMoment(value) : undefined;
    if (time !== undefined && Number.isSafeInteger(time)) return time;
    issues.push({
      field,
      code: 'invalid',
      message: 'an RFC 3339 date and time is wanted, such as 2026-01-31T00:00:00Z',
    });
    return 0;
  },
};

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** ms since epoch of an RFC 3339 text; undefined: it is none, or the date does not exist. */
export function parseMoment(text: string): number | undefined {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return undefined;
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const time = Date.parse(text);
  return Number.isNaN(time) || Number(day) > last ? undefined : time;
}
