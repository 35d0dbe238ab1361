// The examples as programs: each fenced TypeScript or JavaScript block becomes a file below build/, all of them one program
// for the compiler. Names that an example takes for granted are in given.d.ts.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { path } from '../../tools/lib/process.mjs';
import { blocksOf } from './pages.mjs';

/** Language of a fence -> the file's extension. */
const EXTENSIONS = { ts: 'ts', typescript: 'ts', tsx: 'tsx', js: 'mjs', javascript: 'mjs', jsx: 'jsx', mjs: 'mjs' };

const OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  jsx: ts.JsxEmit.ReactJSX,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  strict: true,
  allowJs: true,
  checkJs: false,
  skipLibCheck: true,
  noEmit: true,
};

const slug = (name) => name.replace(/\.md$/, '').replaceAll('/', '-');

/** A folder for programs, below the package so that they find it by its name. Remove it afterwards. */
export function programFolder() {
  mkdirSync(path('build'), { recursive: true });
  return mkdtempSync(path('build', 'docs-'));
}

/**
 * Programs of the pages, in order, to be written to a folder. A block that `continues` is in one file with those before it.
 * @returns {{name: string, file: string, run: boolean, parts: import('./pages.mjs').Block[]}[]}
 */
export function programsOf(all, folder) {
  const programs = [];
  for (const page of all) {
    let last;
    for (const block of blocksOf(page).filter(({ language }) => language in EXTENSIONS)) {
      if (last && block.marks.includes('continues')) {
        last.parts.push(block);
        continue;
      }
      if (block.marks.includes('continues'))
        throw new Error(`${page.name}:${block.line}: there is nothing to continue`);
      const name = `${slug(page.name)}-${block.index}`;
      last = { name, file: join(folder, `${name}.${EXTENSIONS[block.language]}`), run: false, parts: [block] };
      programs.push(last);
    }
  }
  for (const program of programs) program.run = program.parts.some(({ marks }) => marks.includes('run'));
  return programs;
}

/** Writes the programs; each stays a module of its own, whatever it imports. */
export function writePrograms(programs) {
  for (const { file, parts } of programs) writeFileSync(file, `${parts.map(({ text }) => text).join('')}export {};\n`);
}

/** The page and line that a line of a program came from. */
function placeOf({ parts }, line) {
  let left = line;
  for (const { page, text, line: first } of parts) {
    const lines = text.split('\n').length - 1;
    if (left < lines) return `${page}:${first + left}`;
    left -= lines;
  }
  return parts[0].page;
}

/** What the compiler says about the programs, at the places in the pages. */
export function typeErrors(programs) {
  const byFile = new Map(programs.map((program) => [program.file, program]));
  const program = ts.createProgram([...byFile.keys(), path('tests', 'docs', 'given.d.ts')], OPTIONS);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    const example = file && byFile.get(file.fileName);
    if (!example) return `${file?.fileName ?? 'docs'}: ${text}`;
    return `${placeOf(example, file.getLineAndCharacterOfPosition(start).line)}: ${text}`;
  });
}
