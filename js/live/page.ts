// What live updates need of the page they are in. Tests and unusual hosts bring their own.

/** A line to the other tabs. */
export interface Line {
  post(message: string): void;
  close(): void;
}

/** The page, its tabs and its connection. Every function may be called where the host lacks what it is about. */
export interface Page {
  /** People see it. */
  visible(): boolean;
  /** There is hope to reach a server. */
  online(): boolean;
  /**
   * Calls back when the page is shown or looked at (`focus`), is connected again (`online`), goes to sleep (`sleep`:
   * hidden for good, or frozen) or comes back (`wake`). The answer stops it.
   */
  watch(heard: (event: 'focus' | 'online' | 'sleep' | 'wake') => void): () => void;
  /** Joins the tabs of this name; hears what the others post. Undefined: there is no way to reach them. */
  line(name: string, heard: (message: string) => void): Line | undefined;
  /**
   * Calls `lead` when this tab is the one of that name, now or once the one before is gone. Aborting gives it up. Where
   * tabs cannot agree, each is the one.
   */
  elect(name: string, signal: AbortSignal, lead: () => void): void;
}

const EVENTS = {
  focus: 'focus',
  visibilitychange: 'focus',
  online: 'online',
  pagehide: 'sleep',
  freeze: 'sleep',
  pageshow: 'wake',
  resume: 'wake',
} as const;

/**
 * The page this runs in; elsewhere (workers, Node) it is always seen, always online and alone. Tabs share through
 * BroadcastChannel and Web Locks; where the latter are missing (pages without https), see storagePage().
 */
export const thisPage: Page = {
  visible: () => typeof document !== 'object' || document.visibilityState !== 'hidden',
  online: () => typeof navigator !== 'object' || navigator.onLine !== false,
  watch(heard) {
    if (typeof document !== 'object') return () => {};
    const listener = ({ type }: Event): void => {
      const event = EVENTS[type as keyof typeof EVENTS];
      if (event !== 'focus' || thisPage.visible()) heard(event);
    };
    const types = Object.keys(EVENTS);
    // The document's own events reach the window only on their way down.
    types.forEach((type) => addEventListener(type, listener, true));
    return () => types.forEach((type) => removeEventListener(type, listener, true));
  },
  line(name, heard) {
    if (typeof document !== 'object') return undefined;
    try {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => heard(String(data));
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    } catch {
      // An old browser has none; one that is to keep nothing refuses it.
      return undefined;
    }
  },
  elect(name, signal, lead) {
    if (typeof document !== 'object' || !navigator.locks) return lead();
    navigator.locks
      .request(name, { signal }, () => {
        lead();
        return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      })
      // Given up before its turn came; or there are no locks here, as in a sandboxed frame.
      .catch(() => signal.aborted || lead());
  },
};
