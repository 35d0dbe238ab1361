#!/usr/bin/env node
// Writes the table of settings in docs/serve.md from js/cli/serve/settings.ts; `--check` only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';

import { build } from 'esbuild';

import { path } from './lib/process.mjs';

const DOC = path('docs', 'serve.md');
const BEGIN = '<!-- settings: written by tools/generate-serve-docs.mjs -->';
const END = '<!-- /settings -->';

async function table() {
  const { outputFiles } = await build({
    entryPoints: [path('js/cli/serve/reference.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)).markdownTable();
}

const old = readFileSync(DOC, 'utf8');
const [before, rest] = old.split(BEGIN);
const [, after] = rest?.split(END) ?? [];
if (after === undefined) throw new Error(`docs/serve.md has no ${BEGIN} … ${END}`);
const text = `${before}${BEGIN}\n${await table()}\n${END}${after}`;
if (text === old) {
  console.log('docs/serve.md is up to date');
} else if (process.argv.includes('--check')) {
  console.error('docs/serve.md is out of date: node tools/generate-serve-docs.mjs');
  process.exitCode = 1;
} else {
  writeFileSync(DOC, text);
}
