// Completion as shells ask for it: each shell itself, with the script that it is given, at its own Tab key where it has one.
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { expect, test } from 'vitest';

import { CLI, folder } from './support.js';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const missing = (shell: string): string => (has(shell) ? '' : ` (skipped: ${shell} is not installed)`);

/** Runs a script by a shell in a folder with `snapshot.yaml`, where `plangate` is the one that was built. */
function runBy(shell: string, args: readonly string[], script: string): string {
  const cwd = folder();
  const program = join(cwd, 'plangate');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(cwd, 'snapshot.yaml'), '');
  writeFileSync(join(cwd, 'script'), script);
  const env = { ...process.env, HOME: cwd, TERM: 'xterm', PATH: `${cwd}${delimiter}${process.env['PATH'] ?? ''}` };
  const { stdout, stderr } = spawnSync(shell, [...args, 'script'], { cwd, env, encoding: 'utf8', timeout: 50_000 });
  expect(stderr).toBe('');
  return stdout;
}

test.skipIf(!has('bash'))(`bash${missing('bash')}`, () => {
  const said = runBy(
    'bash',
    ['--norc'],
    `eval "$(plangate completion bash)"
    COMP_WORDS=(plangate ser); COMP_CWORD=1; _plangate; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(plangate serve --conf); COMP_CWORD=2; _plangate; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(plangate serve --config snap); COMP_CWORD=3; _plangate; echo "\${#COMPREPLY[@]}"
    complete -p plangate`,
  );
  // No candidate of ours: `-o default` has bash complete the file.
  expect(said).toBe('serve\n--config\n0\ncomplete -o default -F _plangate plangate\n');
});

test.skipIf(!has('fish'))(`fish${missing('fish')}`, () => {
  const asked = ['ser', 'serve --conf', 'clock p', 'explain a b --format s', 'serve --config snap'];
  const said = runBy(
    'fish',
    ['--no-config'],
    `plangate completion fish | source\n${asked.map((words) => `complete -C 'plangate ${words}'; echo .`).join('\n')}\n`,
  );
  expect(said.split('.\n').map((part) => part.trim())).toEqual([
    'serve',
    '--config',
    'period-end',
    'snapshot\nstripe',
    'snapshot.yaml',
    '',
  ]);
});

// zsh completes only where somebody types: in a pseudo terminal, whose line a key of ours tells.
const ZSH = (typed: readonly string[]): string => `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "autoload -Uz compinit && compinit -u -D; eval \\"\\$(plangate completion zsh)\\"; tell() { local got=\\$BUFFER; BUFFER=; zle -I; print -r -- \\"GOT=\\$got;\\" }; zle -N tell; bindkey '^T' tell; print REA''DY"
until_line() { while zpty -r shell line; do [[ $line == *$1* ]] && return; done }
until_line READY
for words in ${typed.map((words) => `'${words}'`).join(' ')}; do
  zpty -w -n shell "$words"$'\\t\\x14'
  until_line GOT=
  print -r -- "\${\${line##*GOT=}%%;*}"
done
zpty -d shell`;

test.skipIf(!has('zsh'))(`zsh${missing('zsh')}`, () => {
  const typed = ['plangate ser', 'plangate serve --conf', 'plangate clock per', 'plangate serve --config snap'];
  expect(
    runBy('zsh', ['-f'], ZSH(typed))
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual([
    'plangate serve',
    'plangate serve --config',
    'plangate clock period-end',
    'plangate serve --config snapshot.yaml',
  ]);
});
