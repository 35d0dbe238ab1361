// The command line as users run it: dist/cli.js as a process in a folder of its own, and what it said.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { onTestFinished } from 'vitest';

import { CLI, folder } from './support.js';

/** What a process said, and how it ended. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

function start(args: readonly string[], { cwd = folder(), env = {} }: RunOptions): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } });
}

/** Runs it to its end. Not spawnSync: the servers that it asks may be in this process. */
export async function plangate(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = start(args, options);
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** The same with --json; throws when it failed. */
export async function plangateJson<T>(args: readonly string[], options?: RunOptions): Promise<T> {
  const ran = await plangate([...args, '--json'], options);
  if (ran.stderr !== '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as T;
}

/** A process that goes on, and what it says meanwhile. It is gone after the test. */
export class Running {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  /** Resolves with the exit code; null: a signal ended it. */
  readonly closed: Promise<number | null>;

  constructor(args: readonly string[], options: RunOptions = {}) {
    this.child = start(args, options);
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.child.emit('said');
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.child.emit('said');
    });
    this.closed = once(this.child, 'close').then(([code]) => code as number | null);
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.closed;
    });
  }

  /** Waits until standard output matches; answers the match. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout);
      if (found) return found;
      const ended = await Promise.race([once(this.child, 'said').then(() => false), this.closed.then(() => true)]);
      if (ended && !pattern.test(this.stdout))
        throw new Error(`it ended without ${pattern}: ${this.stdout}${this.stderr}`);
    }
  }
}

/** What `plangate dev --json` says first. */
export interface DevTold {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
}

/** A running `plangate dev --json` on a free port. */
export async function startDev(args: readonly string[] = [], options: RunOptions = {}) {
  const running = new Running(['dev', '--port', '0', '--json', ...args], options);
  const [line] = await running.says(/^\{.*\}$/m);
  return { running, ...(JSON.parse(line) as DevTold) };
}
