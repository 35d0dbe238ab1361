// Every link of a page must lead somewhere: to a file of the project, and to a heading in it. Nothing is fetched.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { path } from '../../tools/lib/process.mjs';
import { anchorsOf, linksOf } from './pages.mjs';

const OUTSIDE = /^(https?|mailto):/;

/** What is wrong with a link, or undefined. */
function wrongWith(target, page, byName) {
  const [file, anchor] = target.split('#');
  const name = file === '' ? page.name : normalize(join(dirname(page.name), decodeURIComponent(file)));
  if (name.startsWith('..')) return 'leads out of the project';
  if (!existsSync(path(name))) return 'no such file';
  if (anchor === undefined || !byName.has(name)) return undefined;
  return anchorsOf(byName.get(name)).has(anchor) ? undefined : 'no such heading';
}

/** @returns {{checked: number, wrong: string[]}} */
export function checkLinks(all) {
  const byName = new Map(all.map((page) => [page.name, page]));
  const wrong = [];
  let checked = 0;
  for (const page of all) {
    for (const { target, line } of linksOf(page)) {
      if (OUTSIDE.test(target)) continue;
      checked += 1;
      const why = wrongWith(target, page, byName);
      if (why) wrong.push(`${page.name}:${line}: ${target}: ${why}`);
    }
  }
  return { checked, wrong };
}

/** Pages of docs/ that no other page leads to. */
export function unreachable(all) {
  const targets = new Set(
    all.flatMap((page) =>
      linksOf(page).map(({ target }) => normalize(join(dirname(page.name), target.split('#')[0] || '.'))),
    ),
  );
  // A link to a folder leads to what is in it.
  const reached = (name) => targets.has(name) || targets.has(dirname(name));
  return all.map(({ name }) => name).filter((name) => name.startsWith('docs/') && !reached(name));
}
