// What keeps open dashboards in step: the provider's stream says that something changed, and what is shown is read again.

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

import { control, forgetKey, Refused } from './api.js';
import type { Info } from './api.js';

/** How the page and the provider stand. */
export interface Live {
  /** Grows with everything that changed. */
  readonly version: number;
  readonly connection: 'connecting' | 'live' | 'lost';
  /** The provider's time, ms, and when the page heard of it (performance.now()). */
  readonly clock: { readonly now: number; readonly heardAt: number; readonly frozen: boolean } | undefined;
  /** Why the page may not ask. */
  readonly refused: Refused | undefined;
}

/** Changes come in bursts (a command, its events, their deliveries): they are read once. */
const GATHER_MS = 40;
const AGAIN_MS = 2000;

let live: Live = { version: 0, connection: 'connecting', clock: undefined, refused: undefined };
const listeners = new Set<() => void>();

function set(change: Partial<Live>): void {
  live = { ...live, ...change };
  for (const listener of listeners) listener();
}

let gathering: ReturnType<typeof setTimeout> | undefined;

/** Reads again what is shown. */
export function refresh(): void {
  gathering ??= setTimeout(() => {
    gathering = undefined;
    set({ version: live.version + 1 });
    void readClock();
  }, GATHER_MS);
}

let asked = 0;
let answered = 0;

async function readClock(): Promise<void> {
  const mine = ++asked;
  try {
    const { now, frozen } = await control<Info>('clock');
    // Answers may overtake each other.
    if (mine < answered) return;
    answered = mine;
    set({ clock: { now: Date.parse(now), heardAt: performance.now(), frozen }, refused: undefined });
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.code === 'FORBIDDEN') set({ refused: thrown });
  }
}

/** Listens while the page is visible: browsers allow few streams, and a hidden page needs none. */
export function listen(): void {
  let stream: EventSource | undefined;
  const open = (): void => {
    stream = new EventSource('/_plangate/stream');
    stream.addEventListener('hello', () => {
      forgetKey();
      set({ connection: 'live' });
      refresh();
    });
    stream.addEventListener('change', refresh);
    stream.addEventListener('error', () => {
      set({ connection: 'lost' });
      // Most losses browsers mend themselves; what they give up on is tried again here.
      if (stream?.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS);
    });
  };
  const follow = (): void => {
    if (document.visibilityState === 'visible') {
      if (!stream || stream.readyState === EventSource.CLOSED) open();
    } else {
      stream?.close();
      stream = undefined;
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  void readClock();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);

/** What a question was answered. `data` stays what it was while it is asked again. */
export interface Answered<T> {
  readonly data: T | undefined;
  readonly error: Error | undefined;
}

/**
 * Asks now, when `about` changes, and whenever something changed: once more after a question under way, however much
 * changes meanwhile. An older answer never replaces a newer one, and a provider that is gone leaves the last.
 */
export function useAnswer<T>(question: () => Promise<T>, about = ''): Answered<T> {
  const { version } = useLive();
  const [turn, next] = useState(0);
  const [answer, setAnswer] = useState<Answered<T> & { readonly about: string }>({
    data: undefined,
    error: undefined,
    about,
  });
  const running = useRef<{ readonly about: string; again: boolean }>(undefined);
  useEffect(() => {
    if (running.current?.about === about) {
      running.current.again = true;
      return;
    }
    const mine = { about, again: false };
    running.current = mine;
    const end = (show: () => void): void => {
      if (running.current !== mine) return;
      running.current = undefined;
      show();
      if (mine.again) next((count) => count + 1);
    };
    question().then(
      (data) => end(() => setAnswer({ data, error: undefined, about })),
      (thrown: unknown) =>
        end(() => {
          if (thrown instanceof Refused && thrown.code === 'UNREACHABLE') return;
          setAnswer({ data: undefined, error: thrown as Error, about });
        }),
    );
    // The question is made anew at each drawing; what it is about says when to ask.
  }, [version, about, turn]);
  return answer.about === about ? answer : { data: undefined, error: undefined };
}

/** The provider's time, ms, going on while it runs; undefined until it is known. */
export function useNow(): number | undefined {
  const { clock } = useLive();
  const [, tick] = useState(0);
  useEffect(() => {
    if (!clock || clock.frozen) return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [clock]);
  if (!clock) return undefined;
  return clock.frozen ? clock.now : clock.now + performance.now() - clock.heardAt;
}

/** The page shown: the words after `#/`. */
export function useRoute(): readonly string[] {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash,
  );
  return hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((word) => word !== '')
    .map(decodeURIComponent);
}
