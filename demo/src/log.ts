// The event log, and the one live region that says aloud what changed.
import { clock } from './clock.js';
import { byId, fill, h } from './dom.js';
import { time } from './format.js';

const KEPT = 40;

/** What kind of line it is; each has its own mark. */
export type Kind = 'granted' | 'revoked' | 'changed' | 'error' | 'note';

/** Adds a line to the log. */
export function note(kind: Kind, message: string): void {
  const log = byId('log');
  const now = clock.now();
  log.prepend(
    h(
      'li',
      { 'data-kind': kind },
      h('time', { datetime: new Date(now).toISOString() }, time(now)),
      ' ',
      h('span', {}, message),
    ),
  );
  while (log.childElementCount > KEPT) log.lastElementChild?.remove();
}

/** Says something aloud, and adds it to the log. */
export function announce(kind: Kind, message: string): void {
  note(kind, message);
  fill(byId('live'), message);
}
