// The examples of webhooks: deliveries signed as the billing systems sign them, believed or not.
import { expect, test } from 'vitest';

import { run } from './program.js';

const PAGE = 'docs/webhooks.md';
const SECRET = 'whsec_dGhlIHNlY3JldCBvZiB0aGlzIHRlc3Q=';
const env = { STRIPE_WEBHOOK_SECRET: SECRET };
const given = `import { constructTestWebhook, keepIn, memory, webhookReceiver } from 'plangate/server';
  globalThis.store = memory();
  globalThis.SECRET = '${SECRET}';
  globalThis.hooks = webhookReceiver({ provider: 'stripe', secrets: SECRET, keep: keepIn(store) });
  globalThis.construct = (more) => constructTestWebhook({ provider: 'stripe', secret: SECRET, customer: 'cus_1', ...more });`;

test('docs/webhooks.md: receives', async () => {
  const after = `const waiting = async () => (await store.pending()).map(({ customer }) => customer);
    const status = async (more) => (await POST(await construct(more))).status;
    const told = [await status({ eventId: 'evt_1' }), await waiting(), await status({ eventId: 'evt_1' })];
    told.push(await status({ secret: 'whsec_b3RoZXI=' , customer: 'cus_2' }), await waiting(), hooks.counts());
    console.log(JSON.stringify(told));`;
  const told = (await run(PAGE, 'export const POST', { before: given, after, env })) as unknown[];
  expect(told.slice(0, 5)).toEqual([200, ['cus_1'], 200, 400, ['cus_1']]);
  expect(told[5]).toMatchObject({ outcomes: { kept: 1, duplicate: 1 }, refused: { WRONG_SIGNATURE: 1 } });
});

test.each([
  ['genuine', 'construct()', 'believed'],
  ['forged', "construct({ secret: 'whsec_b3RoZXI=' })", 'WRONG_SIGNATURE'],
  ['too old', 'construct({ timestamp: 1000 })', 'TOO_OLD'],
])('docs/webhooks.md: verifies a delivery of Stripe: %s', async (_, delivery, expected) => {
  const before = `${given} globalThis.request = await ${delivery}; globalThis.secrets = [SECRET];
    process.on('uncaughtException', ({ code }) => { console.log(JSON.stringify(code)); process.exit(0); });`;
  // One request is of one provider: each line in its own test.
  const replace = { 'await verifySvix(': '(() => {})(' };
  const after = `console.log(JSON.stringify('believed'));`;
  expect(await run(PAGE, 'verifySvix', { before, after, replace })).toBe(expected);
});

test.each([
  ['genuine', '{}', 'believed'],
  ['forged', "{ secret: 'whsec_b3RoZXI=' }", 'WRONG_SIGNATURE'],
])('docs/webhooks.md: verifies a delivery of Paygentic: %s', async (_, more, expected) => {
  const before = `${given} globalThis.request = await construct({ provider: 'paygentic', ...${more} }); globalThis.secrets = [SECRET];
    process.on('uncaughtException', ({ code }) => { console.log(JSON.stringify(code)); process.exit(0); });`;
  const replace = { 'await verifyStripe(': '(() => {})(' };
  const after = `console.log(JSON.stringify('believed'));`;
  expect(await run(PAGE, 'verifySvix', { before, after, replace })).toBe(expected);
});

test('docs/webhooks.md: a test of your endpoint', async () => {
  const after = `console.log(JSON.stringify([response.status, (await store.pending()).map(({ customer }) => customer)]));`;
  expect(await run(PAGE, 'const response = await hooks.handle', { before: given, after, env })).toEqual([
    200,
    ['cus_1'],
  ]);
});

test('docs/operate.md: prints the audit', async () => {
  const before = `import { open } from '../../../tests/docs/shop.mjs';
    import { constructTestWebhook, memory } from 'plangate/server';
    const { plans, until } = await import('../../../tests/docs/shop.mjs');
    globalThis.store = memory();
    const webhookSecret = '${SECRET}';
    const server = await open({ store, webhookSecret });
    plans.cus_1 = [];
    await server.for('cus_1');
    plans.cus_1 = [{ id: 'e1', featureKey: 'reports' }];
    const hook = { provider: 'stripe', secret: webhookSecret, customer: 'cus_1', eventId: 'evt_9', url: 'http://localhost/webhooks/stripe' };
    await server.handle(await constructTestWebhook(hook));
    await until(async () => (await store.listAudit({ customer: 'cus_1' })).length > 0);
    globalThis.lines = []; globalThis.print = console.log; console.log = (...words) => lines.push(words.join(' '));`;
  const lines = (await run('docs/operate.md', 'listAudit', {
    before,
    after: 'print(JSON.stringify(lines));',
  })) as string[];
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z granted reports .*evt_9$/);
});
