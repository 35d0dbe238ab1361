import { compile, compileModule } from 'svelte/compiler';
import { defineConfig } from 'vitest/config';

import { patience } from '../support/patience.js';
import { wasmBytes } from '../support/wasm-bytes.mjs';

/** What a bundler's Svelte plugin does, for the few components of these tests. */
const svelte = {
  name: 'svelte',
  transform(code: string, id: string) {
    const generate = 'client';
    if (id.endsWith('.svelte')) return compile(code, { filename: id, generate, dev: true }).js;
    if (id.endsWith('.svelte.js')) return compileModule(code, { filename: id, generate, dev: true }).js;
    return undefined;
  },
};

// The frameworks' bindings, in jsdom and in Chromium: needs a build (`npm run build`).
export default defineConfig({
  plugins: [svelte, wasmBytes],
  // Svelte's client half, as in a browser.
  ssr: { resolve: { conditions: ['browser'] } },
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.{ts,tsx}'],
    environment: 'node',
    server: { deps: { inline: [/svelte/] } },
    maxWorkers: 2,
    ...patience,
  },
});
