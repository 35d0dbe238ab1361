// A user's test in CommonJS.
/* eslint-disable @typescript-eslint/no-require-imports */
const { createTestPlangate } = require('plangate/testing');

test('a plan is downgraded', async () => {
  const gate = await createTestPlangate({ features: { sso: true } });
  expect(gate.check('sso').reason).toBe('GRANTED');
  await gate.test.downgrade({});
  expect(gate.hasFeature('sso')).toBe(false);
});
