import { readdirSync } from 'node:fs';

import { compile } from 'svelte/compiler';

/** What a bundler's Svelte plugin does, for the few components of these pages. */
const svelte = {
  name: 'svelte',
  transform(code, id, { ssr } = {}) {
    if (!id.endsWith('.svelte')) return undefined;
    return compile(code, { filename: id, generate: ssr ? 'server' : 'client', dev: true }).js;
  },
};

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

export default {
  plugins: [svelte],
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
  },
  build: { rollupOptions: { input: pages } },
};
