import { createPlangate } from 'plangate';
import { definePlanGate } from 'plangate/element';
import type { PlanGateElement } from 'plangate/element';

const list = (customer: string, ...keys: string[]) => ({
  plangate: 1,
  customer,
  source: 'test',
  asOf: Date.now(),
  entitlements: keys.map((featureKey) => ({ id: featureKey, featureKey })),
});

let keys: string[] = [];
const gate = createPlangate({
  url: '/unused',
  fetch: async () => Response.json(list('cus_1', ...keys)),
  bootstrap: list('cus_1'),
});

const events: unknown[] = [];
addEventListener('plangate-access', ({ target, detail }: CustomEventInit & Event) =>
  events.push([(target as HTMLElement).id, detail]),
);

// What the tests do from outside.
Object.assign(globalThis, {
  events,
  begin: () => definePlanGate(gate),
  /** As template libraries do: the property is set while the element is none yet. */
  async ownBefore(id: string, ...granted: string[]) {
    const own = await createPlangate({ bootstrap: list('cus_2', ...granted) });
    Object.assign(document.getElementById(id)!, { gate: own });
  },
  async grant(...granted: string[]) {
    keys = granted;
    // The first one may join a request that has been answered before.
    await (await gate).refresh();
    await (await gate).refresh();
  },
  async own(id: string, ...granted: string[]) {
    const element = document.getElementById(id) as PlanGateElement;
    element.gate = await createPlangate({ bootstrap: list('cus_2', ...granted) });
  },
});
