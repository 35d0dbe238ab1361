// Members that the rules do not know, kept in an object's `data`.

import type { JsonObject } from '../../engine/billing.js';

/** Members that are kept as they were given; what was not given is left out. */
export function keptData(values: Readonly<Record<string, unknown>>): { data?: JsonObject } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length > 0 ? { data: Object.fromEntries(given) } : {};
}

/** Of `values` what `fields` names, kept as it was given: a route's fields say once what an object only keeps. */
export function keptOf(values: object, fields: object): { data?: JsonObject } {
  const all = values as Readonly<Record<string, unknown>>;
  return keptData(Object.fromEntries(Object.keys(fields).map((name) => [name, all[name]])));
}

/** The members that were given, for a command or a list's filters. */
export function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
