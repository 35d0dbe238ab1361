import { defineComponent, h } from 'vue';
import { Gate, useDecision, useLimit, useUnlocks } from 'plangate/vue';

export const Page = defineComponent(() => {
  const decision = useDecision('trial');
  const limit = useLimit('storage', 'limitGB', { used: 1 });
  const unlocks = useUnlocks('reports');
  return () => [
    h(
      Gate,
      { feature: 'trial' },
      { default: () => h('b', 'trial runs'), fallback: () => h('i', 'trial over'), loading: () => 'loading' },
    ),
    h('p', `${decision.value.reason}, ${limit.value.remaining} left, ${unlocks.value.map(({ name }) => name).join()}`),
  ];
});
