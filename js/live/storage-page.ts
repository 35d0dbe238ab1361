// Tabs that share through localStorage alone: for pages without https, which have no Web Locks, and for old browsers.
import { thisPage } from './page.js';
import type { Line, Page } from './page.js';

const safely = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    // Storage that is switched off throws at its name.
    return undefined;
  }
};

/** Other tabs, without BroadcastChannel: who writes to localStorage is heard in every tab but its own. */
function storageLine(name: string, heard: (message: string) => void): Line | undefined {
  const area = safely(() => localStorage);
  if (!area) return undefined;
  const listen = ({ key, newValue }: StorageEvent): void => {
    if (key === name && newValue) heard(newValue);
  };
  addEventListener('storage', listen);
  return {
    post: (message) =>
      safely(() => {
        area.setItem(name, message);
        // Only the event counts: nothing is left behind, and the same message is heard twice.
        area.removeItem(name);
      }),
    close: () => removeEventListener('storage', listen),
  };
}

/** How long a tab without Web Locks leads before it has to say so again (ms), and how often it does. */
const LEASE_MS = 5000;
const RENEW_MS = 2000;

/** How long another tab has to write its name over ours. */
const SETTLE_MS = 150;

/** Without Web Locks: who leads has its name in localStorage, with a time until when. */
function lease(name: string, signal: AbortSignal, lead: () => void): void {
  const area = safely(() => localStorage);
  if (!area) return lead();
  const me = Math.random().toString(36);
  let leads = false;
  let timer: ReturnType<typeof setTimeout>;
  const read = () => safely(() => JSON.parse(area.getItem(name) ?? '[]') as [string?, number?]) ?? [];
  const look = (): void => {
    const [who, until = 0] = read();
    const mine = who === me;
    // A time too far away is of a clock that was wrong.
    const free = !(until > Date.now() && until < Date.now() + 2 * LEASE_MS);
    if (mine || free) safely(() => area.setItem(name, JSON.stringify([me, Date.now() + LEASE_MS])));
    // Two that write at once both look again soon: the one whose name stayed leads.
    timer = setTimeout(look, (mine || !free ? RENEW_MS : SETTLE_MS) * (0.8 + Math.random() * 0.4));
    if (mine && !leads) {
      leads = true;
      lead();
    }
  };
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    // Timers sleep in hidden tabs: another one may have taken over.
    if (read()[0] === me) safely(() => area.removeItem(name));
  });
  look();
}

/** The page this runs in, where BroadcastChannel or Web Locks may be missing: `live({ page: storagePage() })`. */
export const storagePage = (): Page => ({
  ...thisPage,
  line: (name, heard) =>
    thisPage.line(name, heard) ?? (typeof document === 'object' ? storageLine(name, heard) : undefined),
  elect(name, signal, lead) {
    if (typeof document !== 'object' || navigator.locks) thisPage.elect(name, signal, lead);
    else lease(`${name}:lead`, signal, lead);
  },
});
