#!/usr/bin/env node
// What an application pays: each entry bundled and minified as an application's bundler would, JavaScript and
// WebAssembly together. Fails when an entry is over its budget (tools/lib/entries.mjs), or one that pages load has none.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { entries } from './lib/entries.mjs';
import { path } from './lib/process.mjs';

/** Bytes of brotli that the browser entry is to come to. */
const AIM = 30_000;

/** Bytes of brotli that a page with cache and live loads before its first answers: no more than without them. */
const BUDGET_WITH_PARTS = 40_000;

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;

const measure = (bytes) => ({ raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes) });

/** The files that others load by import(): bundlers deliver them apart, esbuild has to be told. */
const lazyBut = (name) =>
  entries.filter((entry) => entry.lazy && entry.name !== name).map((entry) => `*/${entry.name}.js`);

/** An application that uses nothing but createPlangate(). */
const application = (name) => `import { createPlangate } from './dist/${name}.js'; globalThis.start = createPlangate;`;

/** A program as a bundler would deliver it, without the files that it loads later by itself: these have a row of their own. */
async function bundled(name, contents = application(name), external = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: path() },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: name === 'node' ? 'node' : 'neutral',
    external: ['*.wasm', '*.wasm?module', ...lazyBut(name), ...external],
    legalComments: 'none',
    write: false,
  });
  return Buffer.from(outputFiles[0].contents);
}

const add = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });

function print(name, { raw, gzip, brotli: small }) {
  const cell = (value) => value.toLocaleString('en').padStart(9);
  console.log(`${name.padEnd(24)}${cell(raw)}${cell(gzip)}${cell(small)}`);
}

console.log(`${'bytes'.padEnd(24)}${['raw', 'gzip', 'brotli'].map((head) => head.padStart(9)).join('')}`);
const wasm = measure(readFileSync(path('dist', 'plangate.wasm')));
const glue = measure(readFileSync(path('js', 'engine', 'generated', 'glue.js')));
print('plangate.wasm', wasm);
print('glue alone', glue);
// Nobody downloads these two: printed, not gated.
for (const name of ['plangate-server.wasm', 'plangate-billing.wasm'])
  print(name, measure(readFileSync(path('dist', name))));
/** What of an entry is measured: a client, an addition as it is used, or all that the entry exports. */
function useOf({ name, part, binding, companion, lazy, server }) {
  if (part) return `import { ${part} } from './dist/${name}.js'; globalThis.${part} = ${part};`;
  return binding || companion || lazy || server ? `export * from './dist/${name}.js';` : application(name);
}

/** Whether its WebAssembly is a file of its own. */
const isBesideWasm = ({ name, wasmImport }) => name === 'browser' || wasmImport !== undefined;

/** Entries that no page loads have no budget: servers, and what users' tests load. */
const isDownloaded = ({ name, platform, server, wasmImport }) =>
  !server && platform !== 'node' && !wasmImport && !name.startsWith('testing');

const complaints = entries
  .filter((entry) => isDownloaded(entry) && !entry.budget)
  .map(({ name }) => `${name} has no budget in tools/lib/entries.mjs`);

function gate(name, { brotli: size }, budget) {
  if (size > budget) complaints.push(`${name}: ${size} B brotli, OVER its budget of ${budget} B`);
}

let browser;
const isMeasured = (entry) => entry.budget !== undefined || (!entry.server && !entry.companion);
for (const entry of entries.filter(isMeasured)) {
  const script = measure(await bundled(entry.name, useOf(entry), entry.external));
  const whole = isBesideWasm(entry) ? add(script, wasm) : script;
  const isAddition = entry.part || entry.lazy || entry.binding || entry.companion || entry.server;
  print(
    `${isAddition ? '+ ' : ''}${entry.name}${entry.lazy ? ' (later)' : whole === script ? '' : ' (with wasm)'}`,
    whole,
  );
  gate(entry.name, whole, entry.budget);
  if (entry.name === 'browser') browser = { ...entry, size: whole.brotli };
}
const together = entries.filter(({ name, part }) => part || name === 'browser').map(useOf);
const all = add(measure(await bundled('browser', together.join('\n'))), wasm);
print('browser, cache and live', all);
gate('browser, cache and live', all, BUDGET_WITH_PARTS);
console.log(complaints.join('\n') || 'all within their budgets');
const verdict = browser.size <= browser.budget ? 'within' : 'OVER';
console.log(`browser entry: ${browser.size} B brotli, ${verdict} the budget of ${browser.budget} B (aim ${AIM} B)`);
process.exitCode = complaints.length > 0 ? 1 : 0;
