import { defineConfig } from 'vitest/config';

// The demo in a real browser: needs a build (`npm run build`) and Chromium at /usr/bin/chromium.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['./support/global.mjs'],
    // One server and its purchases are shared; a trial needs its 20 seconds.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
