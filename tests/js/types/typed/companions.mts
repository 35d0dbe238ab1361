// Compiled, never run: the declared features hold in tests, in observed gates and under the devtools.
import { createPlangate } from 'plangate';
import { devtools } from 'plangate/devtools';
import { observe } from 'plangate/telemetry';
import { createTestPlangate, entitlement, metered } from 'plangate/testing';

const test = await createTestPlangate({
  features: {
    sso: true,
    'storage-quota': { limitGB: 5, tier: 'basic' },
    'api-calls': [metered({ limit: 5, used: 1 }), entitlement({ endsIn: 1000 })],
  },
});
export const gigabytes: number = test.value('storage-quota', 'limitGB', 1);
await test.test.set({ sso: false, 'storage-quota': null });
// @ts-expect-error -- not a feature
await createTestPlangate({ features: { ssso: true } });
// @ts-expect-error -- the field holds a number
await test.test.set({ 'storage-quota': { limitGB: '5', tier: 'basic' } });
// @ts-expect-error -- not one of the ways to say a feature
await test.test.set({ sso: 7 });

const gate = await createPlangate({ url: '/entitlements', ...devtools({ allow: true }).options });
export const observed: typeof gate = devtools().connect(observe(gate, { sink: (event) => event.name, sample: 0.5 }));
// @ts-expect-error -- not a feature
observed.hasFeature('ssso');
// @ts-expect-error -- no such option
observe(gate, { rate: 0.5 });
