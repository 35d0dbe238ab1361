// The one place that says which Chromium the tests, the screenshots and the bench drive, and with which flags.
import { chromium } from 'playwright-core';

/** Set CHROMIUM to use another binary than Debian's. */
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Headless, in a container, and quiet: nothing is fetched that a test did not ask for. */
export const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium of our own: each context has a profile that is thrown away. Who starts it closes it. */
export const startBrowser = () => chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
