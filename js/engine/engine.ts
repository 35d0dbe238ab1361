import type { Binding, EngineHandle, SnapshotHandle } from './binding.js';
import { disposeSymbol } from './dispose.js';
import { PlangateError } from './errors.js';
import type { ErrorDetails, PlangateErrorCode } from './errors.js';
import type { EngineModule } from './module.js';
import type { Diff, EngineOptions, Format, LimitQuery, LimitResult, LoadRequest } from './types.js';
import type { SnapshotInfo, Unlock, UnlockQuery, Warning } from './types.js';

/** All decisions of a snapshot at one moment, one byte per name; a copy, owned by JavaScript. */
export interface Table {
  /** Bit 0 allowed, bits 1-5 reason, bit 6 fallback, bit 7 stale; indexed by name id. */
  readonly decisions: Uint8Array;
  /** The next moment (ms) at which time alone changes any of them; Infinity: never. */
  readonly nextChangeAt: number;
  /** When this differs from before, `names()` must be read again. */
  readonly namesGeneration: number;
}

// A net for engines that were dropped without dispose(): one that leaks costs the page memory until it closes.
const net =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<[EngineModule, EngineHandle]>(([module, handle]) =>
        destroy(module, handle),
      )
    : undefined;

function destroy(module: EngineModule, handle: EngineHandle): void {
  if (module.failure) return;
  try {
    module.binding.destroy(handle);
  } catch (cause) {
    module.poison(cause);
  }
}

/** The number, or what stands for "not a number": the core refuses negative amounts. */
const numberOr = (value: unknown, otherwise: number): number =>
  Number.isFinite(value) ? (value as number) : otherwise;

/**
 * The core's engine: holds snapshots and answers every question about them. It reads no clock: `now` is ms since epoch.
 * Throws PlangateError: a refused input has the core's code, a trap is ENGINE_FAILED.
 */
export class Engine {
  /** Set when made: bundlers keep classes whose body has computed names, used or not. */
  declare readonly [disposeSymbol]: () => void;
  #module: EngineModule;
  #handle: EngineHandle;

  constructor(module: EngineModule) {
    this[disposeSymbol] = () => this.dispose();
    this.#module = module;
    this.#handle = this.#run((b) => b.create());
    if (!this.#handle) throw module.poison('out of memory');
    net?.register(this, [module, this.#handle], this);
  }

  /** Sets options of the rules; those not named keep their value. All or nothing. */
  configure(options: EngineOptions): void {
    const json = JSON.stringify(options);
    this.call((b, e) => {
      if (!b.configure(e, json)) throw this.refusal(b, e);
    });
  }

  /**
   * Reads the pages of one whole list. With `replaces`, another customer's, mode's or source's list and an older one are
   * refused; the replaced snapshot stays until it is released.
   */
  load(
    format: Format,
    pages: readonly Uint8Array[],
    request: LoadRequest = {},
    replaces: SnapshotHandle = 0,
  ): SnapshotHandle {
    const json = JSON.stringify(request);
    return this.call((b, e) => {
      this.write(b, e, pages);
      const snapshot = b.load(e, format, json, replaces);
      if (!snapshot) throw this.refusal(b, e);
      return snapshot;
    });
  }

  /** Lets go of a snapshot. Questions about it are answered as for none. */
  release(snapshot: SnapshotHandle): void {
    this.call((b, e) => b.release(e, snapshot));
  }

  /** Rows closed or dropped by the last load(). */
  warnings(): Warning[] {
    return this.call((b, e) => JSON.parse(b.warnings(e)) as Warning[]);
  }

  /** All decisions of a snapshot at `now`. */
  table(snapshot: SnapshotHandle, now: number): Table {
    return this.call((b, e) => {
      const at = b.table(e, snapshot, now);
      const { buffer } = b.HEAPU8;
      const header = new DataView(buffer, at, 16);
      const count = header.getUint32(12, true);
      return {
        nextChangeAt: header.getFloat64(0, true),
        namesGeneration: header.getUint32(8, true),
        decisions: new Uint8Array(buffer.slice(at + 16, at + 16 + count)),
      };
    });
  }

  /** Every name the engine knows, with its place in the table. */
  names(): Map<string, number> {
    const names = new Map<string, number>();
    // An object's keys, unlike texts in a list, are the very strings that the application's literals are: found sooner.
    const ids = this.json<Record<string, number>>((b, e) => b.names(e));
    for (const name of Object.keys(ids)) names.set(name, ids[name]!);
    return names;
  }

  /** One decision byte, by name id: for servers that hold many customers. */
  decide(snapshot: SnapshotHandle, nameId: number, now: number): number {
    return this.call((b, e) => b.decide(e, snapshot, nameId, now));
  }

  /** One decision in full, as JSON text. */
  check(snapshot: SnapshotHandle, key: string, now: number, product = ''): string {
    return this.call((b, e) => b.check(e, snapshot, key, now, product));
  }

  /** Whether so much more may be used; an empty field asks for the metered balance. */
  limit(snapshot: SnapshotHandle, key: string, field: string, query: LimitQuery, now: number): LimitResult {
    const { used, requested = 1, product = '' } = query;
    // NaN means "not given" to the binding; a caller's own NaN or null must be refused, not taken for that.
    const given = used === undefined ? NaN : numberOr(used, -1);
    return this.json((b, e) => b.limit(e, snapshot, key, field, given, numberOr(requested, -1), now, product));
  }

  /** What differs between one snapshot and moment and another; either snapshot may be 0. */
  diff(before: SnapshotHandle, beforeNow: number, after: SnapshotHandle, afterNow: number): Diff {
    return this.json((b, e) => b.diff(e, before, beforeNow, after, afterNow));
  }

  /** Products that would grant what is asked, cheapest first. */
  unlocks(snapshot: SnapshotHandle, query: UnlockQuery): Unlock[] {
    const json = JSON.stringify(query);
    return this.json((b, e) => {
      const unlocks = b.unlocks(e, snapshot, json);
      if (!unlocks) throw this.refusal(b, e);
      return unlocks;
    });
  }

  /** The snapshot as JSON text (docs/wire-format.md); empty for none. */
  encode(snapshot: SnapshotHandle, withCatalogue = true): string {
    return this.call((b, e) => b.encode(e, snapshot, withCatalogue));
  }

  /** Facts of a held snapshot. */
  info(snapshot: SnapshotHandle): SnapshotInfo | undefined {
    const text = this.call((b, e) => b.info(e, snapshot));
    return text ? (JSON.parse(text) as SnapshotInfo) : undefined;
  }

  /** Frees the engine and all it holds. Safe to call again. */
  dispose(): void {
    if (!this.#handle) return;
    net?.unregister(this);
    destroy(this.#module, this.#handle);
    this.#handle = 0;
  }

  /** For subclasses: the same, of an answer in JSON. */
  protected json<T>(question: (b: Binding, e: EngineHandle) => string): T {
    return JSON.parse(this.call(question)) as T;
  }

  /** For subclasses: runs a question on this engine. */
  protected call<T>(question: (b: Binding, e: EngineHandle) => T): T {
    if (!this.#handle) throw new PlangateError('DISPOSED', 'disposed');
    return this.#run(question);
  }

  /** Runs a question; whatever is not one of our own errors is a trap. */
  #run<T>(question: (b: Binding, e: EngineHandle) => T): T {
    const module = this.#module;
    if (module.failure) throw module.failure;
    try {
      return question(module.binding, this.#handle);
    } catch (thrown) {
      throw thrown instanceof PlangateError ? thrown : module.poison(thrown);
    }
  }

  /** For subclasses: what the core refused, where, and why. */
  protected refusal(b: Binding, e: EngineHandle): PlangateError {
    const { code, message, ...where } = JSON.parse(b.error(e)) as {
      code: PlangateErrorCode;
      message: string;
    } & ErrorDetails;
    // Whoever reads the message alone must see what it is about.
    return new PlangateError(code, where.pointer ? `${where.pointer}: ${message}` : message, where);
  }

  /** Writes `u32 count, u32 lengths, bytes` where the engine says. */
  protected write(b: Binding, e: EngineHandle, pages: readonly Uint8Array[]): void {
    let at = 4 + 4 * pages.length;
    const base = b.input(
      e,
      pages.reduce((size, page) => size + page.length, at),
    );
    if (!base) throw this.refusal(b, e);
    const heap = b.HEAPU8;
    const header = new DataView(heap.buffer, base);
    header.setUint32(0, pages.length, true);
    pages.forEach((page, i) => {
      header.setUint32(4 + 4 * i, page.length, true);
      heap.set(page, base + at);
      at += page.length;
    });
  }
}
