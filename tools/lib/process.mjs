// Small helpers for the tools: run a program, find one, hold a lock. No dependency, so that they work before npm ci.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the project. */
export const path = (...parts) => join(root, ...parts);

/** Is there such a program in PATH? */
export const hasProgram = (name) => spawnSync('sh', ['-c', `command -v "$1"`, 'sh', name]).status === 0;

/**
 * Gives way to everything else: nice within the session, and the same for the session as a group, which is what Linux
 * shares the processor by (sched_autogroup).
 */
const GIVE_WAY = '(echo 19 >/proc/self/autogroup) 2>/dev/null; exec nice -n 19 "$@"';

/** Set for what a patient program starts with these helpers, since that begins a session of its own. */
const PATIENT = 'PLANGATE_PATIENT';

/**
 * Runs a program in the project's folder and answers `{code, output}`; output is kept, and shown as it comes when `show`.
 * With `patient` it, and what it runs with these helpers, takes only what others leave of the processor.
 * Never rejects: a program that cannot be started answers code 127.
 */
export function run(
  command,
  args = [],
  { env, show = false, timeoutMs, cwd = root, patient = PATIENT in process.env } = {},
) {
  const [program, ...words] = patient ? ['sh', '-c', GIVE_WAY, 'sh', command, ...args] : [command, ...args];
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd,
      env: { ...process.env, ...env, ...(patient && { [PATIENT]: '1' }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const take = (stream) => (chunk) => {
      output += chunk;
      if (show) stream.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    // The child leads a process group of its own: a timeout ends what it started (servers, browsers) with it.
    const timer = timeoutMs && setTimeout(() => process.kill(-child.pid, 'SIGKILL'), timeoutMs);
    const finish = (code, note = '') => {
      clearTimeout(timer);
      resolve({ code, output: output + note });
    };
    child.on('error', (error) => finish(127, `${error.message}\n`));
    child.on('close', (code, signal) => finish(code ?? 1, signal ? `\nended by ${signal}\n` : ''));
  });
}

/** Runs a program and throws, with its output, when it fails. */
export async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${code}\n${options?.show ? '' : output}`);
  return output;
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Calls `work` while no other process of this checkout holds the lock: two builds in one folder would break each other. */
export async function withLock(name, work) {
  const folder = path('build', `.lock-${name}`);
  const owner = join(folder, 'pid');
  mkdirSync(path('build'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(folder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      dropIfAbandoned(folder, owner);
      await sleep(200);
    }
  }
  writeFileSync(owner, String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dropIfAbandoned(folder, owner) {
  try {
    if (!alive(Number(readFileSync(owner, 'utf8')))) rmSync(folder, { recursive: true, force: true });
  } catch {
    // Just made, its owner not yet written: look again.
  }
}
