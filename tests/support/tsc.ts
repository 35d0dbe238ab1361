// TypeScript's compiler, as users run it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** What the compiler says of a project, and its exit code. Beside the test: one that blocks for long is taken for dead. */
export function typeCheck(folder: string): Promise<[said: string, code: number]> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], (_error, stdout) => {
      resolve([stdout, child.exitCode ?? 1]);
    });
  });
}
