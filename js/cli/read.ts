// Files and addresses that commands read.
import { readFile } from 'node:fs/promises';

import type { Engine } from '../engine/engine.js';
import { EXIT, fail } from './output.js';

/** What a file or an address may hold: plangate's snapshot, or a provider's list. */
export const FORMATS = ['snapshot', 'stripe', 'paygentic'] as const;
export type SourceFormat = (typeof FORMATS)[number];

/** How addresses are asked. */
export interface RequestOptions {
  /** `Name: value`. */
  readonly header: readonly string[];
  /** The environment variable that holds a bearer token. */
  readonly tokenEnv?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 8 * 1024 * 1024;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a source is an address and no file. */
export const isAddress = (from: string): boolean => /^https?:\/\//i.test(from);

/** The source without what may be secret in it: for the file's header. */
export function nameOf(from: string): string {
  if (!isAddress(from)) return from;
  const url = new URL(from);
  return `${url.origin}${url.pathname}`;
}

/** An address without a slash at its end. Throws USAGE. */
export function addressOf(text: string, option: string): string {
  if (isAddress(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  const hint = 'e.g. http://127.0.0.1:8787';
  throw fail('USAGE', `${option} takes an http:// or https:// address`, { where: option, hint, exit: EXIT.usage });
}

/** A file's bytes. Throws SOURCE_NOT_READ. */
export async function fileBody(from: string): Promise<Uint8Array> {
  try {
    return await readFile(from);
  } catch (thrown) {
    const missing = (thrown as { code?: unknown }).code === 'ENOENT';
    throw fail('SOURCE_NOT_READ', missing ? 'no such file' : (thrown as Error).message, {
      where: from,
      hint: 'is the path right? --help says what else can be read',
      cause: thrown,
    });
  }
}

/** What an address is asked with: the given lines, and the token. Throws USAGE. */
export function headersOf({ header, tokenEnv, environment }: RequestOptions): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const line of header) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      throw fail('USAGE', `--header ${JSON.stringify(line)}: expected "Name: value"`, { exit: EXIT.usage });
    }
    headers.set(name, value!);
  }
  if (tokenEnv !== undefined) headers.set('authorization', `Bearer ${variable(tokenEnv, environment)}`);
  return headers;
}

/** A variable that must be there. Throws USAGE. */
export function variable(name: string, environment: RequestOptions['environment']): string {
  const value = environment[name];
  if (!value) throw fail('USAGE', 'the environment variable is not set', { where: name, exit: EXIT.usage });
  return value;
}

/** What an address answers. Redirects are not followed: they could take the headers to somebody else. Throws CliErrors. */
export async function fetched(from: string, options: RequestOptions): Promise<Uint8Array> {
  const url = new URL(from);
  const where = nameOf(from);
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw fail('INSECURE_URL', 'plain http is read from this machine only', {
      where,
      hint: 'use https',
      exit: EXIT.usage,
    });
  }
  const headers = headersOf(options);
  let response: Response;
  let body: Uint8Array;
  try {
    response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    body = new Uint8Array(await response.arrayBuffer());
  } catch (thrown) {
    const { message, cause } = thrown as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw fail('NETWORK_ERROR', why, {
      where,
      hint: 'does the server run, and is it reached from here?',
      cause: thrown,
    });
  }
  if (!response.ok) {
    const hint = [401, 403].includes(response.status) ? 'give --header or --token-env' : undefined;
    throw fail('HTTP_STATUS', `the server answered ${response.status}`, { where, hint });
  }
  if (body.length > MAX_BYTES) throw fail('BODY_TOO_LARGE', `more than ${MAX_BYTES} bytes`, { where });
  return body;
}

/**
 * Reads a body with the core; answers the handle of what it holds, to be released by the caller. A list, unlike a snapshot,
 * does not say whose it is. Throws a CliError with the core's code, and where in the body it stopped.
 */
export function loadBody(
  engine: Engine,
  from: string,
  body: Uint8Array,
  format: SourceFormat,
  request: { readonly customer?: string | undefined },
): number {
  const list = format === 'snapshot' ? format : (`${format}-list` as const);
  try {
    return engine.load(list, [body], { ...request, ...(list !== 'snapshot' && { asOf: Date.now(), source: format }) });
  } catch (thrown) {
    const { code = 'INTERNAL', message, pointer = '' } = thrown as { code?: string; message: string; pointer?: string };
    const hint = format === 'snapshot' ? 'is it a plangate snapshot? --format names the other formats' : undefined;
    throw fail(code, message, { where: `${nameOf(from)}${pointer && ` ${pointer}`}`, hint, cause: thrown });
  }
}
