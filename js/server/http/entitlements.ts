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
export function write({ host, catalogue }: ServerState, held: Held): Served {
  const list = host.ask(held.engine, (engine) => engine.encode(held.handle, false));
  const sold = catalogue.current;
  if (!sold) return { body: list, etag: `"${held.etag}"` };
  const body = `${list.slice(0, list.lastIndexOf('}'))},"catalogue":${sold.json}}`;
  return { body, etag: `"${held.etag.slice(0, 16)}${sold.etag.slice(0, 16)}"` };
}

/** Answers with the list, or 304 where the client has it. */
export async function entitlements(state: ServerState, request: Request, customer: string): Promise<Response> {
  const held = await state.ensure(customer);
  const { body, etag, signature } = await serve(state, held);
  const headers = {
    ...PRIVATE,
    etag,
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    // A signature has a time of its own, so it is sent with a 304 as well.
    ...(signature !== undefined && { 'plangate-signature': signature }),
  };
  if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

/** RFC 9110 13.1.2: a list of tags, compared weakly, or `*`. */
export function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
