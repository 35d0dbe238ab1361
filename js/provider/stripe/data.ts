// Members that the rules do not know, kept in an object's `data`.

import type { JsonObject } from '../../engine/billing.js';

/** Members that are kept as they were given; what was not given is left out. */
export function keptData(values: Readonly<Record<string, unknown>>): { data?: JsonObject } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length > 0 ? { data: Object.fromEntries(given) } : {};
}

/** The members that were given, for a command or a list's filters. */
export function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
