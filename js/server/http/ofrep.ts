// OFREP 0.3: every OpenFeature client, in any language, can ask this server.

import { flagsOf, readFlag } from '../../openfeature/flags.js';
import type { FlagAnswer, FlagSource } from '../../openfeature/flags.js';
import { etagOf } from '../../stores/common.js';
import { isServerError } from '../errors.js';
import { decisionOf } from '../for-customer.js';
import { customerOf } from '../gates/decide.js';
import type { Held } from '../holdings.js';
import type { ServerState } from '../state.js';
import { readCapped } from '../upstreams/streams.js';
import { matches } from './entitlements.js';
import { json, problem } from './problem.js';
import type { Telling } from './stream.js';

type Subject = { readonly held: Held; readonly trusted: boolean } | { readonly refusal: Response };

interface Context {
  readonly targetingKey?: unknown;
}

/** Where changes are told: OFREP's event streams (its ADR 8). */
export const OFREP_STREAM = '/ofrep/v1/stream';

const MAX_BODY = 64 * 1024;
const encoder = new TextEncoder();

/** Answers evaluations of one server. */
export class Ofrep {
  readonly #state: ServerState;
  readonly #keys: Promise<readonly string[]>;

  constructor(state: ServerState) {
    this.#state = state;
    this.#keys = Promise.all((state.options.ofrep?.apiKeys ?? []).map(digest));
  }

  /** POST /ofrep/v1/evaluate/flags/{key} */
  async one(request: Request, native: unknown, encoded: string): Promise<Response> {
    const key = decode(encoded);
    if (key === undefined || key === '') return problem(404, 'NOT_FOUND');
    const subject = await this.#subject(request, native, { key });
    if ('refusal' in subject) return subject.refusal;
    const answer = readFlag(this.#source(subject.held), key);
    const body = evaluation(key, answer);
    return json(body.errorCode === undefined ? 200 : body.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400, body);
  }

  /** POST /ofrep/v1/evaluate/flags */
  async all(request: Request, native: unknown): Promise<Response> {
    const subject = await this.#subject(request, native, {});
    if ('refusal' in subject) return subject.refusal;
    const { answers, etag } = await this.#answers(subject.held);
    const headers = { etag, 'cache-control': 'private, no-cache' };
    if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
    // A browser's EventSource sends the session's cookie, and no header of one's own.
    if (!request.headers.has('cookie') || subject.trusted) return json(200, answers, headers);
    const requestUri = `${this.#state.options.basePath ?? ''}${OFREP_STREAM}`;
    return json(200, { ...answers, eventStreams: [{ type: 'sse', endpoint: { requestUri } }] }, headers);
  }

  /** For streams: the answers changed, ask again. */
  readonly telling: Telling = async (held) => {
    const { etag } = await this.#answers(held);
    const id = etag.slice(1, -1);
    return { id, event: `id: ${id}\ndata: ${JSON.stringify({ type: 'refetchEvaluation', etag: id })}\n\n` };
  };

  /** All flags of a customer. */
  async #answers(held: Held): Promise<{ answers: { flags: object[] }; etag: string }> {
    const source = this.#source(held);
    const features = [...new Set([...this.#keysOf(held), ...(this.#state.catalogue.current?.features ?? [])])].sort();
    const flags = features.flatMap((feature) => flagsOf(source.check(feature)));
    const answers = flags.map((key) => [key, readFlag(source, key)] as const);
    // A field that is null or a list is no flag that OFREP could carry.
    const carried = answers.filter(([, { error, value }]) => error === undefined && !Array.isArray(value));
    const all = { flags: carried.map(([key, answer]) => evaluation(key, answer)) };
    // Of the answers, not of the list: time alone changes them, too.
    return { answers: all, etag: `"${await etagOf(JSON.stringify(all))}"` };
  }

  #source(held: Held): FlagSource {
    const { catalogue } = this.#state;
    return {
      check: (key) => decisionOf(this.#state, held, key),
      knows: (key) => catalogue.current?.features.has(key),
    };
  }

  /** The features in the customer's list, as the core wrote it. */
  #keysOf(held: Held): string[] {
    const text = this.#state.host.ask(held.engine, (engine) => engine.encode(held.handle, false));
    return (JSON.parse(text) as { entitlements: { featureKey: string }[] }).entitlements.map((row) => row.featureKey);
  }

  /** Whom it is asked about: the session's customer, or, with an API key, the context's targetingKey. */
  async #subject(request: Request, native: unknown, echo: { key?: string }): Promise<Subject> {
    const refuse = (status: number, errorCode: string, errorDetails: string): Subject => ({
      refusal: json(status, { ...echo, errorCode, errorDetails }),
    });
    const body = await readCapped(request, MAX_BODY);
    if (!body) return { refusal: problem(413, 'BODY_TOO_LARGE') };
    const context = contextOf(body);
    if (context === 'malformed') return refuse(400, 'PARSE_ERROR', 'The body is not JSON.');
    if (context === 'absent') return refuse(400, 'INVALID_CONTEXT', 'The body has no context.');
    const trusted = await this.#trusted(request);
    if (trusted && (typeof context.targetingKey !== 'string' || context.targetingKey === '')) {
      return refuse(400, 'TARGETING_KEY_MISSING', 'targetingKey must name the customer.');
    }
    const customer = trusted ? (context.targetingKey as string) : await customerOf(this.#state, request, native);
    if (customer === null) return { refusal: problem(401, 'UNAUTHENTICATED') };
    try {
      return { held: await this.#state.ensure(customer), trusted };
    } catch (error) {
      if (isServerError(error, 'UNKNOWN_CUSTOMER')) return refuse(400, 'INVALID_CONTEXT', 'No such customer.');
      throw error;
    }
  }

  /** Compares digests: how long it takes says nothing about the keys. */
  async #trusted(request: Request): Promise<boolean> {
    const keys = await this.#keys;
    const bearer = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const given = request.headers.get('x-api-key') ?? bearer;
    return keys.length > 0 && given !== undefined && keys.includes(await digest(given));
  }
}

/** A flag's answer as OFREP writes it. */
function evaluation(
  key: string,
  { error, details, reason, value, variant, metadata }: FlagAnswer,
): {
  readonly errorCode?: string;
  readonly [member: string]: unknown;
} {
  if (error !== undefined) {
    const errorCode = error === 'FLAG_NOT_FOUND' || error === 'PARSE_ERROR' ? error : 'GENERAL';
    return { key, errorCode, ...(details && { errorDetails: details }), metadata };
  }
  if (Array.isArray(value)) {
    return { key, errorCode: 'GENERAL', errorDetails: 'OFREP has no lists. Ask for the whole config.', metadata };
  }
  return { key, reason, ...(value !== undefined && { value }), ...(variant !== undefined && { variant }), metadata };
}

function contextOf(body: Uint8Array): Context | 'malformed' | 'absent' {
  try {
    const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as { context?: unknown } | null;
    const context = parsed?.context;
    return typeof context === 'object' && context !== null && !Array.isArray(context) ? context : 'absent';
  } catch {
    return 'malformed';
  }
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
