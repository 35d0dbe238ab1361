// The configuration file: YAML (JSON is YAML too), with the line of each key, so that an error can name it.
import { readFileSync } from 'node:fs';

import { isNode, LineCounter, parseDocument } from 'yaml';

import { EXIT, fail } from '../output.js';

/** A file that was read. */
export interface ConfigFile {
  readonly name: string;
  /** What it says; its texts are not yet resolved. */
  readonly data: unknown;
  /** `plangate.yaml:12:5 stripe.apiKey`; the nearest line that there is, for a key that is missing. */
  whereIs(path: readonly (string | number)[]): string;
}

const EMPTY = {};

/** Reads and parses. Aliases are counted, so that a small file cannot become a huge one. */
export function readConfigFile(name: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(name), { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error) {
    const [what = error.message] = error.message.split(/ at line \d+/);
    throw fail('INVALID_FILE', `not YAML or JSON: ${what}`, {
      where: at(error.pos[0]),
      hint: 'correct the file',
      exit: EXIT.usage,
    });
  }
  const whereIs = (path: readonly (string | number)[]): string => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return `${at(node.range[0])} ${path.join('.')}`;
    }
    return path.length > 0 ? `${name} ${path.join('.')}` : name;
  };
  return { name, data: document.toJS({ maxAliasCount: 100 }) ?? EMPTY, whereIs };
}

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (cause) {
    const { code = '', message = '' } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw fail('CONFIG_NOT_READ', `the configuration cannot be read: ${why}`, {
      where: name,
      hint: 'give the path with --config or PLANGATE_CONFIG',
      exit: EXIT.usage,
      cause,
    });
  }
}
