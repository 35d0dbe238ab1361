// The bindings know the declared features too (features.mts declares them).
import { Gate, useDecision, useFeature, useLimit } from 'plangate/react';
import { useDecision as answerOf, useFeature as isOn } from 'plangate/svelte';
import { useFeature as computedOf, useLimit as limitOf } from 'plangate/vue';

export const on: boolean = useFeature('sso');
export const gigabytes: number | undefined = useDecision('storage-quota').config?.limitGB;
useLimit('storage-quota', 'limitGB', { used: 1 });
Gate({ feature: 'sso' });
export const computed: boolean = computedOf(() => 'sso' as const).value;
limitOf('storage-quota', 'limitGB');
export const current: boolean = isOn(() => 'sso').current;
export const tier: 'basic' | 'fast' | undefined = answerOf('storage-quota').current.config?.tier;

// @ts-expect-error -- not a feature
useFeature('ssso');
// @ts-expect-error -- not a field
useLimit('storage-quota', 'limitMB');
// @ts-expect-error -- not a feature
Gate({ feature: 'ssso' });
// @ts-expect-error -- not a feature
computedOf('ssso');
// @ts-expect-error -- not a field
limitOf('storage-quota', 'limitMB');
// @ts-expect-error -- not a feature
isOn(() => 'ssso');
