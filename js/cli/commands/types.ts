// `plangate types`: the application's feature keys and config shapes as TypeScript.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Command } from 'commander';
import { Option } from 'commander';

import { EXIT, fail, print, withJson } from '../output.js';
import { FORMATS, nameOf } from '../read.js';
import type { SourceFormat } from '../read.js';
import { declarationOf, featuresOf } from '../types/declaration.js';
import { readSource } from '../types/sources.js';

interface Options {
  from: string[];
  format: SourceFormat;
  header: string[];
  tokenEnv?: string;
  stripeUrl?: string;
  out?: string;
  check?: true;
  json?: true;
}

const EXAMPLES = `
Examples:
  plangate types --from snapshot.json --out src/plangate.d.ts
  plangate types --from https://app.example.com/entitlements --token-env TOKEN --out src/plangate.d.ts
  STRIPE_API_KEY=rk_... plangate types --from stripe --out src/plangate.d.ts
  plangate types --from free.json pro.json --out src/plangate.d.ts --check   in CI: fails when the file is out of date`;

/** Adds the command. */
export function register(program: Command): void {
  const command = program
    .command('types')
    .description('Write your feature keys and config shapes as TypeScript: a misspelt key is then a type error.')
    .requiredOption(
      '--from <source...>',
      'snapshot files, https:// addresses that answer one, or "stripe" (STRIPE_API_KEY)',
    )
    .addOption(
      new Option('--format <format>', "what files and addresses hold: plangate's snapshot, or a provider's list")
        .choices(FORMATS)
        .default('snapshot'),
    )
    .option('--header <line...>', 'request header for addresses, "Name: value"', [])
    .option('--token-env <name>', 'environment variable with a bearer token for addresses')
    .option('--stripe-url <url>', 'where Stripe is, for a local provider')
    .option('--out <file>', 'where to write; standard output unless told')
    .option('--check', 'write nothing; fail when the file given by --out is out of date')
    .addHelpText('after', EXAMPLES);
  withJson(command).action(types);
}

async function types(options: Options): Promise<void> {
  const { out, check = false, json } = options;
  if (check && out === undefined) {
    throw fail('USAGE', '--check compares with a file', { hint: 'name it with --out', exit: EXIT.usage });
  }
  const { loadEngine } = await import('../../engine/entries/node.js');
  const engine = await loadEngine();
  const snapshots: string[] = [];
  try {
    for (const from of options.from) {
      snapshots.push(await readSource(from, engine, { ...options, environment: process.env }));
    }
  } finally {
    engine.dispose();
  }
  const features = featuresOf(snapshots);
  const command = commandLine(options);
  const text = declarationOf(features, command);
  const keys = [...features.keys()].sort();
  if (out === undefined) return print({ features: keys, declaration: text }, json, () => text.trimEnd());
  const before = await readFile(out, 'utf8').catch(() => undefined);
  const changed = before?.replaceAll('\r\n', '\n') !== text;
  if (check && changed) {
    const what = before === undefined ? 'the file is not there' : 'the file is out of date';
    throw fail('OUT_OF_DATE', what, { where: out, hint: `run: ${command}` });
  }
  if (changed) {
    await written(out, text);
  }
  print(
    { features: keys, out, changed },
    json,
    () => `${out}: ${keys.length} features, ${changed ? 'written' : 'up to date'}`,
  );
}

/** Writes the file, and the folders it lies in. Throws OUT_NOT_WRITTEN. */
async function written(out: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, text);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = { EISDIR: 'it is a folder', EACCES: 'this user may not write there', EROFS: 'the disk is read-only' };
    const hint = 'name another file with --out, or leave it out: the text goes to standard output then';
    throw fail('OUT_NOT_WRITTEN', `the file cannot be written: ${why[code as keyof typeof why] ?? message}`, {
      where: out,
      hint,
      cause,
    });
  }
}

/** How to make the file again, without what may be secret. */
function commandLine({ from, format, tokenEnv, stripeUrl, out }: Options): string {
  const words = ['npx plangate types --from', ...from.map(nameOf)];
  if (format !== 'snapshot') words.push('--format', format);
  if (tokenEnv !== undefined) words.push('--token-env', tokenEnv);
  if (stripeUrl !== undefined) words.push('--stripe-url', nameOf(stripeUrl));
  if (out !== undefined) words.push('--out', out.replaceAll('\\', '/'));
  return words.join(' ');
}
