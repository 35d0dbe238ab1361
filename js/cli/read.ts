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
      const hint = 'e.g. --header "X-Customer: cus_1"';
      throw fail('USAGE', `--header ${JSON.stringify(line)} is not "Name: value"`, { hint, exit: EXIT.usage });
    }
    headers.set(name, value!);
  }
  if (tokenEnv !== undefined) headers.set('authorization', `Bearer ${variable(tokenEnv, environment)}`);
  return headers;
}

/** A variable that must be there. Throws USAGE. */
export function variable(name: string, environment: RequestOptions['environment']): string {
  const value = environment[name];
  const hint = `set it for this command: ${name}=… plangate …`;
  if (!value) throw fail('USAGE', 'the environment variable is not set', { where: name, hint, exit: EXIT.usage });
  return value;
}

/**
 * What an address answers, to a GET or, with a body, to a POST. Redirects are not followed: they could take the headers to
 * somebody else. Throws CliErrors.
 */
export async function fetched(from: string, options: RequestOptions, sent?: string): Promise<Uint8Array> {
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
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const post = sent === undefined ? {} : { method: 'POST', body: sent };
    response = await fetch(url, { ...post, headers, redirect: 'manual', signal });
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
    const { status } = response;
    const refused = [401, 403].includes(status);
    const hint = refused
      ? 'say who asks, with --header or --token-env'
      : 'is this the right address of a plangate server?';
    throw fail('HTTP_STATUS', `the server answered ${status}`, { where, hint, status });
  }
  if (body.length > MAX_BYTES) {
    const hint = 'a list is smaller than that: is this the right address?';
    throw fail('BODY_TOO_LARGE', `more than ${MAX_BYTES} bytes`, { where, hint });
  }
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
    const what =
      format === 'snapshot' ? 'a plangate snapshot' : `a list of ${format === 'stripe' ? 'Stripe' : 'Paygentic'}`;
    const hint = `is it ${what}? --format names the other formats`;
    throw fail(code, message, { where: `${nameOf(from)}${pointer && ` ${pointer}`}`, hint, cause: thrown });
  }
}
