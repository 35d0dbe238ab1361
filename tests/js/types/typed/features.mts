// Compiled, never run: what a declaration of features allows and refuses. `@ts-expect-error` fails where nothing is wrong.
import { createPlangate } from 'plangate';
import type { PlangateOptions } from 'plangate';

declare module 'plangate' {
  interface PlangateFeatures {
    sso: true;
    'storage-quota': { limitGB: number; tier: 'basic' | 'fast'; burst?: number };
    'api-calls': { perMinute: number | 'unlimited' };
  }
}

const gate = await createPlangate({ url: '/entitlements' });

export const has: boolean = gate.hasFeature('sso');
// @ts-expect-error -- not a feature
gate.hasFeature('ssso');
// @ts-expect-error -- not a feature
gate.check('ssso');
// @ts-expect-error -- not a feature
gate.unlocks(['sso', 'ssso']);
// @ts-expect-error -- not a feature
gate.explain('ssso');

export const gigabytes: number = gate.value('storage-quota', 'limitGB', 5);
export const tier: 'basic' | 'fast' = gate.value('storage-quota', 'tier', 'basic');
export const burst: number = gate.value('storage-quota', 'burst', 0);
export const rate: number | 'unlimited' = gate.value('api-calls', 'perMinute', 1);
// @ts-expect-error -- not a field
gate.value('storage-quota', 'limitMB', 5);
// @ts-expect-error -- the field holds a number
gate.value('storage-quota', 'limitGB', '5');
// @ts-expect-error -- not one of the tiers
gate.value('storage-quota', 'tier', 'slow');

export const config: { readonly limitGB: number } | null = gate.config('storage-quota');
// @ts-expect-error -- config can be null
gate.config('storage-quota').limitGB;
// @ts-expect-error -- config is frozen
gate.config('storage-quota')!.limitGB = 9;
export const decided: number | undefined = gate.check('storage-quota').config?.limitGB;

gate.limit('storage-quota', 'limitGB', { used: 1, requested: 2 });
gate.limit('api-calls', { requested: 5 });
gate.limit('api-calls');
// @ts-expect-error -- not a field
gate.limit('storage-quota', 'limitMB');
// @ts-expect-error -- amounts are numbers
gate.limit('storage-quota', 'limitGB', { used: '1' });

gate.unlocks({ key: 'storage-quota', field: 'limitGB', atLeast: 100, currency: 'eur' });

gate.on('change', ({ granted, revoked, configChanged }) => [granted.length, revoked.length, configChanged[0]?.field]);
gate.on('error', (error) => error.code === 'HTTP_STATUS' && error.status === 401);
// @ts-expect-error -- no such event
gate.on('changed', () => {});
// @ts-expect-error -- no such code
gate.on('error', (error) => error.code === 'HTTP');

{
  using scoped = gate;
  scoped.getVersion();
}

export const options: PlangateOptions[] = [
  { bootstrap: '{}', staleAfter: 1, onExpired: { sso: 'keep' }, merge: { 'storage-quota': { limitGB: 'sum' } } },
  // @ts-expect-error -- no such policy
  { bootstrap: '{}', merge: { 'storage-quota': { limitGB: 'avg' } } },
  // @ts-expect-error -- no such option
  { url: '/e', timeout: 5 },
];
