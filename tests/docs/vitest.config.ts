import { defineConfig } from 'vitest/config';

import { patience } from '../support/patience.js';
import { wasmBytes } from '../support/wasm-bytes.mjs';

// The examples of the documentation, executed: needs a build (`npm run build`), Chromium, Redis, PostgreSQL and curl.
// check.mjs runs these tests and then asks which examples none of them has run.
export default defineConfig({
  plugins: [wasmBytes],
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    environment: 'node',
    maxWorkers: 2,
    ...patience,
  },
});
