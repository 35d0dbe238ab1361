import { asError, PlangateError, refuseSecrets } from './errors.js';
import { addressOf } from './name.js';
import type { Settings } from './options.js';

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const add = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size > maxBytes) throw new PlangateError('BODY_TOO_LARGE', `more than ${maxBytes} bytes`);
    chunks.push(chunk);
  };
  const reader = response.body?.getReader();
  if (!reader) add(new Uint8Array(await response.arrayBuffer()));
  else {
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) add(part.value);
    } catch (thrown) {
      reader.cancel().catch(() => {});
      throw thrown;
    }
  }
  if (chunks.length === 1) return chunks[0]!;
  const body = new Uint8Array(size);
  size = 0;
  for (const chunk of chunks) {
    body.set(chunk, size);
    size += chunk.length;
  }
  return body;
}

/** A server's answer. */
export interface Fetched {
  /** The list; absent: not modified since the one whose tag was sent. */
  body?: Uint8Array;
  /** The list's version, in the server's words. */
  etag: string | null;
}

/**
 * Sends a request as the application's options say: with their headers, asked anew, and never a secret key. The server's
 * `Date` corrects the clock.
 */
export async function send(
  { headers, credentials, clock, fetch: by = fetch }: Settings,
  address: string,
  own: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const sent = { ...own, ...(typeof headers === 'function' ? await headers() : headers) };
  refuseSecrets('url', address);
  refuseSecrets('headers', sent);
  const since = clock.now();
  // Some hosts refuse members they do not know even when undefined: name only what was asked for.
  const response = await by(address, { headers: sent, signal, ...(credentials && { credentials }) });
  clock.correct?.(Date.parse(response.headers.get('date')!), since);
  return response;
}

async function request(
  settings: Settings,
  customer: string | null,
  signal: AbortSignal,
  known: string | null | undefined,
): Promise<Fetched> {
  const own = { accept: 'application/json', ...(known && { 'if-none-match': known }) };
  const response = await send(settings, addressOf(settings, customer), own, signal);
  const { status, headers: got } = response;
  const etag = got.get('etag');
  if (response.ok) return { etag, body: await readBody(response, settings.maxBytes) };
  response.body?.cancel().catch(() => {});
  if (known && status === 304) return { etag };
  throw new PlangateError('HTTP_STATUS', `status ${status}`, {
    status,
    retryAfter: Number(got.get('retry-after')) * 1000,
  });
}

/**
 * The list's bytes as the server sends them, unless it is `known`, the tag of an earlier one. Rejects with PlangateError. The controller gives up the request; also a
 * `fetch` that ignores its signal is given up in time.
 */
export function fetchList(
  settings: Settings,
  customer: string | null,
  controller: AbortController,
  known?: string | null,
): Promise<Fetched> {
  const { clock, timeoutMs } = settings;
  const { signal } = controller;
  return new Promise<Fetched>((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      reject(new PlangateError('TIMEOUT', `no answer in ${timeoutMs} ms`));
      controller.abort();
    }, timeoutMs);
    signal.addEventListener('abort', () => {
      clock.clearTimeout(timer);
      reject(new PlangateError('ABORTED', 'given up'));
    });
    request(settings, customer, signal, known)
      .then(resolve, (cause: unknown) => reject(asError('NETWORK_ERROR', cause)))
      .finally(() => clock.clearTimeout(timer));
  });
}
