// Where features are read from: files, addresses, Stripe. The core reads what they say; the answer is its own JSON.
import { readFile } from 'node:fs/promises';

import type { Engine } from '../../engine/engine.js';
import { EXIT, fail } from '../output.js';

/** What a file or an address holds. */
export type SourceFormat = 'snapshot' | 'stripe' | 'paygentic';

/** How sources are read. */
export interface SourceOptions {
  readonly format: SourceFormat;
  /** `Name: value`, for addresses. */
  readonly header: readonly string[];
  /** The environment variable that holds a bearer token, for addresses. */
  readonly tokenEnv?: string | undefined;
  /** Where Stripe is; its own address unless told. */
  readonly stripeUrl?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 8 * 1024 * 1024;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** One source as snapshot JSON, written by the core. */
export async function readSource(from: string, engine: Engine, options: SourceOptions): Promise<string> {
  if (from === 'stripe') return rewritten(engine, from, await stripeCatalogue(options), 'snapshot');
  const body = /^https?:\/\//i.test(from) ? await fetched(from, options) : await fileBody(from);
  return rewritten(engine, from, body, options.format);
}

/** The source without what may be secret in it: for the file's header. */
export function nameOf(from: string): string {
  if (!/^https?:\/\//i.test(from)) return from;
  const url = new URL(from);
  return `${url.origin}${url.pathname}`;
}

function rewritten(engine: Engine, from: string, body: Uint8Array, format: SourceFormat): string {
  const list = format === 'snapshot' ? format : (`${format}-list` as const);
  try {
    const snapshot = engine.load(list, [body], list === 'snapshot' ? {} : { asOf: Date.now(), customer: 'types' });
    const text = engine.encode(snapshot);
    engine.release(snapshot);
    return text;
  } catch (thrown) {
    const { code = 'INTERNAL', message, pointer = '' } = thrown as { code?: string; message: string; pointer?: string };
    const hint = format === 'snapshot' ? 'is it a plangate snapshot? --format names the other formats' : undefined;
    throw fail(code, message, { where: `${nameOf(from)}${pointer && ` ${pointer}`}`, hint, cause: thrown });
  }
}

async function fileBody(from: string): Promise<Uint8Array> {
  try {
    return await readFile(from);
  } catch (thrown) {
    const missing = (thrown as { code?: unknown }).code === 'ENOENT';
    throw fail('SOURCE_NOT_READ', missing ? 'no such file' : (thrown as Error).message, {
      where: from,
      hint: '--from takes a file, an https:// address, or "stripe"',
      cause: thrown,
    });
  }
}

function headersOf({ header, tokenEnv, environment }: SourceOptions): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const line of header) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      throw fail('USAGE', `--header ${JSON.stringify(line)}: expected "Name: value"`, { exit: EXIT.usage });
    }
    headers.set(name, value!);
  }
  if (tokenEnv !== undefined) headers.set('authorization', `Bearer ${fromEnvironment(tokenEnv, environment)}`);
  return headers;
}

function fromEnvironment(name: string, environment: SourceOptions['environment']): string {
  const value = environment[name];
  if (!value) throw fail('USAGE', 'the environment variable is not set', { where: name, exit: EXIT.usage });
  return value;
}

async function fetched(from: string, options: SourceOptions): Promise<Uint8Array> {
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
    // A redirect could take the headers to somebody else.
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

/** Stripe's features, as a snapshot of nobody that holds the catalogue. */
async function stripeCatalogue({ environment, stripeUrl }: SourceOptions): Promise<Uint8Array> {
  const { stripe } = await import('../../server/entries/node.js');
  const apiKey = fromEnvironment('STRIPE_API_KEY', environment);
  const upstream = stripe({ apiKey, ...(stripeUrl !== undefined && { baseUrl: stripeUrl }) });
  const catalogue = await upstream.catalogue!();
  const head = '"plangate":1,"customer":"types","source":"stripe","asOf":0,"entitlements":[]';
  return new TextEncoder().encode(`{${head},"catalogue":${catalogue}}`);
}
