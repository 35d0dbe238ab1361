// What came of what was done: said aloud by screen readers, and shown until the next.

import { useSyncExternalStore } from 'react';
import type { JSX } from 'react';

import { Refused } from './api.js';

interface Notice {
  readonly kind: 'done' | 'refused';
  readonly text: string;
  readonly code: string;
}

let notice: Notice | undefined;
const listeners = new Set<() => void>();

function show(next: Notice | undefined): void {
  notice = next;
  for (const listener of listeners) listener();
}

/** Tells that something is done. */
export const done = (text: string): void => show({ kind: 'done', text, code: '' });

/** Tells why something was not done. */
export function refused(thrown: unknown): void {
  const known = thrown instanceof Refused;
  show({
    kind: 'refused',
    text: thrown instanceof Error ? thrown.message : String(thrown),
    code: known ? thrown.code : '',
  });
}

/** Does something at once, and tells what came of it. */
export function act(work: () => Promise<unknown>, told: string): void {
  work().then(() => done(told), refused);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The notices' place. Both regions are there from the start: one that comes with its text is not read out. */
export function Notices(): JSX.Element {
  const now = useSyncExternalStore(subscribe, () => notice);
  return (
    <div className="notices" data-kind={now?.kind}>
      <p role="status">{now?.kind === 'done' && now.text}</p>
      <p role="alert">
        {now?.kind === 'refused' && (
          <>
            {now.code && <code>{now.code}</code>} {now.text}
          </>
        )}
      </p>
      {now && (
        <button type="button" className="quiet small" onClick={() => show(undefined)}>
          Dismiss
        </button>
      )}
    </div>
  );
}
