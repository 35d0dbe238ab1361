import { defineConfig } from 'vitest/config';

import { patience } from './tests/support/patience.js';
import { LongFirst } from './tests/support/sequence.js';
import { wasmBytes } from './tests/support/wasm-bytes.mjs';

// Unit and integration tests in Node. The browser tests have their own: tests/e2e/vitest.config.ts.
export default defineConfig({
  plugins: [wasmBytes],
  test: {
    include: ['tests/{js,server,stores,provider,cli,telemetry,testing,devtools}/**/*.test.ts'],
    environment: 'node',
    // Two cores, and databases and servers beside: more workers would only wait for each other.
    maxWorkers: 2,
    ...patience,
    sequence: { sequencer: LongFirst },
  },
});
