// Builds the core for JavaScript: build/wasm-release through CMake, then js/engine/generated/ with the glue minified.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { transform } from 'esbuild';

import { must, path, withLock } from './lib/process.mjs';

const BUILD = path('build', 'wasm-release');
const OUT = path('js', 'engine', 'generated');

/** The WebAssembly files: what browsers load, what servers load, and the local provider's ledger. */
export const ENGINES = ['plangate.wasm', 'plangate-server.wasm', 'plangate-billing.wasm'];

/** Generated file -> what Emscripten wrote. */
const GLUE = {
  'glue.js': 'plangate.js',
  'glue-js.js': 'plangate-js.js',
  'glue-server.js': 'plangate-server.js',
  'glue-billing.js': 'plangate-billing.js',
};

/** Writes only what differs, so that watchers and incremental builds stay calm. */
function writeIfChanged(file, content) {
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** What Emscripten keeps for glue that reads it: ours does not. */
const SPARE =
  'HEAP8 HEAP16 HEAP32 HEAPU8 HEAPU16 HEAPU32 HEAPF32 HEAPF64 buffer ___getTypeName readyPromiseReject'.split(' ');

/**
 * The glue without what nothing reads: of the views of memory and the like, those that are only declared and assigned, once
 * each. Where they are written in another way, nothing is changed.
 */
function withoutSpare(source) {
  let text = source;
  for (const name of SPARE) {
    const assigned = new RegExp(`(?<=[;{])${name}=(?:new \\w+Array\\(\\w+\\)|\\w+(?:\\["\\w+"\\])?)(?:;|(?=}))`);
    const declared = new RegExp(`(\\bvar (?:\\w+,)*)${name}(,|;)`);
    const named = text.match(new RegExp(`(?<![.\\w])${name}\\b`, 'g')) ?? [];
    if (named.length !== 2 || !declared.test(text) || !assigned.test(text)) continue;
    text = text.replace(assigned, '');
    text = text.replace(declared, (_, before, end) => (end === ',' ? before : `${before.slice(0, -1)};`));
  }
  return text;
}

/** Emscripten's glue is only whitespace-minified; esbuild shortens the names as well. */
async function minified(file) {
  const { code } = await transform(withoutSpare(readFileSync(file, 'utf8')), {
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
  });
  return code;
}

/** Configures (first time only), compiles what changed and refreshes js/engine/generated. */
export async function buildEngine() {
  await withLock('wasm-release', async () => {
    if (!existsSync(`${BUILD}/build.ninja`)) await must('cmake', ['--preset', 'wasm-release']);
    await must('cmake', ['--build', '--preset', 'wasm-release']);
    for (const [generated, built] of Object.entries(GLUE)) {
      writeIfChanged(`${OUT}/${generated}`, await minified(`${BUILD}/bindings/${built}`));
    }
    for (const name of ENGINES) writeIfChanged(`${OUT}/${name}`, readFileSync(`${BUILD}/bindings/${name}`));
  });
}
