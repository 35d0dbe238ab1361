#!/usr/bin/env node
// Writes the help of every command into docs/cli.md, as dist/cli.js prints it; `--check` only says whether it is up to date.
// The settings of `plangate serve` are in docs/serve.md already.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

import { path } from './lib/process.mjs';

const DOC = path('docs', 'cli.md');
const BEGIN = '<!-- help: written by tools/generate-cli-docs.mjs -->';
const END = '<!-- /help -->';
const COMMANDS = ['', 'dev', 'clock', 'explain', 'doctor', 'serve', 'types', 'completion'];

function helpOf(command) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path('dist', 'cli.js'), ...(command ? [command] : []), '--help'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`plangate ${command} --help: ${stderr}`);
  const [text] = stdout.split('\nSettings:\n');
  return `### plangate${command && ` ${command}`}\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

const old = readFileSync(DOC, 'utf8');
const [before, rest] = old.split(BEGIN);
const [, after] = rest?.split(END) ?? [];
if (after === undefined) throw new Error(`docs/cli.md has no ${BEGIN} … ${END}`);
const text = `${before}${BEGIN}\n${COMMANDS.map(helpOf).join('\n')}${END}${after}`;
if (text === old) {
  console.log('docs/cli.md is up to date');
} else if (process.argv.includes('--check')) {
  console.error('docs/cli.md is out of date: node tools/generate-cli-docs.mjs');
  process.exitCode = 1;
} else {
  writeFileSync(DOC, text);
}
