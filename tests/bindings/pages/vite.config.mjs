import { readdirSync } from 'node:fs';

import { svelte, vue } from './plugins.mjs';

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

export default {
  plugins: [svelte, vue],
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
  },
  build: { rollupOptions: { input: pages } },
};
