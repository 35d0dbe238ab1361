// The licences of the packages that are bundled into dist/: most ask for their text to come along.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { path } from './process.mjs';

/** `node_modules/a/node_modules/@b/c/x.js` -> `node_modules/a/node_modules/@b/c`; undefined for our own sources. */
const packageOf = (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path(folder, 'package.json'), 'utf8'));
  const file = readdirSync(path(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file && existsSync(path(folder, file)) ? readFileSync(path(folder, file), 'utf8').trim() : '';
  return `${name} ${version} (${license})\n\n${text || 'The package carries no licence text of its own.'}\n`;
}

/** @param {{inputs: object}[]} metafiles what esbuild read @returns the text of dist/third-party-notices.txt */
export function notices(metafiles) {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).map(packageOf)).filter(Boolean));
  const texts = [...new Set([...folders].map(noticeOf))].sort();
  return `plangate carries parts of these packages in its files for Node.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
