#!/usr/bin/env node
// Looks at everything without running it: formats, ESLint with the layer rule, forbidden includes, clang-tidy.
// `--fix` formats in place instead. `--quick` leaves clang-tidy out, `--tidy` runs it alone, with `--shallow` in half the
// time: its analyzer follows fewer paths.
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { path, run, withLock } from './lib/process.mjs';

const CXX_FOLDERS = ['core', 'bindings', 'tests/core', 'tests/fuzz', 'tests/spec/runner', 'tests/consumer', 'bench'];
const CXX_EXTENSIONS = new Set(['.cpp', '.hpp']);

/** What core/ may not reach for: I/O, clocks, randomness, environment, and what bloats the WebAssembly. */
const FORBIDDEN_INCLUDES = new Set(
  (
    'iostream fstream sstream iomanip cstdio stdio.h filesystem chrono ctime time.h random cstdlib stdlib.h thread mutex ' +
    'atomic future map unordered_map set unordered_set functional regex locale format emscripten.h stdexcept exception'
  )
    .split(' ')
    .concat(['emscripten/bind.h', 'emscripten/val.h', 'unistd.h', 'sys/time.h']),
);

/** Calls that need no include of their own. */
const FORBIDDEN_CALLS = /\b(printf|snprintf|fprintf|getenv|abort|exit|rand|throw)\b\s*[(;]|\bdynamic_cast\b|\btypeid\b/;

function cxxFiles(folders) {
  const list = (folder) => {
    try {
      return readdirSync(path(folder), { recursive: true, withFileTypes: true });
    } catch {
      return [];
    }
  };
  return folders
    .flatMap((folder) =>
      list(folder)
        .filter((f) => f.isFile())
        .map((f) => `${f.parentPath ?? f.path}/${f.name}`),
    )
    .filter((file) => CXX_EXTENSIONS.has(extname(file)));
}

/** Blanks out comments and string literals, so that words in them are not taken for code. */
const codeOnly = (text) =>
  text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, (match) => match.replace(/[^\n]/g, ' '));

/** Lines of core/ that include or call what it must not. */
function coreViolations() {
  return cxxFiles(['core']).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const code = codeOnly(text).split('\n');
    return text.split('\n').flatMap((line, index) => {
      const include = /^\s*#\s*include\s*<([^>]+)>/.exec(line)?.[1];
      const own = file.includes('/billing/') && include === 'unordered_map'; // nobody downloads the ledger
      const bad = (FORBIDDEN_INCLUDES.has(include) && !own) || FORBIDDEN_CALLS.test(code[index]);
      return bad ? [`${file}:${index + 1}: forbidden in core/: ${line.trim()}`] : [];
    });
  });
}

const npx = (tool, ...args) => run(process.execPath, [path('node_modules', ...tool.split('/')), ...args]);

/** Name -> check; each answers {code, output}. */
function checks(fix) {
  return {
    'clang-format': () =>
      run('clang-format', [...(fix ? ['-i'] : ['--dry-run', '--Werror']), ...cxxFiles(CXX_FOLDERS)]),
    prettier: () => npx('prettier/bin/prettier.cjs', fix ? '--write' : '--check', '--log-level', 'warn', '.'),
    eslint: () => npx('eslint/bin/eslint.js', ...(fix ? ['--fix'] : []), '.'),
    includes: async () => {
      const found = coreViolations();
      return { code: found.length === 0 ? 0 : 1, output: found.join('\n') };
    },
    'clang-tidy': () => withLock('tidy', tidy),
  };
}

/** ninja runs clang-tidy again only on what changed. */
async function tidy() {
  const preset = process.argv.includes('--shallow') ? 'tidy-shallow' : 'tidy';
  const configured = await run('cmake', ['--preset', preset]);
  return configured.code === 0 ? run('cmake', ['--build', '--preset', preset, '--', '-k0']) : configured;
}

const fix = process.argv.includes('--fix');
const quick = fix || process.argv.includes('--quick');
const only = process.argv.includes('--tidy');
const chosen = Object.entries(checks(fix)).filter(([name]) => {
  const slow = name === 'clang-tidy';
  return !((slow && quick) || (!slow && only) || (fix && name === 'includes'));
});
// At once: each is a program of one thread. Fixing goes one by one, two tools may rewrite the same file.
const results = [];
for (const [name, check] of chosen) results.push({ name, result: fix ? await check() : check() });
let failed = 0;
let passed = 0;
for (const { name, result } of results) {
  const { code, output } = await result;
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (code === 0) passed += 1;
  else {
    failed += 1;
    console.log(output.trimEnd());
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
