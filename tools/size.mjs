#!/usr/bin/env node
// What an application pays: each entry bundled and minified as an application's bundler would, JavaScript and
// WebAssembly together. Fails when the browser entry is over its budget.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { entries } from './lib/entries.mjs';
import { path } from './lib/process.mjs';

/** Bytes of brotli that the browser entry, glue and WebAssembly may cost. */
const BUDGET = 40_000;
const AIM = 30_000;

/** Bytes of brotli that each addition to the client may cost by itself. */
const PART_BUDGETS = { cache: 1300, live: 2200 };
/** And all of them with the browser entry: a ratchet, on its way to BUDGET. */
const BUDGET_WITH_PARTS = 41_500;

/** Bytes of brotli that a framework's binding may add to it: all that the binding exports. */
const BINDING_BUDGET = 2000;

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;

const measure = (bytes) => ({ raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes) });

/** An application that uses nothing but createPlangate(). */
const application = (name) => `import { createPlangate } from './dist/${name}.js'; globalThis.start = createPlangate;`;

/** A program as a bundler would deliver it. */
async function bundled(name, contents = application(name), external = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: path() },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: name === 'node' ? 'node' : 'neutral',
    external: ['*.wasm', '*.wasm?module', ...external],
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
let browser;
for (const { name } of entries.filter(
  ({ server, companion, binding, part }) => !server && !companion && !binding && !part,
)) {
  const script = measure(await bundled(name));
  const whole = ['inline', 'js', 'node'].includes(name) ? script : add(script, wasm);
  print(`${name}${whole === script ? '' : ' (with wasm)'}`, whole);
  if (name === 'browser') browser = whole.brotli;
}
const parts = entries.filter(({ part }) => part);
const withParts = parts.map(
  ({ name, part }) => `import { ${part} } from './dist/${name}.js'; globalThis.${part} = ${part};`,
);
const all = add(measure(await bundled('browser', [application('browser'), ...withParts].join('\n'))), wasm);
const over = [];
for (const [i, { name }] of parts.entries()) {
  const size = measure(await bundled(name, withParts[i]));
  print(`+ ${name}`, size);
  if (!(size.brotli <= PART_BUDGETS[name])) over.push(name);
}
print('browser with these', all);
if (all.brotli > BUDGET_WITH_PARTS) over.push('browser with these');
for (const { name, external } of entries.filter(({ binding }) => binding)) {
  const size = measure(await bundled(name, `export * from './dist/${name}.js';`, external));
  print(`+ ${name}`, size);
  if (size.brotli > BINDING_BUDGET) over.push(name);
}
console.log(
  `additions and bindings: ${over.length ? `${over.join(', ')} OVER` : 'all within'} their budgets ` +
    `(${BINDING_BUDGET} B for a binding, ${BUDGET_WITH_PARTS} B for the browser entry with cache and live)`,
);
const verdict = browser <= BUDGET ? 'within' : 'OVER';
console.log(`browser entry: ${browser} B brotli, ${verdict} the budget of ${BUDGET} B (aim ${AIM} B)`);
process.exitCode = browser <= BUDGET && over.length === 0 ? 0 : 1;
