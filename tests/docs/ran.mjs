// Which examples were run. The tests of this folder note each block of a page that they execute, or compare with what an
// execution said; check.mjs starts them with a folder for the notes, and fails for a block that nobody noted.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { blocksOf, pages } from './pages.mjs';

/** Environment variable: the folder for notes. Where it is not set, nothing is noted. */
const FOLDER = 'PLANGATE_EXAMPLES_RAN';

/** A block, by its page and text: an example that has changed since was not run. */
const nameOf = ({ page, index, text }) => JSON.stringify([page, index, text]);

let count = 0;

/** Notes that a block is run. Call it where it is run, and nowhere else. */
export function ran(block) {
  const folder = process.env[FOLDER];
  if (folder === undefined) return block;
  count += 1;
  writeFileSync(join(folder, `${process.pid}-${performance.now()}-${count}`), nameOf(block));
  return block;
}

/** All blocks of a page. */
export function blocksOn(name) {
  const page = pages().find((one) => one.name === name);
  if (!page) throw new Error(`${name}: no such page`);
  return blocksOf(page);
}

/** The one block of a page that has this text in it. Throws when there is none, or more than one. */
export function blockWith(name, has) {
  const found = blocksOn(name).filter(({ text }) => text.includes(has));
  if (found.length !== 1) throw new Error(`${name}: ${found.length} examples have "${has}" in them`);
  return found[0];
}

/** The same, noted as run. */
export const example = (name, has) => ran(blockWith(name, has));

/** Calls `work` with the environment that lets tests take notes; answers its result and whether a block was noted. */
export async function notes(work) {
  const folder = mkdtempSync(join(tmpdir(), 'plangate-examples-'));
  try {
    const result = await work({ [FOLDER]: folder });
    const names = new Set(readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')));
    return { result, has: (block) => names.has(nameOf(block)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
