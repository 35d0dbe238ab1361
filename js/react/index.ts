'use client';

// plangate/react: hooks and components over one client. Answers are read while rendering, so that no component ever shows those
// of another key or customer; a component renders again only when an answer that it reads is another one.
import { createContext, createElement, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';

import type { PlangateClient, UnlockQuestion } from '../client/api.js';
import type { ConfigOf, FeatureKey, FieldOf } from '../client/features.js';
import { accessOf, listen, NO_VIEW, renderedOf, steady } from '../client/view.js';
import type { View } from '../client/view.js';
import type { Decision, LimitQuery, LimitResult, Unlock } from '../engine/types.js';
import { gateNow, onGate } from '../client/coming.js';
import type { Coming } from '../client/coming.js';

const Context = createContext<PlangateClient | null | undefined>(null);

/** Props of PlangateProvider. */
export interface PlangateProviderProps {
  /** The client, or the promise of createPlangate(): until it is there everything denies, and Gate shows `loading`. */
  readonly gate: Coming;
  /** While the promise is under way, suspend: the nearest <Suspense> shows its fallback. */
  readonly suspense?: boolean;
  readonly children?: ReactNode;
}

/** Gives a client to the components below. It belongs to the application, which makes it and disposes of it. */
export function PlangateProvider({ gate, suspense = false, children }: PlangateProviderProps): ReactNode {
  const subscribe = useCallback((listener: () => void) => onGate(gate, listener), [gate]);
  const now = (): PlangateClient | undefined => gateNow(gate);
  const client = useSyncExternalStore(subscribe, now, now);
  if (!client && suspense) throw gate as PromiseLike<PlangateClient>;
  return createElement(Context.Provider, { value: client }, children);
}

/** The client of the nearest provider, to refresh or to change the customer; undefined while it is being made. */
export function usePlangate(): PlangateClient | undefined {
  const gate = useContext(Context);
  if (gate === null) throw new Error('plangate: there is no <PlangateProvider> above this component');
  return gate;
}

/** Reads an answer; renders again when it is another one. Hydrates with the answer that the server rendered. */
function useAnswer<T>(read: (view: View) => T, asked: readonly unknown[]): T {
  const gate = usePlangate();
  const subscribe = useCallback((listener: () => void) => (gate ? listen(gate, listener) : () => {}), [gate]);
  const [now, rendered] = useMemo(() => {
    const view: View = gate ?? NO_VIEW;
    return [steady(() => read(view)), steady(() => read(renderedOf(view)))] as const;
    // The question is what was asked, not the function that asks it.
  }, [gate, ...asked]);
  return useSyncExternalStore(subscribe, now, rendered);
}

/** May the customer use the feature. */
export const useFeature = (key: FeatureKey): boolean => useAnswer((view) => view.hasFeature(key), [key]);

/** The same with its reason, config and dates. */
export function useDecision<K extends FeatureKey>(
  key: K,
  { product }: { product?: string } = {},
): Decision<ConfigOf<K>> {
  return useAnswer((view) => view.check(key, { product }), [key, product]);
}

/** May so much more be used. Without a field: of the metered balance. */
export function useLimit<K extends FeatureKey>(key: K, field?: FieldOf<K> | null, query: LimitQuery = {}): LimitResult {
  const { used, requested, product } = query;
  return useAnswer((view) => view.limit(key, field, query), [key, field, used, requested, product]);
}

/** The products that would grant it, cheapest first. */
export function useUnlocks(question: UnlockQuestion): readonly Unlock[] {
  return useAnswer((view) => view.unlocks(question), [JSON.stringify(question)]);
}

/** Props of Gate. */
export interface GateProps {
  readonly feature: FeatureKey;
  /** Only entitlements of this product. */
  readonly product?: string;
  /** Instead of the children while the feature is denied. */
  readonly fallback?: ReactNode;
  /** While the first list is on its way; nothing unless told, so that nobody sees a lock that is not there. */
  readonly loading?: ReactNode;
  readonly children?: ReactNode;
}

/** Shows its children to customers that have the feature. What is hidden is not in the page at all. */
export function Gate({ feature, product, fallback = null, loading = null, children = null }: GateProps): ReactNode {
  const access = useAnswer((view) => accessOf(view, feature, product), [feature, product]);
  return access === 'allowed' ? children : access === 'denied' ? fallback : loading;
}

/** What an upgrade prompt can say. */
export interface Upgrade {
  readonly decision: Decision;
  /** The products that would grant it, cheapest first; empty: none that is for sale. */
  readonly unlocks: readonly Unlock[];
  readonly cheapest: Unlock | undefined;
}

/** Props of UpgradePrompt. */
export interface UpgradePromptProps {
  readonly feature: FeatureKey;
  /** With `field`: prompts when the customer's limit is below `atLeast`. */
  readonly field?: string;
  readonly atLeast?: number;
  /** Only prices in this currency. */
  readonly currency?: string;
  readonly children: (upgrade: Upgrade) => ReactNode;
}

/** Renders its function when the feature, or so much of it, is missing; markup and words are the application's. */
export function UpgradePrompt({ feature, field, atLeast, currency, children }: UpgradePromptProps): ReactNode {
  const decision = useDecision(feature);
  const needed = useAnswer(
    (view) =>
      accessOf(view, feature) === 'denied' ||
      (field !== undefined &&
        decision.allowed &&
        !view.limit(feature, field as never, { used: 0, requested: atLeast }).allowed),
    [feature, field, atLeast, decision.allowed],
  );
  const unlocks = useUnlocks({ key: feature, field, atLeast, currency });
  return needed ? children({ decision, unlocks, cheapest: unlocks[0] }) : null;
}
