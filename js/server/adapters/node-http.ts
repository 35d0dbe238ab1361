// Node's request and response as Web ones, for the adapters. No import of node: only the shapes that are used.

/** What is used of http.IncomingMessage; Express's and Fastify's raw requests are one. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express: the address before a router cut it. */
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of TLS connections it has `encrypted`. */
  readonly socket?: object;
  /** A body that some middleware has read already. */
  readonly body?: unknown;
}

/** What is used of http.ServerResponse. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  /** The connection is gone: `close` was emitted, and is not emitted again. */
  readonly destroyed: boolean;
  setHeader(name: string, value: string): unknown;
  flushHeaders(): void;
  write(chunk: Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  on(event: 'close' | 'drain', listener: () => void): unknown;
  off(event: 'close' | 'drain', listener: () => void): unknown;
}

// No Web request can be made with these (CONNECT never arrives here): no route has such a method, so they are told 405.
const UNCARRIED = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** The path a client asked for; '' where its request line is no address (`GET //`): none of the routes. */
export function pathOf(request: NodeRequest): string {
  const path = request.originalUrl ?? request.url ?? '/';
  return URL.canParse(path, 'http://localhost') ? new URL(path, 'http://localhost').pathname : '';
}

/** Express, Connect and Fastify share the rawBody habit: bytes kept by a body parser. */
function keptBody(request: NodeRequest): Uint8Array<ArrayBuffer> | undefined {
  const { rawBody, body } = request as { rawBody?: unknown; body?: unknown };
  for (const kept of [rawBody, body]) {
    if (kept instanceof Uint8Array) return Uint8Array.from(kept);
    if (typeof kept === 'string') return new TextEncoder().encode(kept);
  }
  return undefined;
}

/** The same request in Web terms. `withBody` false: only what a session callback reads. */
export function toWebRequest(request: NodeRequest, response: NodeResponse, withBody: boolean): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  const scheme = (request.socket as { encrypted?: boolean } | undefined)?.encrypted ? 'https' : 'http';
  const host = headers.get('host') ?? 'localhost';
  const path = request.originalUrl ?? request.url ?? '/';
  const base = `${scheme}://${host}`;
  const url = URL.canParse(path, base) ? new URL(path, base) : new URL('http://localhost/');
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.on('close', () => gone.abort());
  const asked = request.method ?? 'GET';
  const method = UNCARRIED.has(asked) ? `X-${asked}` : asked;
  const init = { method, headers, signal: gone.signal };
  if (!withBody || method === 'GET' || method === 'HEAD') return new Request(url, init);
  return new Request(url, { ...init, body: keptBody(request) ?? streamOf(request), duplex: 'half' } as RequestInit);
}

/** Pulls only as fast as it is read: a body that is too large stays where it is. */
function streamOf(request: NodeRequest): ReadableStream<Uint8Array> {
  const chunks = request[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
  });
}

/** Writes a Web answer out; waits for slow readers, stops when they are gone. */
export async function sendWebResponse(answer: Response, response: NodeResponse): Promise<void> {
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => response.setHeader(name, value));
  const reader = answer.body?.getReader();
  if (!reader) {
    response.end();
    return;
  }
  const gone = (): void => void reader.cancel().catch(() => undefined);
  if (response.destroyed) return gone();
  response.on('close', gone);
  response.flushHeaders();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (!response.write(part.value)) await drained(response);
    }
    response.end();
  } catch {
    // Half an answer must not look whole.
    response.destroy();
  } finally {
    response.off('close', gone);
  }
}

function drained(response: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
