// The command line itself: help, version, wrong calls, and pages that say what there is.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { SETTINGS } from '../../js/cli/serve/settings.js';
import { CLI } from './support.js';

function plangate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('help and version are no errors', () => {
  expect(plangate('--version')).toMatchObject({ status: 0, stderr: '' });
  expect(plangate('--version').stdout).toMatch(/^\d+\.\d+\.\d+/);
  const help = plangate('serve', '--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  for (const { path } of SETTINGS) expect(help.stdout).toContain(`  ${path}`);
});

test('wrong calls end with 2 and say what to do', () => {
  for (const args of [['nope'], ['serve', '--nope'], ['serve', '--config']]) {
    const { status, stdout, stderr } = plangate(...args);
    expect([args, status, stdout]).toEqual([args, 2, '']);
    expect(stderr).toMatch(/^error USAGE: .+\n {2}do: .*--help/);
  }
});

test('with --json, errors are JSON', () => {
  const { status, stderr } = plangate('nope', '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'USAGE', hint: expect.stringContaining('--help') } });
});

test('docs/serve.md lists the settings as they are', () => {
  const tool = fileURLToPath(new URL('../../tools/generate-serve-docs.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [tool, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('completion offers commands, options and choices, and leaves files to the shell', () => {
  const complete = (...words: string[]): string[] =>
    plangate('complete', '--', ...words)
      .stdout.split('\n')
      .slice(0, -1);
  const all = ['dev', 'clock', 'serve', 'explain', 'doctor', 'types', 'completion'];
  expect(complete('')).toEqual(expect.arrayContaining(all));
  expect(complete('')).not.toContain('complete');
  expect(complete('se')).toEqual(['serve']);
  expect(complete('serve', '--')).toEqual(expect.arrayContaining(['--config', '--help']));
  expect(complete('serve', '--config', '')).toEqual([]);
  expect(complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  expect(complete('completion', 'z')).toEqual(['zsh']);
  expect(complete('clock', 'p')).toEqual(['period-end']);
  expect(complete('explain', 'cus_1', 'sso', '--format', 's')).toEqual(['snapshot', 'stripe']);
});

test('bash completes with the script it is given', () => {
  const script = `
    plangate() { "${process.execPath}" "${CLI}" "$@"; }
    eval "$(plangate completion bash)"
    COMP_WORDS=(plangate ser); COMP_CWORD=1; _plangate; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(plangate serve --conf); COMP_CWORD=2; _plangate; echo "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['serve\n--config\n', '']);
});
