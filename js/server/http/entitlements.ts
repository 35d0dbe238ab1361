// GET /entitlements: the customer's own list, for the browser client.

import type { Held } from '../holdings.js';
import type { ServerState } from '../state.js';

/** What is served for a customer: plangate's snapshot JSON with what there is to buy. */
export interface Served {
  readonly body: string;
  /** Quoted, as the header wants it. */
  readonly etag: string;
  /** The signature, where the server signs. */
  readonly signature?: string;
}

const PRIVATE = { 'cache-control': 'private, no-cache', vary: 'cookie, authorization' };

/** Writes out a customer's list. */
export async function serve(state: ServerState, held: Held): Promise<Served> {
  const { etag, body } = write(state, held);
  const { signer } = state.options;
  return { body, etag, ...(signer && { signature: await signer.sign(body, held.customer) }) };
}

/** The text that customers get, and its tag. The catalogue is the last member of the object that the core wrote. */
export function write(state: ServerState, held: Held): Served {
  const list = state.host.ask(held.engine, (engine) => engine.encode(held.handle, false));
  const sold = state.catalogue.current;
  const body = sold ? `${list.slice(0, list.lastIndexOf('}'))},"catalogue":${sold.json}}` : list;
  return { body, etag: tagOf(state, held) };
}

/** The tag of that text, which need not be written for it. */
function tagOf({ catalogue }: ServerState, held: Held): string {
  const sold = catalogue.current;
  return sold ? `"${held.etag.slice(0, 16)}${sold.etag.slice(0, 16)}"` : `"${held.etag}"`;
}

/** Answers with the list, or 304 where the client has it. */
export async function entitlements(state: ServerState, request: Request, customer: string): Promise<Response> {
  const held = await state.ensure(customer);
  const etag = tagOf(state, held);
  const known = matches(request.headers.get('if-none-match'), etag);
  const common = {
    ...PRIVATE,
    etag,
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    ...(held.unconfirmed && { 'plangate-store': 'unavailable' }),
  };
  // Most requests end here: the list is not written for them.
  if (known && !state.options.signer) return new Response(null, { status: 304, headers: common });
  const { body, signature } = await serve(state, held);
  // A signature has a time of its own, so it is sent with a 304 as well.
  const headers = { ...common, ...(signature !== undefined && { 'plangate-signature': signature }) };
  if (known) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

/** RFC 9110 13.1.2: a list of tags, compared weakly, or `*`. */
export function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
