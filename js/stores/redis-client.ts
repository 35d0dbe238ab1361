// The Redis clients that the store runs on, and their one shape.

import { messageOf, StoreError } from './errors.js';

/** The part of the package `redis`' client (version 4 or later) that the store uses. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  sendCommand(args: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
  duplicate(): NodeRedisClient;
  on(event: 'error' | 'ready', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
  subscribe(channel: string, listener: () => void): Promise<unknown>;
  /** Version 5 and later; ends without waiting. */
  destroy?(): void;
  /** Version 4; ends without waiting. */
  disconnect?(): Promise<unknown>;
}

/** The part of the package `ioredis`' client that the store uses. */
export interface IoRedisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(): IoRedisClient;
  on(event: 'error' | 'ready' | 'message', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** What both come to. */
export interface RedisLink {
  command(args: string[]): Promise<unknown>;
  /** Calls back for each message, and whenever the connection was made again. Answers how to stop. */
  listen(channel: string, look: () => void, timeoutMs: number): Promise<() => Promise<void>>;
  end(): Promise<void>;
}

const ignore = (): void => {};

/** The answer, or STORE_UNAVAILABLE when it takes too long. Clients may wait for a lost server without end. */
export async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new StoreError('STORE_UNAVAILABLE', `Redis has not answered for ${timeoutMs} ms`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a subscription; when that fails, ends the connection that was to carry it. */
async function subscribed(
  subscribing: Promise<unknown>,
  timeoutMs: number,
  end: () => Promise<void>,
): Promise<() => Promise<void>> {
  try {
    await within(timeoutMs, subscribing);
    return end;
  } catch (error) {
    subscribing.catch(ignore);
    await end();
    throw redisError(error);
  }
}

/** Only ioredis has `call`. */
function isIoRedis(client: NodeRedisClient | IoRedisClient): client is IoRedisClient {
  return 'call' in client && typeof client.call === 'function';
}

/** Adapts a client that the application made; `end` leaves it as it is unless `owned`. */
export function linkTo(client: NodeRedisClient | IoRedisClient, owned: boolean): RedisLink {
  // Without a listener, a lost connection would end the process.
  client.on('error', ignore);
  return isIoRedis(client) ? ioRedisLink(client, owned) : nodeRedisLink(client, owned);
}

/** Ends it without waiting. One that is ended while it connects keeps the connection that comes: that is ended, too. */
async function endNodeRedis(client: NodeRedisClient, connecting: Promise<unknown> | undefined): Promise<void> {
  const end = async (): Promise<unknown> => (client.destroy ? client.destroy() : client.disconnect?.());
  connecting?.then(end).catch(ignore);
  // Versions before 6 throw for one that is gone already.
  await end().catch(ignore);
}

function nodeRedisLink(client: NodeRedisClient, owned: boolean): RedisLink {
  let connecting: Promise<unknown> | undefined;
  return {
    async command(args) {
      if (!client.isOpen) connecting ??= client.connect();
      if (connecting) {
        const mine = connecting;
        await mine.finally(() => {
          if (connecting === mine) connecting = undefined;
        });
      }
      return client.sendCommand(args);
    },
    async listen(channel, look, timeoutMs) {
      const subscriber = client.duplicate();
      subscriber.on('error', ignore);
      // It subscribes again by itself before it is ready again.
      subscriber.on('ready', look);
      const connected = subscriber.connect();
      const subscribing = connected.then(() => subscriber.subscribe(channel, look));
      return subscribed(subscribing, timeoutMs, () => endNodeRedis(subscriber, connected));
    },
    async end() {
      if (!owned) client.removeListener('error', ignore);
      else if (client.isOpen) await endNodeRedis(client, connecting);
    },
  };
}

function ioRedisLink(client: IoRedisClient, owned: boolean): RedisLink {
  return {
    command: ([name, ...args]) => client.call(name as string, ...args),
    async listen(channel, look, timeoutMs) {
      const subscriber = client.duplicate();
      subscriber.on('error', ignore);
      subscriber.on('message', look);
      // It subscribes again by itself, in its own time: only after our own SUBSCRIBE is it certain that it listens.
      subscriber.on('ready', () => void subscriber.subscribe(channel).then(look, ignore));
      return subscribed(subscriber.subscribe(channel), timeoutMs, async () => subscriber.disconnect());
    },
    async end() {
      if (owned) client.disconnect();
      else client.removeListener('error', ignore);
    },
  };
}

/** Connects with the package `redis`, else `ioredis`. A command fails at once while the connection is lost. */
export async function connectTo(url: string, connectTimeout: number): Promise<RedisLink> {
  try {
    const { createClient } = await import('redis');
    const reconnectStrategy = (retries: number): number => Math.min(50 * 2 ** retries, 2000);
    const socket = { connectTimeout, reconnectStrategy };
    return linkTo(createClient({ url, disableOfflineQueue: true, socket }) as unknown as NodeRedisClient, true);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
  try {
    const { Redis } = await import('ioredis');
    // A command is not sent twice: it may have been carried out the first time.
    const options = { connectTimeout, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false };
    return linkTo(new Redis(url, options) as unknown as IoRedisClient, true);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new StoreError('DRIVER_MISSING', 'the Redis store needs a client: npm install redis (or ioredis)', { cause });
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND';
}

/** The store's error for a client's. What the server refuses for good is told apart by the first word of its reply. */
export function redisError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = messageOf(cause);
  const lasting =
    /^(NOAUTH|WRONGPASS|NOPERM|WRONGTYPE|ERR)\b/.test(message) && !message.includes('max number of clients');
  return new StoreError(lasting ? 'STORE_FAILED' : 'STORE_UNAVAILABLE', `Redis: ${message}`, { cause });
}
