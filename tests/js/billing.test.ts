// The billing ledger as TypeScript sees it. What it decides is in tests/spec/billing.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';

import { BillingEngine, BillingError } from '../../js/engine/billing.js';
import type { Feature, Subscription } from '../../js/engine/billing.js';
import createModule from '../../js/engine/generated/glue-billing.js';
import { loadEngineModule } from '../../js/engine/module.js';
import { wasmSource } from '../../js/engine/source.js';

const wasm = readFileSync(new URL('../../js/engine/generated/plangate-billing.wasm', import.meta.url));
const source = wasmSource(createModule, () => wasm, {});
const NOW = Date.UTC(2024, 0, 31);

const engines: BillingEngine[] = [];

async function ledger(): Promise<BillingEngine> {
  const made = new BillingEngine(await loadEngineModule(source));
  engines.push(made);
  return made;
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

/** A ledger with one subscription, on trial for a week. */
async function shop(): Promise<BillingEngine> {
  const engine = await ledger();
  engine.apply({ do: 'feature.create', id: 'feat_1', key: 'sso', name: 'Ünïcode ✓' }, NOW);
  engine.apply({ do: 'product.create', id: 'prod_1', name: 'Pro' }, NOW);
  engine.apply(
    { do: 'price.create', id: 'price_1', product: 'prod_1', currency: 'usd', unitAmount: 0, interval: 'month' },
    NOW,
  );
  engine.apply({ do: 'attachment.create', id: 'att_1', feature: 'feat_1', product: 'prod_1' }, NOW);
  engine.apply({ do: 'customer.create', id: 'cus_1' }, NOW);
  const made = engine.apply<Subscription>(
    {
      do: 'subscription.create',
      id: 'sub_1',
      customer: 'cus_1',
      items: [{ id: 'si_1', price: 'price_1' }],
      trialDays: 7,
    },
    NOW,
  );
  expect(made.ok && made.result.status).toBe('trialing');
  return engine;
}

test('a command answers its object, the changes, and when something happens by itself', async () => {
  const engine = await shop();
  const week = NOW + 7 * 86_400_000;
  expect(engine.nextAt()).toBe(week);
  expect(engine.advance(week).changes.map(({ kind }) => kind)).toEqual(['subscription.trialEnded']);
  const canceled = engine.apply({ do: 'subscription.cancel', id: 'sub_1' }, week);
  expect(canceled.nextAt).toBeNull();
  expect(engine.nextAt()).toBe(Infinity);
  expect(canceled.changes).toContainEqual({
    at: week,
    kind: 'activeEntitlements.changed',
    customer: 'cus_1',
    granted: [],
    revoked: ['feat_1'],
  });
});

test('a refused command is an answer, and tells what time did meanwhile', async () => {
  const engine = await shop();
  const refused = engine.apply({ do: 'customer.create', id: 'cus_1' }, NOW + 8 * 86_400_000);
  expect(refused).toMatchObject({ ok: false, error: { code: 'ID_TAKEN', param: 'id' } });
  expect(refused.changes).toHaveLength(1);
});

test('questions are answered typed; a refused one throws', async () => {
  const engine = await shop();
  expect(engine.get('feature', 'feat_1').name).toBe('Ünïcode ✓');
  expect(engine.list('entitlements', { customer: 'cus_1' }).data[0]).toMatchObject({
    featureKey: 'sso',
    hasAccess: true,
  });
  expect(engine.list('activeEntitlements', { customer: 'cus_1', at: NOW - 1 }).total).toBe(0);
  const [first] = engine.list('activeEntitlements', { customer: 'cus_1' }, { limit: 1 }).data;
  expect(engine.get('activeEntitlement', first!.id, NOW + 1).feature.id).toBe('feat_1');
  expect(() => engine.get('price', 'price_9')).toThrow(BillingError);
  expect(() => engine.list('features', {}, { limit: 0 })).toThrow(
    expect.objectContaining({ code: 'INVALID_MEMBER', param: 'limit' }),
  );
});

test('a journal makes the same ledger again', async () => {
  const engine = await ledger();
  const again = await ledger();
  const commands = [
    '{"do":"feature.create","id":"feat_1","key":"a","name":"a"}',
    '{"do":"feature.update","id":"feat_1","active":false}',
  ];
  for (const command of commands) {
    expect(engine.applyText<Feature>(command, NOW).ok).toBe(true);
    again.applyText(command, NOW);
  }
  expect(again.query({ query: 'state' })).toEqual(engine.query({ query: 'state' }));
  again.apply({ do: 'feature.create', id: 'feat_2', key: 'a', name: 'b' }, NOW);
  expect(again.query({ query: 'state' })).not.toEqual(engine.query({ query: 'state' }));
});

test('what is no moment is refused', async () => {
  const engine = await ledger();
  for (const now of [NaN, Infinity, -1, 9e15]) {
    expect(engine.advance(now)).toMatchObject({ ok: false, error: { code: 'INVALID_MEMBER', param: 'now' } });
  }
});

test('a disposed ledger says so', async () => {
  const engine = await ledger();
  engine.dispose();
  engine.dispose();
  expect(() => engine.nextAt()).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
});
