// A copy of an example or of pages for tests, below build/, in which `plangate` is this package as built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const vite = join(root, 'node_modules/vite/bin/vite.js');

export interface Project {
  readonly folder: string;
  /** Runs Vite; `mode` decides which build of the framework it takes. Rejects with what it said. */
  vite(mode: 'production' | 'development', ...args: string[]): Promise<void>;
  /** Type-checks it by its own tsconfig.json. Rejects with the errors. */
  types(): Promise<void>;
  /** Runs a program; answers what it printed. */
  run(program: string): Promise<string>;
  /** Starts a program that prints its address. */
  start(program: string): Promise<{ url: string; output: () => string; stop(): Promise<void> }>;
  remove(): void;
}

/** Copies a folder of the project. */
export function copy(source: string): Project {
  if (!existsSync(join(root, 'dist/react.js'))) throw new Error('dist/ is missing: run `npm run build` first');
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'bindings-'));
  cpSync(join(root, source), folder, { recursive: true });
  // Not a link: bundlers treat linked packages as the application's own source.
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, part), join(folder, 'node_modules/plangate', part), { recursive: true });
  }
  const child = (args: string[], env: Record<string, string>) =>
    spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const run = async (args: string[], env: Record<string, string> = {}): Promise<string> => {
    const running = child(args, env);
    let said = '';
    for (const stream of [running.stdout, running.stderr]) stream.on('data', (text) => (said += String(text)));
    const [code] = (await once(running, 'close')) as [number];
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
    return said;
  };
  return {
    folder,
    run: (program) => run([program]),
    vite: async (mode, ...args) =>
      void (await run([vite, 'build', '--mode', mode, '--logLevel', 'warn', ...args], { NODE_ENV: mode })),
    types: async () =>
      void (await run([join(root, 'node_modules/typescript/bin/tsc'), '-p', '.', '--pretty', 'false'])),
    async start(program) {
      const running = child([program], { PORT: '0', NODE_ENV: 'development' });
      let said = '';
      const exited = once(running, 'exit');
      const url = await new Promise<string>((resolve, reject) => {
        for (const stream of [running.stdout, running.stderr]) {
          stream.on('data', (text) => {
            said += String(text);
            const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? [];
            if (address !== undefined) resolve(address);
          });
        }
        exited.then(([code]) => reject(new Error(`${program} ended with ${code}: ${said}`)), reject);
      });
      const stop = async (): Promise<void> => {
        running.kill('SIGTERM');
        await exited;
      };
      return { url, output: () => said, stop };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
