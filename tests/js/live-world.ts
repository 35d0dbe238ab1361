// A server, a browser with tabs and clients with live() in them: what the tests of live run in.
import { vi } from 'vitest';

import type { PlangateClient } from '../../js/client/api.js';
import type { PlangateOptions } from '../../js/client/options.js';
import { createPlangate } from '../../js/engine/entries/node.js';
import { live } from '../../js/live/index.js';
import type { LiveOptions } from '../../js/live/index.js';
import { HandClock, settle, wasm } from './support.js';
import { FakeBrowser, FakeServer, WrongClock } from './world.js';

/** Nothing but the triggers of the page itself. */
export const quiet: LiveOptions = { stream: false, tabs: false };

/** A world in which `cus_1` is known, and has nothing yet. */
export function world() {
  const hand = new HandClock();
  const server = new FakeServer(hand);
  const browser = new FakeBrowser();
  server.set('cus_1', []);
  /** A client in a new tab, as soon as it has its first answers. */
  const begin = async (how: LiveOptions = {}, options: Partial<PlangateOptions> = {}) => {
    const tab = browser.tab();
    const clock = new WrongClock(hand);
    const gate: PlangateClient = await createPlangate({
      wasm,
      clock,
      logger: null,
      url: (customer) => `/e?customer=${customer}`,
      customer: 'cus_1',
      fetch: server.fetch,
      use: [live({ page: tab, ...how })],
      ...options,
    });
    /** The browser closes the tab: nothing of it runs on. */
    const close = (): void => {
      tab.close();
      clock.stop();
      gate.dispose();
    };
    return { gate, tab, close };
  };
  /** The same, once the second file is there, which comes after the first answers. */
  const open = async (...what: Parameters<typeof begin>) => {
    const opened = await begin(...what);
    await settle();
    await vi.dynamicImportSettled();
    await settle();
    return opened;
  };
  return { hand, server, browser, begin, open };
}
