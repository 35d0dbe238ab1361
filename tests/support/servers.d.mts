// Types of servers.mjs, for the tests in TypeScript.
import type { ChildProcess, SpawnOptions } from 'node:child_process';

export function freePort(): Promise<number>;
export function eventually<T>(attempt: () => T | Promise<T>, what: string, timeoutMs?: number): Promise<T>;
export function hasProgram(path: string, args?: string[]): boolean;
export function serverIdentity(user: string): { uid?: number; gid?: number };
export class ServerProcess {
  constructor(command: string, args: string[], options?: SpawnOptions);
  output: string;
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  end(signal: NodeJS.Signals): Promise<void>;
}
