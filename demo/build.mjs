// Builds the page with Vite, as an application would: `plangate` is the package, taken through its `exports`.
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

/** Builds the pages and answers the folder it is in. */
export async function buildPage() {
  const root = fileURLToPath(new URL('.', import.meta.url));
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'es2022',
      // A data: url would be a font or wasm that the page's policy refuses.
      assetsInlineLimit: 0,
      // The polyfill is only for browsers that cannot run the page anyway.
      modulePreload: { polyfill: false },
      emptyOutDir: true,
      rolldownOptions: { input: ['index.html', 'checkout.html'].map((page) => `${root}${page}`) },
    },
  });
  return `${root}dist`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildPage());
