// The tools of the matrix, from npm, pinned by a lock file per group: a row installs only the group it needs. They are kept
// outside the working copy, so that no application of the matrix finds the packages that the project itself has installed.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { must, path, withLock } from '../../../tools/lib/process.mjs';

const CACHE = process.env.PLANGATE_MATRIX_CACHE ?? join(homedir(), '.cache', 'plangate', 'matrix');
const DONE = '.installed';

const source = (group, file) => path('tests', 'matrix', 'tools', group, file);

/** Removes what earlier lock files of a group have installed, and what an interrupted install has left. */
function removeOthers(group) {
  const own = new RegExp(`^${group}-[0-9a-f]{12}$`);
  const names = existsSync(CACHE) ? readdirSync(CACHE) : [];
  for (const name of names.filter((one) => own.test(one))) rmSync(join(CACHE, name), { recursive: true, force: true });
}

/** Installs a group (once for each version of its lock file); answers the folder whose node_modules has it. */
export async function install(group) {
  const lock = readFileSync(source(group, 'package-lock.json'));
  const folder = join(CACHE, `${group}-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
  await withLock(`matrix-${group}`, async () => {
    if (existsSync(join(folder, DONE))) return;
    removeOthers(group);
    mkdirSync(folder, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(source(group, file), join(folder, file));
    // Not `npm ci`: it insists on the packages of every platform, which registries may lack. No install scripts: the programs
    // come ready in packages of their platform, and some scripts download.
    await must('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
    writeFileSync(join(folder, DONE), '');
  });
  return folder;
}

/** The version of an installed package. */
export const versionOf = (folder, name) =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
