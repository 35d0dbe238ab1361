// A line for each request that the provider answers and each webhook that it tries to deliver.

import type { Delivery } from '../../provider/answers/delivery.js';

/** A line of `plangate dev`'s log, as --json prints it. */
export type LogLine =
  | {
      readonly event: 'request';
      /** RFC 3339, real time. */
      readonly at: string;
      readonly method: string;
      /** Without its query, which may hold anything. */
      readonly path: string;
      readonly status: number;
      readonly ms: number;
      /** What was wrong with it, in the API's own words. */
      readonly error?: string;
    }
  | {
      readonly event: 'webhook';
      readonly at: string;
      /** The event's type and id. */
      readonly type: string;
      readonly id: string;
      readonly customer: string | null;
      readonly url: string;
      /** null: no answer came. */
      readonly status: number | null;
      readonly ms: number;
      readonly attempt: number;
      readonly error?: string;
      /** When it is tried again; null: never. */
      readonly next: string | null;
    };

type Fetch = (request: Request) => Response | Promise<Response>;

/** The provider's own pages ask often, and are no news. */
const QUIET = /^\/(?:_plangate\/|[\w.-]+\.(?:js|css|svg|ico)$|$)/;
const WORST_BYTES = 4096;

/** Answers as `fetch` does, and tells each request once it is answered. */
export function logged(fetch: Fetch, tell: (line: LogLine) => void): Fetch {
  return async (request) => {
    const begun = performance.now();
    const response = await fetch(request);
    const { pathname } = new URL(request.url);
    if (request.method === 'GET' && QUIET.test(pathname)) return response;
    const error = response.status >= 400 ? await errorOf(response) : undefined;
    tell({
      event: 'request',
      at: new Date().toISOString(),
      method: request.method,
      path: pathname,
      status: response.status,
      ms: Math.round(performance.now() - begun),
      ...(error !== undefined && { error }),
    });
    return response;
  };
}

/** The `message` of the provider's error bodies; all of them have one. */
async function errorOf(response: Response): Promise<string | undefined> {
  const text = await response.clone().text();
  if (text.length > WORST_BYTES) return undefined;
  try {
    const { error, message } = JSON.parse(text) as { error?: { message?: string }; message?: string };
    return error?.message ?? message;
  } catch {
    return undefined;
  }
}

const SELF = 'http://127.0.0.1/_plangate';

/** Follows the provider's own stream and tells every attempt to deliver, until `signal` aborts. */
export async function followDeliveries(
  fetch: Fetch,
  tell: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const told = new Map<string, number>();
  const { body } = await fetch(new Request(`${SELF}/stream`, { signal }));
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const events = (rest + chunk.value).split('\n\n');
    rest = events.pop() ?? '';
    // With a seed id, what is made after a reset has the ids of before.
    if (events.some((event) => event.includes('"replaced":true'))) told.clear();
    if (!events.some((event) => event.includes('"kind":"delivery"'))) continue;
    for (const line of await newAttempts(fetch, told)) tell(line);
  }
}

async function newAttempts(fetch: Fetch, told: Map<string, number>): Promise<LogLine[]> {
  const response = await fetch(new Request(`${SELF}/deliveries?limit=1000`));
  const { data } = (await response.json()) as { data: readonly Delivery[] };
  const lines = data.flatMap((delivery) => {
    const before = told.get(delivery.id) ?? 0;
    told.set(delivery.id, delivery.attempts.length);
    return delivery.attempts.slice(before).map((attempt, at) => lineOf(delivery, attempt, before + at + 1));
  });
  return lines.sort((a, b) => a.at.localeCompare(b.at));
}

function lineOf(
  delivery: Delivery,
  { at, status, error, durationMs }: Delivery['attempts'][number],
  attempt: number,
): LogLine {
  const { event, type = '', customer = null, url = '', nextAt } = delivery;
  return {
    event: 'webhook',
    at: new Date(at + durationMs).toISOString(),
    type,
    id: event,
    customer,
    url,
    status,
    ms: durationMs,
    attempt,
    ...(error !== null && { error }),
    next: nextAt === null ? null : new Date(nextAt).toISOString(),
  };
}

/** A line as text: `12:00:01  POST /v1/customers 200 3 ms`. */
export function words(line: LogLine): string {
  const time = line.at.slice(11, 19);
  const error = line.error === undefined ? '' : `: ${line.error}`;
  if (line.event === 'request') {
    return `${time}  ${line.method} ${line.path} ${line.status} ${line.ms} ms${error}`;
  }
  const { type, customer, url, status, ms, next, attempt } = line;
  const again = next === null ? '' : `, again at ${next.slice(11, 19)}`;
  const taken = status !== null && line.error === undefined;
  const lost = taken || next !== null ? '' : ', given up';
  const which = attempt > 1 ? ` (attempt ${attempt})` : '';
  return `${time}  webhook ${type}${customer === null ? '' : ` of ${customer}`} -> ${url} ${status ?? 'no answer'} ${ms} ms${which}${error}${again}${lost}`;
}
