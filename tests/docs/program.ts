// Runs an example as it stands, in a process of its own against what is built: what it takes for granted is made before it,
// what it did is looked at behind it.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { transform } from 'esbuild';
import { afterAll } from 'vitest';

import { programFolder, programsOf } from './examples.mjs';
import type { Block } from './pages.mjs';
import { pages } from './pages.mjs';
import { blockWith, ran } from './ran.mjs';

const folder = programFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The example, with those of its page that it continues. */
function programUpTo(block: Block): Block[] {
  const programs = programsOf(
    pages().filter(({ name }) => name === block.page),
    folder,
  );
  for (const { parts } of programs) {
    const at = parts.findIndex(({ index }) => index === block.index);
    if (at >= 0) return parts.slice(0, at + 1);
  }
  throw new Error(`${block.page}:${block.line}: no program`);
}

export interface Around {
  /** JavaScript before the example: what it takes for granted, as properties of globalThis. */
  readonly before?: string;
  /** JavaScript behind it: prints one JSON value. */
  readonly after: string;
  /** Text of the example -> what stands there in the test: addresses and keys of another day. Each must be there. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

let runs = 0;

/** Runs the example of a page that has this text in it; answers what `after` printed. */
export async function run(page: string, has: string, around: Around): Promise<unknown> {
  const parts = programUpTo(blockWith(page, has)).map(ran);
  let text = parts.map((part) => part.text).join('');
  for (const [from, to] of Object.entries(around.replace ?? {})) {
    if (!text.includes(from)) throw new Error(`${page}: no "${from}" in the example with ${has}`);
    text = text.replaceAll(from, to);
  }
  const { code } = await transform(text, { loader: 'ts', format: 'esm' });
  runs += 1;
  const cwd = join(folder, String(runs));
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'given.mjs'), around.before ?? '');
  writeFileSync(join(cwd, 'main.mjs'), `import './given.mjs';\n${code}\n${around.after}\nprocess.exit(0);\n`);
  const env = { PATH: process.env['PATH'], ...around.env };
  const { stdout } = await promisify(execFile)(process.execPath, ['main.mjs'], { cwd, env });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${page}: the example with ${has} printed ${stdout}`);
  }
}
