// The development tools without their face: they change what a gate answers by, and say what it answered.
import type { PlangateClient, PlangateEvents } from '../client/api.js';
import { PlangateError } from '../client/errors.js';
import type { PlangateOptions } from '../client/options.js';
import { delegate } from '../telemetry/delegate.js';
import { onDecision, observe, recentDecisions } from '../telemetry/observe.js';
import type { ObserveOptions } from '../telemetry/observe.js';
import type { RecordedDecision } from '../telemetry/event.js';
import { ShiftedClock } from './clock.js';
import { keepChanges, NO_CHANGES, readChanges } from './session.js';
import type { Changes, Override } from './session.js';

/** How the tools are set up. */
export interface DevtoolsOptions {
  /**
   * May answers be changed here? Unless told: where the bundler or Node says that `process.env.NODE_ENV` is `development` or `test`,
   * and nowhere else. With Vite: `allow: import.meta.env.DEV`.
   */
  allow?: boolean;
  /** How answers are observed, as in plangate/telemetry; a sink hears them too. */
  observe?: ObserveOptions;
}

// Not Node's: a bundler puts the word in its place.
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** True only where a build says that it is one for development: what is not known is production. */
function isDevelopment(): boolean {
  try {
    // Spelled out: bundlers replace exactly this.
    return process.env.NODE_ENV === 'development' || process.env.NODE_ENV === 'test';
  } catch {
    return false;
  }
}

type ChangeListener = (event: PlangateEvents['change']) => void;

/** The tools of one client. */
export class Devtools {
  /** Overrides and time may be changed. */
  readonly allowed: boolean;
  readonly #clock = new ShiftedClock();
  readonly #observe: ObserveOptions;
  readonly #listeners = new Set<() => void>();
  readonly #changeListeners = new Set<ChangeListener>();
  #changes: Changes;
  #gate: PlangateClient | undefined;
  #observed: PlangateClient | undefined;
  #stop: (() => void)[] = [];

  constructor({ allow = isDevelopment(), observe: observing = {} }: DevtoolsOptions = {}) {
    this.allowed = allow;
    this.#observe = observing;
    this.#changes = allow ? readChanges() : NO_CHANGES;
    this.#clock.offset = this.#changes.offset;
  }

  /** What createPlangate() needs for the time to be moved: `createPlangate({ url, ...tools.options })`. */
  get options(): Pick<PlangateOptions, 'clock'> {
    return this.allowed ? { clock: this.#clock } : {};
  }

  /** The gate, unobserved: asking it is not recorded. */
  get gate(): PlangateClient | undefined {
    return this.#gate;
  }

  /** Features whose answer was changed here, by key. */
  get overrides(): Changes['overrides'] {
    return this.#changes.overrides;
  }

  /** ms that the client's clock is ahead of the device's. */
  get offset(): number {
    return this.#changes.offset;
  }

  /** The moment that is decided for, ms since 1970-01-01 UTC. */
  get now(): number {
    return this.#clock.now();
  }

  /** Takes a client and gives it back observed: use what is given back. What the tab kept is in force from here on. */
  connect<T extends PlangateClient>(gate: T): T {
    this.#stop.splice(0).forEach((stop) => stop());
    this.#gate = gate;
    const tools = delegate<T>(gate, {
      on: (name: keyof PlangateEvents, listener: (event: never) => void) => {
        const stop = gate.on(name, listener as never);
        if (name !== 'change') return stop;
        this.#changeListeners.add(listener as ChangeListener);
        return () => tools.off(name, listener as never);
      },
      off: (name: keyof PlangateEvents, listener: (event: never) => void) => {
        this.#changeListeners.delete(listener as ChangeListener);
        gate.off(name, listener as never);
      },
    });
    const observed = observe(tools, this.#observe);
    this.#observed = observed;
    this.#stop = [gate.subscribe(this.#tell), onDecision(observed, this.#tell)];
    this.#restore();
    this.#tell();
    return observed;
  }

  /** Answers that the application was given lately, oldest first. */
  recent(): readonly RecordedDecision[] {
    return this.#observed ? recentDecisions(this.#observed) : [];
  }

  /** Every key there is to show: of the list, its catalogue, the overrides, and those that were asked for; sorted. */
  keys(): string[] {
    // Our own format, as the core wrote it.
    const { entitlements, catalogue } = JSON.parse(this.#gate?.snapshot() ?? '{}') as {
      entitlements?: { featureKey: string }[];
      catalogue?: { features?: { key?: unknown }[] };
    };
    const keys = new Set([...Object.keys(this.overrides), ...this.recent().map(({ key }) => key)]);
    for (const { featureKey } of entitlements ?? []) keys.add(featureKey);
    for (const { key } of catalogue?.features ?? []) if (typeof key === 'string') keys.add(key);
    return [...keys].sort();
  }

  /**
   * Changes a feature's answer: on, off, on with a config; undefined: as the core decides. Throws NOT_ALLOWED, and INVALID_OPTION for
   * what the core refuses.
   */
  override(key: string, value: Override | undefined): void {
    const others = Object.fromEntries(Object.entries(this.overrides).filter(([name]) => name !== key));
    this.#override(value === undefined ? others : { ...others, [key]: value });
  }

  /** Decides for another moment: so many ms from now. Throws NOT_ALLOWED. */
  shift(offset: number): void {
    this.#demand();
    if (!Number.isFinite(offset)) throw new PlangateError('INVALID_OPTION', 'offset: expected ms');
    this.#clock.offset = offset;
    this.#gate?.configure({});
    this.#keep({ ...this.#changes, offset });
  }

  /** Back to what the core decides now. */
  reset(): void {
    if (!this.allowed) return;
    this.#override({});
    this.shift(0);
  }

  /** Calls back when there may be something else to show; the answer stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell = (): void => {
    for (const listener of this.#listeners) listener();
  };

  #demand(): void {
    if (this.allowed) return;
    throw new PlangateError('NOT_ALLOWED', 'answers may not be changed in a production build: see docs/devtools.md');
  }

  /** What an earlier page of the tab kept; what the core refuses is forgotten. */
  #restore(): void {
    if (!this.allowed) return;
    try {
      this.#gate!.configure({ overrides: this.overrides });
    } catch {
      this.#changes = { ...this.#changes, overrides: {} };
      this.#gate!.configure({ overrides: {} });
    }
  }

  #override(overrides: Changes['overrides']): void {
    this.#demand();
    const gate = this.#gate;
    const touched = [...new Set([...Object.keys(this.overrides), ...Object.keys(overrides)])];
    const before = touched.map((key) => gate?.hasFeature(key as never));
    gate?.configure({ overrides });
    const now = touched.map((key) => gate?.hasFeature(key as never));
    this.#keep({ ...this.#changes, overrides });
    // The core compares lists and moments; which answers its options changed, their listeners are told from the answers.
    const turned = (to: boolean): string[] => touched.filter((_, i) => now[i] === to && before[i] === !to);
    const diff = { granted: turned(true), revoked: turned(false), configChanged: [], usageChanged: [] };
    queueMicrotask(() => this.#announce(diff));
  }

  #announce(diff: PlangateEvents['change']): void {
    for (const listener of this.#changeListeners) {
      try {
        listener(diff);
      } catch (thrown) {
        console.error('plangate: a listener failed', thrown);
      }
    }
  }

  #keep(changes: Changes): void {
    this.#changes = changes;
    keepChanges(changes);
    this.#tell();
  }
}
