// Types of child.mjs, for the tests in TypeScript.
import type { ChildProcess } from 'node:child_process';

export interface Run {
  readonly child: ChildProcess;
  readonly lines: string[];
  errors: string;
  readonly closed: Promise<unknown[]>;
}
export function bundle(entry: URL | string): Promise<{ outfile: string; remove(): void }>;
export function start(program: string, ...args: string[]): Run;
export function firstLine(run: Run): Promise<string>;
export function kill(run: Run): Promise<void>;
export function killAgainAndAgain(
  times: number,
  launch: (round: number) => Promise<() => Promise<void>>,
): Promise<void>;
export function finish(run: Run): Promise<string[]>;
