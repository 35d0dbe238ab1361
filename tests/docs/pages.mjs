// The documentation as data: pages, their fenced examples, their headings and links.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';

import { path } from '../../tools/lib/process.mjs';

/**
 * A fenced block. `marks` are the words behind its language: `run` (executed by runs.test.ts), `continues` (goes on where
 * the page's example before it ended).
 * @typedef {{page: string, index: number, language: string, marks: string[], line: number, text: string}} Block
 */

/** Markdown files that people read: the README, CONTRIBUTING and the like, docs/ and the READMEs of folders. */
export function pages() {
  const inFolder = (folder, deep) =>
    readdirSync(path(folder), { recursive: deep })
      .filter((name) => name.endsWith('.md'))
      .map((name) => path(folder, name));
  const folders = ['bench', 'bindings', 'demo', 'tests/spec', 'examples/next-app', 'examples/vite-ssr'].flatMap(
    (folder) => inFolder(folder, false),
  );
  return [...inFolder('.', false), ...inFolder('docs', true), ...folders]
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ name: relative(path(), file), text: readFileSync(file, 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns {Block[]} */
export function blocksOf({ name, text }) {
  const blocks = [];
  let open;
  for (const [at, line] of text.split('\n').entries()) {
    const fence = /^(\s*)(`{3,})\s*(.*)$/.exec(line);
    if (open === undefined && fence) {
      const [language = '', ...marks] = fence[3].split(/\s+/);
      open = {
        ticks: fence[2],
        block: { page: name, index: blocks.length + 1, language, marks, line: at + 2 },
        lines: [],
      };
    } else if (open && fence && fence[3] === '' && fence[2].length >= open.ticks.length) {
      blocks.push({ ...open.block, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else if (open) open.lines.push(line);
  }
  if (open) throw new Error(`${name}:${open.block.line - 1}: a fence that is never closed`);
  return blocks;
}

/** The text without its fenced blocks and code spans: what may hold headings and links. */
const prose = (text) =>
  text
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1`*\s*$/gm, (block) => block.replace(/[^\n]+/g, ''))
    .replace(/(`+)[^`][\s\S]*?\1/g, (span) => span.replace(/[^\n]/g, ' '));

/** The anchors of a page, as GitHub makes them from its headings. */
export function anchorsOf({ text }) {
  const seen = new Map();
  const headings = text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1`*\s*$/gm, '').matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm);
  return new Set(
    [...headings].map(([, heading]) => {
      const slug = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}

/** Links and images, with their line. */
export function linksOf({ text }) {
  const plain = prose(text);
  return [
    ...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|srcset|href)="([^"]+)"/gm),
  ].map((found) => ({
    target: found[1] ?? found[2] ?? found[3],
    line: plain.slice(0, found.index).split('\n').length,
  }));
}
