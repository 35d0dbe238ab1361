// What is published: one row per file of dist/. `source` is bundled into `dist/<name>.js`.

/** @type {ReadonlyArray<{name: string, source: string, platform: 'browser' | 'node' | 'neutral', wasmImport?: string, loader?: Record<string, 'binary'>}>} */
export const entries = [
  { name: 'browser', source: 'js/engine/entries/browser.ts', platform: 'browser' },
  { name: 'node', source: 'js/engine/entries/node.ts', platform: 'node' },
  // The host compiles the module: the import stays an import.
  { name: 'edge', source: 'js/engine/entries/edge.ts', platform: 'neutral', wasmImport: './plangate.wasm' },
  // Vercel's and Next's edge runtime wants the same, asked for by a suffix.
  {
    name: 'edge-light',
    source: 'js/engine/entries/edge.ts',
    platform: 'neutral',
    wasmImport: './plangate.wasm?module',
  },
  { name: 'inline', source: 'js/engine/entries/inline.ts', platform: 'neutral', loader: { '.wasm': 'binary' } },
  { name: 'js', source: 'js/engine/entries/js.ts', platform: 'neutral' },
];
