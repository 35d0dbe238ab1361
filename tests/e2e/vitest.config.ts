import { defineConfig } from 'vitest/config';

import { patience } from '../support/patience.js';

// The demo in a real browser: needs a build (`npm run build`) and Chromium at /usr/bin/chromium.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['./support/global.mjs'],
    // One server and its purchases are shared; a trial needs its 20 seconds.
    fileParallelism: false,
    ...patience,
  },
});
