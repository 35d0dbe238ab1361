// TypeScript programs as child processes, so that tests can race and kill real processes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Bundles a program below the project, so that it finds the installed packages. Answers its path and how to remove it. */
export async function bundle(entry) {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'child-'));
  const outfile = join(folder, 'program.mjs');
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' };
  const wasm = { loader: { '.wasm': 'binary' }, target: 'node20' };
  await build({ entryPoints: [fileURLToPath(entry)], outfile, ...wasm, ...options });
  return { outfile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts a program; its lines of output are collected as they come. */
export function start(program, ...args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, lines: [], errors: '', closed: once(child, 'close') };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop();
    run.lines.push(...parts);
    if (parts.length > 0) child.emit('line');
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    run.errors += chunk;
  });
  return run;
}

/** What a program says first; throws what it wrote to stderr when it ends without a word. */
export async function firstLine(run) {
  if (run.lines.length === 0) await Promise.race([once(run.child, 'line'), run.closed]);
  if (run.lines.length === 0) throw new Error(`child process ended without a word: ${run.errors}`);
  return run.lines[0];
}

/** Ends a program as a power cut does; resolves when it is gone. */
export async function kill(run) {
  run.child.kill('SIGKILL');
  await run.closed;
}

/**
 * Starts a program again and again, and kills it while it works: `launch` answers once it works and has acknowledged
 * something, with how to kill it; that happens at any moment within the next 80 ms.
 */
export async function killAgainAndAgain(times, launch) {
  for (let round = 0; round < times; round += 1) {
    const end = await launch(round);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 80));
    await end();
  }
}

/** Runs a program to its end; throws what it wrote to stderr when it failed. */
export async function finish(run) {
  const [code] = await run.closed;
  if (code !== 0) throw new Error(`child process ended with ${code}: ${run.errors}`);
  return run.lines;
}
