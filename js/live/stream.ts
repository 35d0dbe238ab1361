// The server's stream of lists: server-sent events over fetch, because EventSource sends no headers and tells no status.
import { backoff } from '../client/backoff.js';
import type { Clock } from '../client/clock.js';
import type { PartHost } from '../client/part.js';
import type { LiveOptions } from './options.js';
import { isRefusal } from './refreshing.js';

/** One event of a stream. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: string;
}

/** Cuts a stream into events, however it arrives in parts. Throws RangeError for one of more than `most` characters. */
export function eventReader(heard: (event: StreamEvent) => void, retry: (ms: number) => void, most = Infinity) {
  let rest = '';
  let event: { id?: string; name?: string; data?: string } = {};
  /** Only so much is held: of an event that has not ended, and of a line. */
  const hold = (text: string): string => {
    if (text.length > most) throw new RangeError(`event over ${most} bytes`);
    return text;
  };
  const line = (text: string): void => {
    if (!text) {
      if (event.data !== undefined) heard({ id: event.id, name: event.name || 'message', data: event.data });
      event = {};
      return;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(text)!;
    if (field === 'data') event.data = hold(event.data === undefined ? value : `${event.data}\n${value}`);
    else if (field === 'event') event.name = value;
    else if (field === 'id') event.id = value;
    else if (field === 'retry') retry(Number(value));
  };
  return (part: string): void => {
    // The last line is not over until something follows; a lone \r at the end may be half of \r\n.
    const lines = (rest + part).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    lines.forEach(line);
    hold(rest);
  };
}

/** Keeps a stream open until aborted: again after every end, ever more slowly while that fails. */
export async function follow(
  host: PartHost,
  options: LiveOptions,
  url: () => string,
  heard: (event: StreamEvent) => void,
  life: AbortSignal,
): Promise<void> {
  const { longestMs = 300_000 } = options;
  let id: string | undefined;
  let first = 2000;
  let failures = 0;
  const read = (): ((part: string) => void) =>
    eventReader(
      (event) => {
        id = event.id ?? id;
        heard(event);
      },
      (ms) => (first = ms >= 100 ? ms : first),
      host.settings.maxBytes,
    );
  while (!life.aborted) {
    const began = host.clock.now();
    const refused = await listen(host, options, url, life, id, read()).catch((thrown: unknown) => {
      // Connections are lost every day, and opened again. What cannot be held is told.
      if (thrown instanceof RangeError) host.report(thrown, 'BODY_TOO_LARGE');
      return false;
    });
    // A connection that held for a while was a good one.
    failures = host.clock.now() - began > first ? 1 : failures + 1;
    await pause(host.clock, refused ? longestMs : backoff(failures, first, longestMs), life);
  }
}

/** One connection, until it ends. True: the server has no stream for us, and will not soon. */
async function listen(
  { clock, settings, send }: PartHost,
  { silenceMs = 45_000, fetch = settings.fetch }: LiveOptions,
  url: () => string,
  life: AbortSignal,
  id: string | undefined,
  read: (part: string) => void,
): Promise<boolean> {
  const connection = new AbortController();
  const { signal } = connection;
  const end = (): void => connection.abort();
  let watchdog: unknown;
  const watch = (): void => {
    clock.clearTimeout(watchdog);
    watchdog = clock.setTimeout(end, silenceMs);
  };
  life.addEventListener('abort', end);
  try {
    watch();
    const own = { accept: 'text/event-stream', ...(id && { 'last-event-id': id }) };
    const { status, body } = await new Promise<Response>((resolve, reject) => {
      // Headers may never be told, and a `fetch` may ignore its signal.
      signal.onabort = reject;
      send({ ...settings, fetch }, url(), own, signal).then(resolve, reject);
    });
    if (status !== 200 || !body) return status === 204 || isRefusal(status);
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      watch();
      read(decoder.decode(part.value, { stream: true }));
    }
    return false;
  } finally {
    clock.clearTimeout(watchdog);
    life.removeEventListener('abort', end);
    end();
  }
}

function pause(clock: Clock, ms: number, life: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clock.clearTimeout(timer);
      life.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimeout(end, ms);
    life.addEventListener('abort', end);
    if (life.aborted) end();
  });
}
