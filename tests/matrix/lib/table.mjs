// The README's table of what was tested, written from a run.
import { readFileSync, writeFileSync } from 'node:fs';

import { must, path } from '../../../tools/lib/process.mjs';

const BEGIN = '<!-- matrix: written by `npm run test:matrix -- --markdown` -->';
const END = '<!-- /matrix -->';

const table = (rows) =>
  ['| works with | tested | needs |', '|---|---|---|']
    .concat(rows.map(({ tool, version, needs }) => `| ${tool} | ${version} | ${needs} |`))
    .join('\n');

const parts = (text) => {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md: ${BEGIN} … ${END} is missing`);
  return [text.slice(0, begin + BEGIN.length), text.slice(begin + BEGIN.length, end), text.slice(end)];
};

/** The tools that the README's table names. */
export const namedInReadme = () =>
  parts(readFileSync(path('README.md'), 'utf8'))[1]
    .split('\n')
    .slice(3, -1)
    .map((line) => line.split(' | ')[0].slice(2));

export async function writeTable(rows) {
  const [before, , after] = parts(readFileSync(path('README.md'), 'utf8'));
  writeFileSync(path('README.md'), `${before}\n${table(rows)}\n${after}`);
  await must(process.execPath, [path('node_modules', 'prettier', 'bin', 'prettier.cjs'), '--check', path('README.md')]);
}
