// What was changed stays while the tab is open, over reloads: and no longer, so that nobody forgets it for days.
import type { JsonObject } from '../engine/types.js';

/** An override: on, off, or on with this config. */
export type Override = boolean | JsonObject;

/** What is kept. */
export interface Changes {
  readonly overrides: Readonly<Record<string, Override>>;
  /** ms that the clock is ahead. */
  readonly offset: number;
}

const NAME = 'plangate-devtools';
export const NO_CHANGES: Changes = { overrides: {}, offset: 0 };

/** What the tab kept; nothing where there is no storage, or it holds something else. */
export function readChanges(): Changes {
  try {
    const { overrides, offset } = JSON.parse(sessionStorage.getItem(NAME) ?? '{}') as Partial<Changes>;
    return {
      overrides: typeof overrides === 'object' && overrides !== null ? overrides : {},
      offset: Number.isFinite(offset) ? offset! : 0,
    };
  } catch {
    return NO_CHANGES;
  }
}

/** Keeps it; where there is no storage, it lasts until the next reload. */
export function keepChanges(changes: Changes): void {
  try {
    if (changes.offset === 0 && Object.keys(changes.overrides).length === 0) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, JSON.stringify(changes));
  } catch {
    // A blocked or full storage.
  }
}
