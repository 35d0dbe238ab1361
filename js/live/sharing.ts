import { addressOf, nameOf } from '../client/name.js';
import type { PartEvents, PartHost } from '../client/part.js';
import type { LiveOptions } from './options.js';
import type { Page } from './page.js';
import { follow } from './stream.js';
import type { StreamEvent } from './stream.js';

/** The stream's address: as told, or below the list's own. */
function streamOf(host: PartHost, { stream = true }: LiveOptions, customer: string | null): string {
  if (typeof stream === 'function') return String(stream(customer));
  if (typeof stream !== 'boolean') return String(stream);
  const [, path, query = ''] = /^([^?#]*?)\/?(\?[^#]*)?(?:#.*)?$/.exec(addressOf(host.settings, customer))!;
  return `${path}/stream${query}`;
}

/** Takes a stream's events, one at a time, for one customer. */
function reading(host: PartHost, { verify }: LiveOptions, life: AbortSignal, nudge: () => void) {
  const { customer } = host;
  let signature: string | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const read = async ({ name, data }: StreamEvent): Promise<void> => {
    if (name === 'signature') signature = data;
    else if (name !== 'snapshot') nudge();
    else {
      const signed = signature;
      signature = null;
      await verify?.(data, signed);
      if (!life.aborted) host.take(customer, data, 'stream');
    }
  };
  return (event: StreamEvent): void => {
    turn = turn.then(() => read(event)).catch(() => {});
  };
}

/** The tabs of one customer: what one of them loads all have, and one of them holds the stream. */
export function sharing(host: PartHost, page: Page, options: LiveOptions, nudge: () => void) {
  const { settings } = host;
  let mine = new AbortController();
  let joined = false;
  let post: ((message: string) => void) | undefined;

  const join = (): void => {
    if (joined || host.life.aborted || settings.url === undefined) return;
    joined = true;
    mine = new AbortController();
    const { signal } = mine;
    const { customer } = host;
    const lead = (): void => {
      if (signal.aborted || options.stream === false) return;
      const url = (): string => streamOf(host, options, customer);
      void follow(host, options, url, reading(host, options, signal, nudge), signal);
    };
    const whose = options.tabs === false ? undefined : nameOf(settings, customer, options.key);
    if (whose === undefined) return lead();
    const name = `plangate:${whose}`;
    const line = page.line(name, (message) => {
      const at = message.indexOf('\n');
      const taken = host.take(customer, message.slice(at + 1), 'tab', message.slice(0, at) || null);
      // Older than ours: that tab began while ours was told. What answers it has no tag, and is not answered.
      if (!taken && at) post?.(`\n${host.snapshot()}`);
    });
    post = line?.post;
    signal.addEventListener('abort', () => line?.close());
    page.elect(name, signal, lead);
  };

  const leave = (): void => {
    joined = false;
    post = undefined;
    mine.abort();
  };

  host.on('begin', () => {
    leave();
    join();
  });
  const listed = ({ origin, etag }: PartEvents['list']): void => {
    const text = origin === 'server' || origin === 'stream' ? host.snapshot() : null;
    if (text !== null) post?.(`${etag ?? ''}\n${text}`);
  };
  host.on('list', listed);
  return { join, leave, listed };
}
