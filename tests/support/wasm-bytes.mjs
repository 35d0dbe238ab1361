// What the build does for `import bytes from '….wasm'`, for tests that load the sources with Vite.
import { readFileSync } from 'node:fs';

export const wasmBytes = {
  name: 'wasm-bytes',
  /** Before Vite's own loader, which refuses these imports. */
  enforce: 'pre',
  /** @param {string} id */
  load(id) {
    if (!id.endsWith('.wasm')) return undefined;
    return `export default Uint8Array.from(atob("${readFileSync(id).toString('base64')}"), (c) => c.charCodeAt(0));`;
  },
};
