// Questions as applications ask them, turned into the engine's: shared by the client and the server's view of a customer.
import type { Decision, Diff, JsonObject, JsonValue, UnlockQuery } from '../engine/types.js';
import type { PlangateClient, UnlockQuestion } from './api.js';
import { explain } from './explain.js';
import type { Explanation } from './explain.js';

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

/** A field of a decision's config; the fallback where it is absent, null or of another type. */
export function valueIn({ config = {} }: Decision, field: string, fallback: JsonValue): JsonValue {
  const value = Object.hasOwn(config, field) ? config[field]! : null;
  return value !== null && kindOf(value) === kindOf(fallback) ? value : fallback;
}

/** What unlocks() is asked, as the engine wants it. */
export function unlockQueryOf(question: UnlockQuestion<string>): UnlockQuery {
  const asked = typeof question === 'object' && !Array.isArray(question) ? question : { keys: question };
  const { key, keys = key, ...rest } = asked as { key?: string; keys?: string | readonly string[] };
  return { ...rest, keys: [keys ?? []].flat() as string[] };
}

/** Nothing differs: time passed, or the same list came again. */
export const changesNothing = (diff: Diff): boolean =>
  Object.values(diff).every((list: readonly unknown[]) => list.length === 0);

/** All there is to say about a decision; `list` is the snapshot's JSON, empty for none. */
export function explainFrom(client: Pick<PlangateClient, 'check' | 'unlocks'>, key: string, list: string): Explanation {
  const { entitlements } = JSON.parse(list || '{"entitlements":[]}') as { entitlements: JsonObject[] };
  const rows = entitlements.filter(({ featureKey }) => featureKey === key);
  return explain(client.check(key as never), rows, client.unlocks(key as never));
}
