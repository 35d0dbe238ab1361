// plangate/stores/redis: the store for several machines that share a Redis. Notices travel by pub/sub.

import { ChangeFeed } from './changes.js';
import * as common from './common.js';
import { messageOf, StoreError } from './errors.js';
import { connectTo, linkTo, redisError, within } from './redis-client.js';
import type { IoRedisClient, NodeRedisClient, RedisLink } from './redis-client.js';
import { REDIS_SCHEMA, scripts } from './redis-scripts.js';
import type { ScriptName } from './redis-scripts.js';
import type * as s from './store.js';

export type { IoRedisClient, NodeRedisClient } from './redis-client.js';

/** Options of {@link redis}. */
export interface RedisOptions extends s.Retention {
  /** In front of every key; default `{plangate}:`. Keep the braces in a cluster: they keep the keys in one slot. */
  readonly prefix?: string;
  /** How long to wait for an answer; default 5000 ms, then STORE_UNAVAILABLE. */
  readonly timeoutMs?: number;
  /** How often subscribers look for changes although nothing was published; default 30,000 ms. */
  readonly pollMs?: number;
}

/**
 * A store in Redis 6.2 or later. What is acknowledged is as durable as that Redis is set to be: with `appendonly yes` and
 * `appendfsync always` it is on disk; with `everysec` a crash of the server may lose the last second or two; without
 * `appendonly`, everything since the last dump. `health()` tells which. Set `maxmemory-policy noeviction`.
 *
 * @param server A URL, opened with the optional package `redis` (else `ioredis`); or a client of either, which stays open
 *   after `close()`. Subscribers use a duplicate of it. An ioredis client should have `autoResendUnfulfilledCommands: false`.
 */
export function redis(server: string | NodeRedisClient | IoRedisClient, options: RedisOptions = {}): s.Store {
  return new RedisStore(server, options);
}

type Texts = string[];

function keyFrom(text: string): s.StoreKey {
  const [source, mode, customer] = text.split('\0') as [string, 'live' | 'test', string];
  return { source, mode, customer };
}

function entryFrom(key: s.StoreKey, [snapshot, asOf, etag, version]: Texts): s.Entry {
  const { source, mode, customer } = key;
  const numbers = { asOf: Number(asOf), etag: etag as string, version: Number(version) };
  return { source, mode, customer, snapshot: snapshot as string, ...numbers };
}

function pendingFrom([key, eventId, receivedAt, ticket, attempts, due]: Texts): s.Pending {
  const times = { receivedAt: Number(receivedAt), attempts: Number(attempts), dueAt: Number(due) };
  return { ...keyFrom(key as string), eventId: eventId || null, ticket: ticket as string, ...times };
}

class RedisStore implements s.Store {
  readonly #server: string | NodeRedisClient | IoRedisClient;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #retention: common.FullRetention;
  readonly #pruning = new common.PruneClock();
  readonly #feed: ChangeFeed;
  readonly #loaded = new Map<ScriptName, string>();
  #link: Promise<RedisLink> | undefined;
  #migrated: Promise<void> | undefined;
  #closed = false;

  constructor(server: string | NodeRedisClient | IoRedisClient, options: RedisOptions) {
    this.#server = server;
    this.#prefix = options.prefix ?? '{plangate}:';
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#retention = common.retentionOf(options);
    this.#feed = new ChangeFeed({
      latest: async () => Number(await this.#run('latest')),
      after: (version, limit) => this.#changesAfter(version, limit),
      watch: (look) => this.#watch(look, options.pollMs ?? 30_000),
    });
  }

  async migrate(): Promise<void> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store is closed');
    this.#migrated ??= this.#migrate().catch((error: unknown) => {
      this.#migrated = undefined;
      throw error;
    });
    await this.#migrated;
  }

  async get(key: s.StoreKey): Promise<s.Entry | null> {
    common.checkKey(key);
    const fields = (await this.#run('get', common.keyText(key))) as Texts;
    return fields.length === 0 ? null : entryFrom(key, fields);
  }

  async put(put: s.Put): Promise<s.PutResult> {
    common.checkPut(put);
    const etag = await common.etagOf(put.snapshot);
    const { source, mode, customer, asOf } = put;
    const at = put.now ?? Date.now();
    const rows = (put.changes ?? []).flatMap(({ kind, key, detail }) => {
      const row = { at, source, mode, customer, kind, key, detail, asOf, eventId: put.eventId ?? null };
      return [key, JSON.stringify(row)];
    });
    const event = put.eventId === undefined ? '' : common.keyText({ ...put, customer: put.eventId });
    const list = [common.keyText(put), put.snapshot, asOf, etag, put.base ?? '', put.settles ?? ''];
    const [verdict, ...fields] = (await this.#run('put', ...list, event, at, customer, ...rows)) as Texts;
    const current = fields.length === 0 ? null : entryFrom(put, fields);
    if (verdict !== 'store') return common.unstored(verdict as 'same' | 'older' | 'conflict', current);
    this.#feed.look();
    return { stored: true, current };
  }

  async listCustomers(query: s.CustomerQuery = {}): Promise<s.CustomerPage> {
    const limit = common.pageSize(query.limit);
    let cursor = query.after === undefined ? undefined : common.readCursor(query.after);
    const customers: (s.StoreKey & { asOf: number; version: number })[] = [];
    for (;;) {
      const after = cursor ? [cursor.asOf, common.keyText(cursor)] : ['', ''];
      const rows = (await this.#run('customers', ...after, limit + 1)) as Texts[];
      for (const [key, asOf, version] of rows) {
        const each = { ...keyFrom(key as string), asOf: Number(asOf), version: Number(version) };
        cursor = each;
        if (query.source !== undefined && query.source !== each.source) continue;
        if (query.mode !== undefined && query.mode !== each.mode) continue;
        const last = customers[limit - 1];
        if (last) return { customers, next: common.writeCursor(last) };
        customers.push(each);
      }
      if (rows.length <= limit) return { customers, next: null };
    }
  }

  async markPending(mark: s.PendingMark): Promise<{ first: boolean }> {
    common.checkMark(mark);
    const event = mark.eventId === undefined ? '' : common.keyText({ ...mark, customer: mark.eventId });
    const facts = [mark.eventId ?? '', mark.receivedAt, crypto.randomUUID()];
    const first = Number(await this.#run('mark', common.keyText(mark), event, ...facts)) === 1;
    // Pruning is housekeeping: its failure must not unsay what is kept.
    if (this.#pruning.due(mark.receivedAt)) void this.prune(mark.receivedAt).catch(() => {});
    return { first };
  }

  async seenEvent(event: { source: string; mode: 'live' | 'test'; eventId: string }): Promise<boolean> {
    return Number(await this.#run('seen', common.keyText({ ...event, customer: event.eventId }))) === 1;
  }

  async pending(limit?: number): Promise<readonly s.Pending[]> {
    return ((await this.#run('pending', common.pageSize(limit))) as Texts[]).map(pendingFrom);
  }

  async claimPending(claim: { now: number; leaseMs: number; limit?: number }): Promise<readonly s.Pending[]> {
    const rows = await this.#run('claim', claim.now, claim.now + claim.leaseMs, common.pageSize(claim.limit));
    return (rows as Texts[]).map(pendingFrom).sort((a, b) => a.receivedAt - b.receivedAt);
  }

  async postponePending(pending: s.StoreKey & { ticket: string }, until: number): Promise<boolean> {
    common.checkTime('until', until);
    return Number(await this.#run('postpone', common.keyText(pending), pending.ticket, until)) === 1;
  }

  async dismissPending(pending: s.StoreKey & { ticket: string }): Promise<boolean> {
    return Number(await this.#run('dismiss', common.keyText(pending), pending.ticket)) === 1;
  }

  async listAudit(query: s.AuditQuery = {}): Promise<readonly s.AuditRow[]> {
    const limit = common.pageSize(query.limit);
    const index =
      query.customer !== undefined ? `c:${query.customer}` : query.key !== undefined ? `k:${query.key}` : '';
    const found: s.AuditRow[] = [];
    let after: number | string = query.after ?? '';
    for (;;) {
      const rows = (await this.#run('audit', index, after, query.order === 'newest' ? 1 : 0, limit)) as Texts[];
      for (const [id, version, json] of rows) {
        after = Number(id);
        const { at, ...row } = JSON.parse(json as string) as Omit<s.AuditRow, 'id' | 'version'>;
        if (query.source !== undefined && query.source !== row.source) continue;
        if (query.mode !== undefined && query.mode !== row.mode) continue;
        if (query.key !== undefined && query.key !== row.key) continue;
        if (found.push({ id: after, at, ...row, version: Number(version) }) === limit) return found;
      }
      if (rows.length < limit) return found;
    }
  }

  async consume(request: s.Consumption): Promise<s.ConsumeResult> {
    const counter = common.counterOf(request);
    common.checkConsumption(request);
    const facts = this.#counterArguments(request, counter, request.idempotencyKey);
    const answer = await this.#run('consume', ...facts, request.amount, request.limit ?? '', request.soft ? 1 : 0);
    const [what, accepted, over, used] = answer as Texts;
    if (what === 'conflict') throw common.keyReused(request.idempotencyKey as string);
    return { accepted: accepted === '1', used: Number(used), over: over === '1', replayed: what === 'replayed' };
  }

  async release(request: s.Release): Promise<s.ReleaseResult> {
    const counter = common.counterOf(request);
    common.checkRelease(request);
    const key = request.consumed ?? request.idempotencyKey;
    const facts = this.#counterArguments(request, counter, key);
    const answer =
      request.consumed === undefined
        ? await this.#run('release', ...facts, request.amount)
        : await this.#run('releaseUse', ...facts);
    const [what, released, used] = answer as Texts;
    if (what === 'conflict') throw common.keyReused(key as string);
    return { released: Number(released), used: Number(used), replayed: what === 'replayed' };
  }

  async usage(request: s.CounterKey): Promise<{ used: number }> {
    const counter = common.counterOf(request);
    const used = Number(await this.#run('usage', this.#counterId(request, counter)));
    return { used: Math.max(used, counter.base) };
  }

  async subscribe(listener: (notice: s.ChangeNotice) => void): Promise<() => Promise<void>> {
    await this.migrate();
    return this.#feed.subscribe(listener);
  }

  async clock(): Promise<number> {
    const [seconds, micros] = (await this.#run('time')) as Texts;
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /** Counters and idempotency keys leave by themselves, by Redis' own clock. */
  async prune(now: number): Promise<void> {
    const { eventRetentionMs, eventRetentionCount, auditRetentionMs } = this.#retention;
    const before = (retention: number): number | string => (retention === Infinity ? '' : now - retention);
    const count = eventRetentionCount === Infinity ? '' : eventRetentionCount;
    // In batches: a script has Redis for itself while it runs.
    while (Number(await this.#run('prune', before(eventRetentionMs), count, before(auditRetentionMs))) > 0);
  }

  async health(): Promise<s.Health> {
    try {
      const [schema, pending] = (await this.#run('health')) as Texts;
      const durability = await this.#durability();
      return { ok: true, kind: 'redis', durability, schema: Number(schema), pending: Number(pending) };
    } catch (error) {
      return { ok: false, kind: 'redis', durability: 'unknown', error: messageOf(error) };
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#feed.stop();
    const link = await this.#link?.catch(() => undefined);
    await link?.end();
  }

  async #migrate(): Promise<void> {
    const found = Number(await this.#script('migrate', [String(REDIS_SCHEMA)]));
    if (found <= REDIS_SCHEMA) return;
    const message = `the store's schema is version ${found}, this plangate knows ${REDIS_SCHEMA}: use the plangate that wrote it, or a later one`;
    throw new StoreError('SCHEMA_TOO_NEW', message);
  }

  async #run(name: ScriptName, ...args: (string | number)[]): Promise<unknown> {
    await this.migrate();
    return this.#script(name, args.map(String));
  }

  /** Runs a script by its digest; by its text when Redis does not know it (yet, or after a restart). */
  async #script(name: ScriptName, args: string[]): Promise<unknown> {
    const rest = ['1', this.#prefix, ...args];
    const digest = this.#loaded.get(name) ?? String(await this.#command(['SCRIPT', 'LOAD', scripts[name]]));
    this.#loaded.set(name, digest);
    try {
      return await this.#command(['EVALSHA', digest, ...rest]);
    } catch (error) {
      if (!messageOf(error).includes('NOSCRIPT')) throw error;
      return this.#command(['EVAL', scripts[name], ...rest]);
    }
  }

  async #command(args: string[]): Promise<unknown> {
    try {
      // Loading the client's package takes as long as it takes: that is this process, not Redis.
      const link = await this.#linked();
      // A client that is ended would connect again.
      if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store is closed');
      return await within(this.#timeoutMs, link.command(args));
    } catch (error) {
      throw redisError(error);
    }
  }

  #linked(): Promise<RedisLink> {
    const server = this.#server;
    this.#link ??= (
      typeof server === 'string' ? connectTo(server, this.#timeoutMs) : Promise.resolve(linkTo(server, false))
    ).catch((error: unknown) => {
      this.#link = undefined;
      throw error;
    });
    return this.#link;
  }

  async #watch(look: () => void, pollMs: number): Promise<() => Promise<void>> {
    const link = await this.#linked();
    const stop = await link.listen(`${this.#prefix}look`, look, this.#timeoutMs);
    const timer = setInterval(look, pollMs);
    timer.unref?.();
    return async () => {
      clearInterval(timer);
      await stop();
    };
  }

  #counterId(customer: s.StoreKey, counter: common.Counter): string {
    return `${common.keyText(customer)}\0${counter.name}\0${counter.period}`;
  }

  /** What the counter scripts take first. Times to live are relative: `now` may be another clock than Redis'. */
  #counterArguments(request: s.CounterKey, counter: common.Counter, key: string | undefined): (string | number)[] {
    const { usageRetentionMs } = this.#retention;
    const use = key === undefined ? '' : `${common.keyText(request)}\0${key}`;
    const forever = usageRetentionMs === Infinity;
    const counterTtl = forever || counter.end === null ? '' : counter.end - request.now + usageRetentionMs;
    const useTtl = forever ? '' : common.expiryOf(counter, request.now, this.#retention) - request.now;
    return [use, this.#counterId(request, counter), counter.name, counter.base, counterTtl, useTtl];
  }

  async #changesAfter(version: number, limit: number): Promise<s.ChangeNotice[]> {
    const rows = (await this.#run('changes', version, limit)) as Texts[];
    return rows.map(([key, at]) => ({ ...keyFrom(key as string), version: Number(at) }));
  }

  async #durability(): Promise<s.Health['durability']> {
    const setting = async (name: string): Promise<string> => {
      const answer = await this.#command(['CONFIG', 'GET', name]);
      const pair =
        answer instanceof Map
          ? [...answer.values()]
          : Array.isArray(answer)
            ? answer.slice(1)
            : Object.values(answer as object);
      return String(pair[0]);
    };
    try {
      if ((await setting('appendonly')) !== 'yes') return 'interval';
      return (await setting('appendfsync')) === 'always' ? 'disk' : 'interval';
    } catch {
      // Hosted servers forbid CONFIG.
      return 'unknown';
    }
  }
}
