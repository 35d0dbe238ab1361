// The page itself, where a host refuses what tabs share by: sandboxed frames, browsers that are to keep nothing.
import { afterEach, describe, expect, it, vi } from 'vitest';

import { storagePage } from '../../js/live/index.js';
import { thisPage } from '../../js/live/page.js';
import { settle } from './support.js';

const refused = (): never => {
  throw new DOMException('denied in this context', 'SecurityError');
};

/** A page whose host has these. */
function pageWith(globals: object): void {
  for (const [name, value] of Object.entries({ document: {}, ...globals })) vi.stubGlobal(name, value);
}

/** A page that has storage but no locks; answers what is stored. */
function pageWithStorage(): Map<string, string> {
  const items = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, text: string) => void items.set(name, text),
    removeItem: (name: string) => void items.delete(name),
  };
  pageWith({ navigator: {}, localStorage });
  return items;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('given a host that refuses its locks', () => {
  it('leads in each tab', async () => {
    pageWith({ navigator: { locks: { request: async () => refused() } } });
    const lead = vi.fn();
    thisPage.elect('a', new AbortController().signal, lead);
    await settle();
    expect(lead).toHaveBeenCalledOnce();
  });

  it('does not lead when it was given up before its turn', async () => {
    const gaveUp = (_: string, { signal }: { signal: AbortSignal }): Promise<never> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    pageWith({ navigator: { locks: { request: gaveUp } } });
    const lead = vi.fn();
    const mine = new AbortController();
    thisPage.elect('a', mine.signal, lead);
    mine.abort();
    await settle();
    expect(lead).not.toHaveBeenCalled();
  });

  it('has no line where there may be none', () => {
    pageWith({
      BroadcastChannel: function () {
        refused();
      },
    });
    expect(thisPage.line('a', () => {})).toBeUndefined();
  });
});

describe('given tabs without locks', () => {
  it('leaves the lead to the tab that has taken it over', () => {
    vi.useFakeTimers();
    const items = pageWithStorage();
    const lead = vi.fn();
    const mine = new AbortController();
    storagePage().elect('a', mine.signal, lead);
    vi.advanceTimersByTime(1000);
    expect(lead).toHaveBeenCalledOnce();
    // Its timers slept, and another tab found the time run out.
    const other = JSON.stringify(['other', Date.now() + 5000]);
    items.set('a:lead', other);
    mine.abort();
    expect(items.get('a:lead')).toBe(other);
  });

  it('lets go of the lead that is its own', () => {
    vi.useFakeTimers();
    const items = pageWithStorage();
    const mine = new AbortController();
    storagePage().elect('a', mine.signal, () => {});
    vi.advanceTimersByTime(1000);
    mine.abort();
    expect([items.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
