// An engine that stops in the middle of a question: one answer is lost, no customer is, and nothing is granted meanwhile.
import { expect, test } from 'vitest';

import { PlangateError } from '../../js/engine/errors.js';
import { makeEngine } from './engine.js';
import { ask, Billing, CATALOGUE, makeServer } from './harness.js';

/** Engines of which the first stops when told to, as one does that trapped: for good. */
function fragile() {
  const state = { stopped: false, made: 0 };
  const engines = async () => {
    const engine = await makeEngine();
    state.made += 1;
    if (state.made > 1) return engine;
    return new Proxy(engine, {
      get(target, name) {
        const value = (target as unknown as Record<PropertyKey, unknown>)[name];
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (state.stopped) throw new PlangateError('ENGINE_FAILED', 'The engine stopped: unreachable');
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  };
  return { state, engines };
}

test('a new engine takes over from the store', async () => {
  const { state, engines } = fragile();
  const billing = new Billing();
  billing.catalogue = CATALOGUE;
  billing.grant('cus_1', { id: 'e1', featureKey: 'reports' });
  const server = makeServer(billing, { engines });
  await server.ready();
  const gate = await server.for('cus_1');
  const require = server.requireFeature('reports');
  expect([gate.hasFeature('reports'), await require(ask('/', 'cus_1'))]).toEqual([true, null]);
  state.stopped = true;
  expect(gate.hasFeature('reports')).toBe(false);
  expect(await require(ask('/', 'cus_1'))).toBeNull();
  expect(gate.hasFeature('reports')).toBe(true);
  const denied = await require(ask('/', 'cus_2'));
  expect((await denied!.json()).unlocks).toMatchObject([{ productId: 'prod_pro' }]);
  expect([state.made, billing.calls]).toEqual([2, ['cus_1', 'cus_2']]);
  const metrics = await (await server.handle(ask('/metrics'))).text();
  expect(metrics).toContain('plangate_engine_restarts_total 1');
});
