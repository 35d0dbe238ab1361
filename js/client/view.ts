// What framework bindings share: reading answers so that equal ones stay the same object, and the answers that a server
// rendered with. Small and apart, because every binding carries it.
import type { PlangateClient } from './api.js';
import { closed, DENIED } from './closed.js';

/** What bindings read answers from. */
export type View = Pick<PlangateClient, 'check' | 'error' | 'hasFeature' | 'limit' | 'unlocks'>;

/** Stands for a client that is still being made. */
export const NO_VIEW: View = {
  error: undefined,
  hasFeature: () => false,
  check: closed as View['check'],
  limit: () => DENIED,
  unlocks: () => [],
};

/** What to show: the feature, its locked form, or neither while the first list is on its way. */
export type Access = 'allowed' | 'denied' | 'loading';

/** Reads what to show. A client that failed to load its list is not loading: it denies. */
export function accessOf(view: View, key: string, product?: string): Access {
  const { allowed, reason } = view.check(key as never, { product });
  if (allowed) return 'allowed';
  return reason === 'NOT_READY' && !view.error ? 'loading' : 'denied';
}

/** The same question again and again: the answer before is given again while the new one is equal to it. */
export function steady<T>(read: () => T): () => T {
  let last: T;
  let text: string | undefined;
  return () => {
    const next = read();
    if (next === last) return last;
    const json = JSON.stringify(next);
    if (json === text) return last;
    text = json;
    return (last = next);
  };
}

/** Calls back whenever an answer, or whether one is still to come, may have changed. The answer stops it. */
export function listen(gate: Pick<PlangateClient, 'on' | 'subscribe'>, listener: () => void): () => void {
  const stop = [gate.subscribe(listener), gate.on('error', listener)];
  return () => stop.forEach((end) => end());
}

// In the registry of symbols, because each entry of the package is a bundle of its own.
const RENDERED = Symbol.for('plangate.rendered');

/** Keeps with a client the view that the server rendered the page with. */
export function setRendered<Gate extends object>(gate: Gate, rendered: View): Gate {
  return Object.defineProperty(gate, RENDERED, { value: rendered, configurable: true });
}

/** The view that the server rendered with: what has to be shown while a page hydrates. Else the client itself. */
export const renderedOf = (gate: View): View => (gate as { [RENDERED]?: View })[RENDERED] ?? gate;
