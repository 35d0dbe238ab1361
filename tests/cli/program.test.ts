// The command line itself: help, version, wrong calls, and pages that say what there is.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

test('who reads no further ends it quietly', async () => {
  const reader = spawn('sh', ['-c', `"${process.execPath}" "${CLI}" serve --help; echo "$?" >&2`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  reader.stdout.destroy();
  let said = '';
  reader.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(reader, 'close');
  expect(said).toBe('0\n');
});

test('clock takes no words that it would not heed', () => {
  for (const args of [
    ['show', 'P1D'],
    ['resume', '2027-03-01'],
  ]) {
    const { status, stderr } = plangate('clock', ...args);
    expect([args, status, stderr]).toEqual([
      args,
      2,
      expect.stringMatching(/^error USAGE: .*\n {2}where: .*\n {2}do: /),
    ]);
  }
});
