// plangate/vue: a plugin, composables and a component over one client. Answers are computed values: what reads one is
// updated only when it is another one.
import { computed, defineComponent, getCurrentInstance, inject, onMounted, shallowRef, toValue } from 'vue';
import type { App, ComputedRef, InjectionKey, MaybeRefOrGetter, PropType, SlotsType } from 'vue';

import type { PlangateClient, UnlockQuestion } from '../client/api.js';
import { gateNow, watch } from '../client/coming.js';
import type { Coming } from '../client/coming.js';
import type { ConfigOf, FeatureKey, FieldOf } from '../client/features.js';
import { accessOf, NO_VIEW, renderedOf, steady } from '../client/view.js';
import type { View } from '../client/view.js';
import type { Decision, LimitQuery, LimitResult, Unlock } from '../engine/types.js';

interface Store {
  /** The client; undefined while it is being made. */
  gate(): PlangateClient | undefined;
  /** Makes what reads it depend on every change of the answers. */
  track(): void;
}

const STORE: InjectionKey<Store> = Symbol('plangate');

/** Options of the plugin. */
export interface PlangateVueOptions {
  /** The client, or the promise of createPlangate(). It belongs to the application, which disposes of it. */
  readonly gate: Coming;
}

/** The plugin: `app.use(plangate, { gate })`. */
export const plangate = {
  install(app: App, { gate: coming }: PlangateVueOptions): void {
    const version = shallowRef(0);
    app.provide(STORE, {
      gate: () => gateNow(coming),
      track: () => void version.value,
    });
    // A server renders once: what listens there would never stop.
    if (typeof document !== 'undefined') app.onUnmount(watch(coming, () => void version.value++));
  },
};

function useStore(): Store {
  const store = inject(STORE, null);
  if (!store) throw new Error('plangate: app.use(plangate, { gate }) is missing');
  return store;
}

/** The client, to refresh or to change the customer; undefined while it is being made. */
export function usePlangate(): ComputedRef<PlangateClient | undefined> {
  const store = useStore();
  return computed(() => (store.track(), store.gate()));
}

/** Reads an answer. While the component hydrates it is the one that the server rendered. */
function useAnswer<T>(read: (view: View) => T): ComputedRef<T> {
  const store = useStore();
  // Vue sets the element before setup only where it takes over markup of the server.
  const hydrating = shallowRef(!!getCurrentInstance()?.vnode.el);
  if (hydrating.value) onMounted(() => (hydrating.value = false));
  const answer = steady(() => {
    const gate = store.gate() ?? NO_VIEW;
    return read(hydrating.value ? renderedOf(gate) : gate);
  });
  return computed(() => (store.track(), answer()));
}

/** May the customer use the feature. */
export const useFeature = (key: MaybeRefOrGetter<FeatureKey>): ComputedRef<boolean> =>
  useAnswer((view) => view.hasFeature(toValue(key)));

/** The same with its reason, config and dates. */
export function useDecision<K extends FeatureKey>(
  key: MaybeRefOrGetter<K>,
  options?: MaybeRefOrGetter<{ product?: string | undefined }>,
): ComputedRef<Decision<ConfigOf<K>>> {
  return useAnswer((view) => view.check(toValue(key), toValue(options)));
}

/** May so much more be used. Without a field: of the metered balance. */
export function useLimit<K extends FeatureKey>(
  key: MaybeRefOrGetter<K>,
  field?: MaybeRefOrGetter<FieldOf<K> | null | undefined>,
  query?: MaybeRefOrGetter<LimitQuery>,
): ComputedRef<LimitResult> {
  return useAnswer((view) => view.limit(toValue(key), toValue(field), toValue(query)));
}

/** The products that would grant it, cheapest first. */
export const useUnlocks = (question: MaybeRefOrGetter<UnlockQuestion>): ComputedRef<readonly Unlock[]> =>
  useAnswer((view) => view.unlocks(toValue(question)));

/**
 * Renders the default slot to customers that have the feature, `fallback` while it is denied, `loading` while the first
 * list is on its way. What is hidden is not in the page at all. The slots are given the decision.
 */
export const Gate = defineComponent({
  name: 'PlangateGate',
  props: { feature: { type: String as PropType<FeatureKey>, required: true }, product: String },
  slots: Object as SlotsType<{ default: { decision: Decision }; fallback: { decision: Decision }; loading: object }>,
  setup(props, { slots }) {
    const access = useAnswer((view) => accessOf(view, props.feature, props.product));
    const decision = useDecision(
      () => props.feature,
      () => ({ product: props.product }),
    );
    return () => {
      if (access.value === 'loading') return slots.loading?.({});
      const given = { decision: decision.value };
      return access.value === 'allowed' ? slots.default?.(given) : slots.fallback?.(given);
    };
  },
});
