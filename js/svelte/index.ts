// plangate/svelte: answers that are reactive by themselves in components (`.current`), and stores as well (`$answer`).
import { getContext, onMount, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';

import type { PlangateClient, UnlockQuestion } from '../client/api.js';
import { gateNow, watch } from '../client/coming.js';
import type { Coming } from '../client/coming.js';
import type { ConfigOf, FeatureKey, FieldOf } from '../client/features.js';
import { accessOf, NO_VIEW, renderedOf, steady } from '../client/view.js';
import type { Access, View } from '../client/view.js';
import type { Decision, LimitQuery, LimitResult, Unlock } from '../engine/types.js';

/** An answer: `answer.current` in markup, $derived and $effect; `$answer` as a store. */
export interface Answer<T> {
  readonly current: T;
  /** Svelte's store contract: called at once, and whenever the answer is another one. */
  subscribe(run: (value: T) => void): () => void;
}

/** A value, or a function of it where it changes. */
export type Given<T> = T | (() => T);

/** What setPlangate() shares with the components below. */
class Store {
  readonly #coming: Coming;
  readonly #listeners = new Set<() => void>();
  #hydrated = false;

  constructor(coming: Coming) {
    this.#coming = coming;
  }

  get gate(): PlangateClient | undefined {
    return gateNow(this.#coming);
  }

  /** Until the root is mounted: what the server rendered. */
  get view(): View {
    const view = this.gate ?? NO_VIEW;
    return this.#hydrated ? view : renderedOf(view);
  }

  hydrated(): void {
    this.#hydrated = true;
    this.#listeners.forEach((listener) => listener());
  }

  listen(listener: () => void): () => void {
    const stop = watch(this.#coming, listener);
    this.#listeners.add(listener);
    return () => {
      stop();
      this.#listeners.delete(listener);
    };
  }
}

const CONTEXT = Symbol('plangate');

/**
 * Gives the client, or the promise of createPlangate(), to this component and those below. Call it while the root component
 * is set up. The client belongs to the application, which disposes of it.
 */
export function setPlangate(gate: Coming): void {
  const store = setContext(CONTEXT, new Store(gate));
  onMount(() => store.hydrated());
}

/**
 * What setPlangate() sets, for a component that is mounted alone: `mount(Panel, { target, context: plangateContext(gate) })`.
 * Nothing was rendered before it: its first answers are those of now.
 */
export function plangateContext(gate: Coming): Map<unknown, unknown> {
  const store = new Store(gate);
  store.hydrated();
  return new Map([[CONTEXT, store]]);
}

function useStore(): Store {
  const store = getContext<Store | undefined>(CONTEXT);
  if (!store) throw new Error('plangate: call setPlangate(gate) in a component above');
  return store;
}

function useAnswer<T>(read: (view: View) => T): Answer<T> {
  const store = useStore();
  const answer = steady(() => read(store.view));
  /** Calls back only when the answer is another one. */
  const onAnswer = (listener: (value: T) => void): (() => void) => {
    let last = answer();
    return store.listen(() => {
      const next = answer();
      if (next !== last) listener((last = next));
    });
  };
  const track = createSubscriber((update) => onAnswer(update));
  return {
    get current() {
      track();
      return answer();
    },
    subscribe(run) {
      run(answer());
      return onAnswer(run);
    },
  };
}

const valueOf = <T extends string | number | object | null | undefined>(given: Given<T>): T =>
  typeof given === 'function' ? given() : given;

/** The client, to refresh or to change the customer; undefined while it is being made. */
export function usePlangate(): { readonly current: PlangateClient | undefined } {
  const store = useStore();
  const track = createSubscriber((update) => store.listen(update));
  return {
    get current() {
      track();
      return store.gate;
    },
  };
}

/** May the customer use the feature. */
export const useFeature = (key: Given<FeatureKey>): Answer<boolean> =>
  useAnswer((view) => view.hasFeature(valueOf(key)));

/** `allowed`, `denied`, or `loading` while the first list is on its way: for `{#if}`. */
export const useAccess = (key: Given<FeatureKey>): Answer<Access> => useAnswer((view) => accessOf(view, valueOf(key)));

/** The decision with its reason, config and dates. */
export const useDecision = <K extends FeatureKey>(
  key: Given<K>,
  options?: { product?: string | undefined },
): Answer<Decision<ConfigOf<K>>> => useAnswer((view) => view.check(valueOf<K>(key), options));

/** May so much more be used. Without a field: of the metered balance. */
export const useLimit = <K extends FeatureKey>(
  key: Given<K>,
  field?: FieldOf<K> | null,
  query?: Given<LimitQuery>,
): Answer<LimitResult> => useAnswer((view) => view.limit(valueOf<K>(key), field, valueOf(query)));

/** The products that would grant it, cheapest first. */
export const useUnlocks = (question: Given<UnlockQuestion>): Answer<readonly Unlock[]> =>
  useAnswer((view) => view.unlocks(valueOf(question as Given<UnlockQuestion & object>)));
