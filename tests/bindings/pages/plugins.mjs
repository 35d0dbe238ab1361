// Single-file components, as far as these pages and the documentation's examples need them.
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

/** What a bundler's Svelte plugin does, for the few components of these pages. */
export const svelte = {
  name: 'svelte',
  transform(code, id, { ssr } = {}) {
    if (!id.endsWith('.svelte')) return undefined;
    return compile(code, { filename: id, generate: ssr ? 'server' : 'client', dev: true }).js;
  },
};

/** The same for Vue: `<script setup>` with its template. */
export const vue = {
  name: 'vue',
  transform(code, id) {
    if (!id.endsWith('.vue')) return undefined;
    const { descriptor } = parse(code, { filename: id });
    return compileScript(descriptor, { id, inlineTemplate: true }).content;
  },
};
