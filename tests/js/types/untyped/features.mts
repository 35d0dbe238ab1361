// Compiled, never run: without a declaration of features any string is a key, and fallbacks give the types.
import { createPlangate, PlangateError } from 'plangate';
import type { Decision, JsonValue, PlangateClient, Reason } from 'plangate';

const gate: PlangateClient = await createPlangate({ bootstrap: {}, defaults: { sso: true, quota: { limitGB: 5 } } });

export const has: boolean = gate.hasFeature('anything');
export const reason: Reason = gate.check('anything').reason;
export const count: number = gate.value('quota', 'limitGB', 5);
export const text: string = gate.value('quota', 'tier', 'basic');
export const flag: boolean = gate.value('quota', 'soft', false);
// @ts-expect-error -- the fallback is a number
export const wrong: string = gate.value('quota', 'limitGB', 5);
export const field: JsonValue | undefined = gate.config('quota')?.['limitGB'];
gate.limit('quota', 'limitGB', { used: 4 });
gate.unlocks('a');
gate.unlocks(['a', 'b']);
// @ts-expect-error -- no such reason
export const never: boolean = reason === 'FORBIDDEN';

export function keep(decision: Decision): string {
  // @ts-expect-error -- decisions are frozen
  decision.allowed = true;
  return decision.grants.join();
}
export const failed = (error: unknown): boolean => error instanceof PlangateError && error.code === 'TIMEOUT';
