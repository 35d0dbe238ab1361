// What is published: one row per file of dist/. `source` is bundled into `dist/<name>.js`. `budget`: bytes of brotli that it may
// cost a page (tools/size.mjs; with its WebAssembly), for whatever pages load.

/** @type {ReadonlyArray<{name: string, source: string, platform: 'browser' | 'node' | 'neutral', wasmImport?: string, loader?: Record<string, 'binary'>, external?: string[], server?: boolean, part?: string, siblings?: boolean, commonjs?: boolean, companion?: boolean, lazy?: boolean, binding?: boolean, budget?: number}>} */
export const entries = [
  { name: 'browser', source: 'js/engine/entries/browser.ts', platform: 'browser', budget: 40_000 },
  { name: 'node', source: 'js/engine/entries/node.ts', platform: 'node', loader: { '.wasm': 'binary' } },
  // The host compiles the module: the import stays an import.
  { name: 'edge', source: 'js/engine/entries/edge.ts', platform: 'neutral', wasmImport: './plangate.wasm' },
  // Vercel's and Next's edge runtime wants the same, asked for by a suffix.
  {
    name: 'edge-light',
    source: 'js/engine/entries/edge.ts',
    platform: 'neutral',
    wasmImport: './plangate.wasm?module',
  },
  {
    name: 'inline',
    source: 'js/engine/entries/inline.ts',
    platform: 'neutral',
    loader: { '.wasm': 'binary' },
    budget: 50_000,
  },
  { name: 'js', source: 'js/engine/entries/js.ts', platform: 'neutral', budget: 58_000 },
  // What an application adds to the client, by the function it calls.
  { name: 'cache', source: 'js/cache/index.ts', platform: 'neutral', part: 'cache', budget: 1300 },
  { name: 'live', source: 'js/live/index.ts', platform: 'neutral', part: 'live', siblings: true, budget: 500 },
  // What live() loads when the first answers are there; nobody imports it by name.
  { name: 'live-machinery', source: 'js/live/machinery.ts', platform: 'neutral', lazy: true, budget: 2300 },
  // Servers: an engine that also reads pages, events and catalogues.
  {
    name: 'server',
    source: 'js/server/entries/node.ts',
    platform: 'node',
    loader: { '.wasm': 'binary' },
    server: true,
  },
  {
    name: 'server-edge',
    source: 'js/server/entries/edge.ts',
    platform: 'neutral',
    wasmImport: './plangate-server.wasm',
    server: true,
  },
  {
    name: 'server-edge-light',
    source: 'js/server/entries/edge.ts',
    platform: 'neutral',
    wasmImport: './plangate-server.wasm?module',
    server: true,
  },
  { name: 'signed', source: 'js/server/signed/verify.ts', platform: 'neutral', server: true, budget: 1700 },
  { name: 'stores', source: 'js/stores/index.ts', platform: 'neutral', server: true },
  // Their drivers, and OpenFeature's SDK, are the application's own.
  { name: 'store-sqlite', source: 'js/stores/sqlite.ts', platform: 'node', external: ['libsql'], server: true },
  { name: 'store-postgres', source: 'js/stores/postgres.ts', platform: 'node', external: ['pg'], server: true },
  { name: 'store-redis', source: 'js/stores/redis.ts', platform: 'node', external: ['redis', 'ioredis'], server: true },
  {
    name: 'openfeature-server',
    source: 'js/openfeature/server.ts',
    platform: 'node',
    external: ['@openfeature/server-sdk'],
    server: true,
  },
  // The command line. It loads the other entries from beside it (`siblings`), when a command needs them, and holds packages
  // written as CommonJS (`commonjs`).
  { name: 'cli', source: 'js/cli/main.ts', platform: 'node', siblings: true, commonjs: true, server: true },
  // For users' tests: with the engine's bytes inside, so that it runs wherever tests run.
  {
    name: 'testing',
    source: 'js/testing/index.ts',
    platform: 'neutral',
    loader: { '.wasm': 'binary' },
    companion: true,
  },
  {
    name: 'testing-edge',
    source: 'js/testing/edge.ts',
    platform: 'neutral',
    wasmImport: './plangate.wasm',
    companion: true,
  },
  // The provider of a test is the provider of the application: they share a context, so they share the file (`siblings`).
  {
    name: 'testing-react',
    source: 'js/testing/react.ts',
    platform: 'neutral',
    external: ['react'],
    siblings: true,
    companion: true,
  },
  {
    name: 'testing-vue',
    source: 'js/testing/vue.ts',
    platform: 'neutral',
    external: ['vue'],
    siblings: true,
    companion: true,
  },
  {
    name: 'testing-svelte',
    source: 'js/testing/svelte.ts',
    platform: 'neutral',
    external: ['svelte', 'svelte/*'],
    siblings: true,
    companion: true,
  },
  // Tells which answers an application was given.
  { name: 'telemetry', source: 'js/telemetry/index.ts', platform: 'neutral', companion: true, budget: 2000 },
  // The panel. `process.env.NODE_ENV` stays for the application's bundler to say.
  { name: 'devtools', source: 'js/devtools/index.ts', platform: 'neutral', companion: true, budget: 9000 },
  // Bindings: small, beside the browser entry; their frameworks are the application's own.
  { name: 'ssr', source: 'js/ssr/index.ts', platform: 'neutral', binding: true, budget: 2000 },
  { name: 'react', source: 'js/react/index.ts', platform: 'neutral', external: ['react'], binding: true, budget: 2000 },
  { name: 'vue', source: 'js/vue/index.ts', platform: 'neutral', external: ['vue'], binding: true, budget: 2000 },
  {
    name: 'svelte',
    source: 'js/svelte/index.ts',
    platform: 'neutral',
    external: ['svelte', 'svelte/*'],
    binding: true,
    budget: 2000,
  },
  { name: 'element', source: 'js/element/index.ts', platform: 'neutral', binding: true, budget: 2000 },
  {
    name: 'openfeature-web',
    source: 'js/openfeature/web.ts',
    platform: 'neutral',
    external: ['@openfeature/web-sdk'],
    binding: true,
    budget: 2000,
  },
  // The local billing provider: its HTTP, form and YAML packages are inside.
  { name: 'provider', source: 'js/provider/entries/node.ts', platform: 'node', commonjs: true, server: true },
  // Its page, script and styles: read by the provider from beside it, not imported by applications.
  { name: 'dashboard', source: 'js/provider/page/main.tsx', platform: 'browser', page: true, server: true },
];
