// How the product's backend sells by Paygentic: plans, subscriptions, and a trial that is a subscription with an end.
import { plansOf } from './plans.mjs';

/** How long a trial runs. */
const TRIAL_MS = 20_000;
const TRIAL_PLAN = 'plan_trial';

/** A shop on Paygentic. @param {import('plangate/provider').Provider} provider @param {() => number} now @returns {import('./plans.mjs').Shop} */
export function paygenticShop(provider, now) {
  const plans = plansOf('paygentic');
  const byPlan = new Map(plans.map((plan) => [plan.plan, plan]));

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async function ask(method, path, body) {
    const headers = { authorization: `Bearer ${provider.apiKey}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(path, provider.url), init);
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message ?? `Paygentic answered ${response.status}`);
    return answer;
  }

  /** @param {string} customer @returns {Promise<{id: string, planId: string, endingAt?: string}[]>} */
  const running = async (customer) =>
    (await ask('GET', `/v0/subscriptions?customerId=${encodeURIComponent(customer)}&status=active`)).data;
  /** @param {string} customer */
  const bought = async (customer) => (await running(customer)).find(({ planId }) => planId !== TRIAL_PLAN);
  // Whole seconds, as times are told there; a start must not lie ahead.
  const second = () => Math.floor(now() / 1000) * 1000 - 1000;
  const text = (/** @type {number} */ time) => new Date(time).toISOString();
  /** @param {string} id @param {string} reason */
  const terminate = (id, reason) => ask('POST', `/v0/subscriptions/${id}/termination`, { reason });
  /** @param {string} customerId @param {string | undefined} planId @param {object} [more] */
  const begin = (customerId, planId, more) =>
    ask('POST', '/v0/subscriptions', { name: 'Fathomline', planId, startedAt: text(second()), customerId, ...more });

  /** @param {string} customer */
  async function endTrial(customer) {
    for (const { id, planId } of await running(customer)) {
      if (planId === TRIAL_PLAN) await terminate(id, 'The trial was ended');
    }
  }

  return {
    plans,
    async holding(customer) {
      const subscription = await bought(customer);
      if (!subscription) return undefined;
      const { id, planId, endingAt } = subscription;
      return { subscription: id, plan: byPlan.get(planId), endsAt: endingAt ? Date.parse(endingAt) : null };
    },
    async buy(customer, price) {
      const before = await running(customer);
      const plan = plans.find(({ prices }) => prices.some(({ id }) => id === price));
      // First the new one: at no moment has the customer nothing.
      await begin(customer, plan?.plan);
      for (const { id } of before) await terminate(id, 'Another plan');
    },
    async cancel(customer) {
      const subscription = await bought(customer);
      if (!subscription) return;
      const rows = await ask('GET', `/v1/entitlements?customerId=${encodeURIComponent(customer)}&limit=100`);
      const metered = rows.data.find(
        (/** @type {any} */ row) => row.subscriptionId === subscription.id && row.currentPeriodEnd,
      );
      await ask('PATCH', `/v0/subscriptions/${subscription.id}`, { endingAt: metered.currentPeriodEnd });
    },
    async startTrial(customer) {
      await endTrial(customer);
      await begin(customer, TRIAL_PLAN, { endingAt: text(second() + 1000 + TRIAL_MS) });
    },
    endTrial,
  };
}
